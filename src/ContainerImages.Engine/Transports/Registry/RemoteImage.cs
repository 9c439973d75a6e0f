using System;
using System.Collections;
using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages;

/// <summary>
/// An image in a registry, as it was when it was asked for; or a repository. What was not asked for is null. It has no ID: that
/// would mean an image of a store.
/// </summary>
public sealed class RemoteImage
{
    internal RemoteImage(string registry, string repository)
    {
        Registry = registry;
        Repository = repository;
        Reference = $"{registry}/{repository}";
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name; what is not given is null or empty.</param>
    public RemoteImage(IDictionary properties)
    {
        var given = new GivenProperties(nameof(RemoteImage), properties ?? throw new ArgumentNullException(nameof(properties)));
        Reference = given.Text(nameof(Reference)) ?? "";
        Registry = given.Text(nameof(Registry)) ?? "";
        Repository = given.Text(nameof(Repository)) ?? "";
        Tag = given.Text(nameof(Tag));
        Digest = given.Text(nameof(Digest));
        MediaType = given.Text(nameof(MediaType));
        Size = given.Number(nameof(Size));
        Created = given.Date(nameof(Created));
        Platforms = given.Has(nameof(Platforms)) ? given.Texts(nameof(Platforms)) : null;
        given.RefuseOthers();
    }

    /// <summary>The full name: with the tag, or with the digest where there is no tag; of a repository, the repository's.</summary>
    public string Reference { get; internal init; } = "";

    /// <summary>The registry: host and, if need be, port.</summary>
    public string Registry { get; internal init; } = "";

    /// <summary>The repository within the registry.</summary>
    public string Repository { get; internal init; } = "";

    /// <summary>The tag; null for a repository, and where a digest was asked for.</summary>
    public string? Tag { get; internal init; }

    /// <summary>The digest of the manifest or index, <c>sha256:…</c>.</summary>
    public string? Digest { get; internal init; }

    /// <summary>The media type of the manifest or index.</summary>
    public string? MediaType { get; internal init; }

    /// <summary>
    /// Bytes that pulling it moves where nothing is here yet: manifest, config and layers, as they lie in the registry. Of an
    /// index, those of the image for this machine, or of the first.
    /// </summary>
    public long? Size { get; internal init; }

    /// <summary>When the image was made whose size is told, UTC; null too where its config does not say.</summary>
    public DateTimeOffset? Created { get; internal init; }

    /// <summary>All platforms that it names.</summary>
    public IReadOnlyList<string>? Platforms { get; internal init => field = value?.Sealed(); }

    /// <summary>The reference.</summary>
    public override string ToString() => Reference;
}
