using System;
using System.Collections;
using ContainerImages.Content;

namespace ContainerImages;

/// <summary>A mark that an image is in use: until it ends or is removed, the image is not removed without force.</summary>
public sealed class ImageLease
{
    internal ImageLease()
    {
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name; without <c>Expired</c>, <c>Until</c> decides.</param>
    public ImageLease(IDictionary properties)
    {
        var given = new GivenProperties(nameof(ImageLease), properties ?? throw new ArgumentNullException(nameof(properties)));
        Name = given.Text(nameof(Name)) ?? "";
        Id = given.Text(nameof(Id)) ?? "";
        Reference = given.Text(nameof(Reference));
        Until = given.Date(nameof(Until));
        Created = given.Date(nameof(Created));
        Comment = given.Text(nameof(Comment)) ?? "";
        Expired = given.Flag(nameof(Expired)) ?? Until <= DateTimeOffset.UtcNow;
        StorePath = given.Text(nameof(StorePath));
        given.RefuseOthers();
    }

    /// <summary>What it is called; several images may have leases of one name.</summary>
    public string Name { get; internal init; } = "";

    /// <summary>The ID of the image it holds: hex digits without algorithm.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>The first of the image's names, in full; null if it has none. The lease holds the image whatever becomes of it.</summary>
    public string? Reference { get; internal init; }

    /// <summary>From when on it holds nothing, UTC; null for one that has no end.</summary>
    public DateTimeOffset? Until { get; internal init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTimeOffset? Created { get; internal init; }

    /// <summary>A remark; empty where there is none.</summary>
    public string Comment { get; internal init; } = "";

    /// <summary>Whether it held nothing any more when it was read.</summary>
    public bool Expired { get; internal init; }

    /// <summary>The store's folder.</summary>
    public string? StorePath { get; internal init; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
