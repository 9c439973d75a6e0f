using System;
using System.Collections;
using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages;

/// <summary>A step of the build of an image, with what the store knows of it.</summary>
public sealed class ImageHistoryEntry
{
    /// <summary>What <see cref="Id"/> says where no image of the store is what that step made.</summary>
    public const string MissingId = "<missing>";

    internal ImageHistoryEntry()
    {
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name.</param>
    public ImageHistoryEntry(IDictionary properties)
    {
        var given = new GivenProperties(nameof(ImageHistoryEntry), properties ?? throw new ArgumentNullException(nameof(properties)));
        Id = given.Text(nameof(Id)) ?? MissingId;
        Created = given.Date(nameof(Created));
        CreatedBy = given.Text(nameof(CreatedBy)) ?? "";
        Size = given.Number(nameof(Size));
        Comment = given.Text(nameof(Comment)) ?? "";
        Tags = given.Texts(nameof(Tags));
        EmptyLayer = given.Flag(nameof(EmptyLayer)) ?? false;
        LayerDigest = given.Text(nameof(LayerDigest));
        DiffId = given.Text(nameof(DiffId));
        CompressedSize = given.Number(nameof(CompressedSize));
        ImageId = given.Text(nameof(ImageId)) ?? "";
        StorePath = given.Text(nameof(StorePath));
        given.RefuseOthers();
    }

    /// <summary>The ID of the image that the step made, if it is in the store; else <c>&lt;missing&gt;</c>.</summary>
    public string Id { get; internal init; } = MissingId;

    /// <summary>When it was done, UTC; null where the config does not say.</summary>
    public DateTimeOffset? Created { get; internal init; }

    /// <summary>The command; empty where the config does not say.</summary>
    public string CreatedBy { get; internal init; } = "";

    /// <summary>Bytes of its layer, unpacked; 0 if it made none; null while that cannot be told.</summary>
    public long? Size { get; internal init; }

    /// <summary>A remark; empty where there is none.</summary>
    public string Comment { get; internal init; } = "";

    /// <summary>Full names of all images of the store whose layers end here.</summary>
    public IReadOnlyList<string> Tags { get; internal init => field = value.Sealed(); } = [];

    /// <summary>Whether the step made no layer.</summary>
    public bool EmptyLayer { get; internal init; }

    /// <summary>The digest of its layer's blob, <c>sha256:…</c>; null if it made none.</summary>
    public string? LayerDigest { get; internal init; }

    /// <summary>The digest of its layer's plain tar; null if it made none.</summary>
    public string? DiffId { get; internal init; }

    /// <summary>Bytes of its layer as it is stored; 0 if it made none.</summary>
    public long? CompressedSize { get; internal init; }

    /// <summary>The ID of the image whose history this is.</summary>
    public string ImageId { get; internal init; } = "";

    /// <summary>The store's folder.</summary>
    public string? StorePath { get; internal init; }

    /// <summary>The command.</summary>
    public override string ToString() => CreatedBy;
}
