using System;
using System.Collections;
using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages;

/// <summary>What the removal of an image, or of names of it, did.</summary>
public sealed class ImageRemoval
{
    internal ImageRemoval()
    {
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name.</param>
    public ImageRemoval(IDictionary properties)
    {
        var given = new GivenProperties(nameof(ImageRemoval), properties ?? throw new ArgumentNullException(nameof(properties)));
        Id = given.Text(nameof(Id)) ?? "";
        Reference = given.Text(nameof(Reference));
        Untagged = given.Texts(nameof(Untagged));
        Removed = given.Flag(nameof(Removed)) ?? false;
        RemovedParents = given.Texts(nameof(RemovedParents));
        FreedBytes = given.Number(nameof(FreedBytes)) ?? 0;
        StorePath = given.Text(nameof(StorePath));
        given.RefuseOthers();
    }

    /// <summary>The image's ID: hex digits without algorithm.</summary>
    public string Id { get; internal init; } = "";

    /// <summary>The first of its names, in full; null if it had none.</summary>
    public string? Reference { get; internal init; }

    /// <summary>The names that are gone, in full.</summary>
    public IReadOnlyList<string> Untagged { get; internal init => field = value.Sealed(); } = [];

    /// <summary>Whether the image is gone, and not only names of it.</summary>
    public bool Removed { get; internal init; }

    /// <summary>The IDs of parents without names that went with it.</summary>
    public IReadOnlyList<string> RemovedParents { get; internal init => field = value.Sealed(); } = [];

    /// <summary>Bytes given back on disk.</summary>
    public long FreedBytes { get; internal set; }

    /// <summary>The store's folder.</summary>
    public string? StorePath { get; internal init; }

    /// <summary><c>Removed</c> and the short ID, or <c>Untagged</c> and the names.</summary>
    public override string ToString() => Removed
        ? "Removed " + (Id.Length > 12 ? Id.Substring(0, 12) : Id)
        : "Untagged " + string.Join(", ", Untagged);
}
