using System;
using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages.References;

/// <summary>
/// The prefixes by which skopeo and podman say where an image is, as far as a user may put one before what is to be found in
/// a store, where <c>store:</c> alone is right, or in a registry, where <c>docker://</c> is.
/// </summary>
/// <remarks>
/// Some of them are good names of repositories too: in a store <c>oci:1</c> is the transport only where no image is called so.
/// Podman takes it for the transport whatever there is, and so does whoever would have to ask a registry to know.
/// </remarks>
internal sealed class TransportPrefix
{
    /// <summary>The prefix of a store's own images.</summary>
    public const string Store = "store:";

    /// <summary>The prefix of images in registries.</summary>
    public const string Registry = "docker://";

    private const string Bring = "Import-ContainerImage brings it into the store, and Copy-ContainerImage to any other place";

    private static readonly Place _archive = new("an archive or folder", "import it, and use the name that it gets", Bring);
    private static readonly Place _otherStore = new(
        "an image in the store of another tool", "save it there as an archive, and import that", "save it there as an archive, and import that");

    private static readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal)
    {
        [Store] = new("an image of the store", "", "Get-ContainerImage finds it there, and Publish-ContainerImage pushes it"),
        [Registry] = new("an image in a registry", "pull it, and leave the prefix out", ""),
        ["docker-archive:"] = _archive,
        ["oci-archive:"] = _archive,
        ["oci:"] = new("an image in a layout folder", "open the folder as the store, or import it", Bring),
        ["dir:"] = _archive,
        ["sif:"] = _otherStore,
        ["tarball:"] = new("a root file system", "import it by -RootFileSystem", "Import-ContainerImage -RootFileSystem makes an image of it"),
        ["docker-daemon:"] = _otherStore,
        ["containers-storage:"] = _otherStore,
    };

    private readonly string _text;

    private TransportPrefix(string text, string prefix) => (_text, Prefix) = (text, prefix);

    /// <summary>The prefix, with what divides it from the rest.</summary>
    public string Prefix { get; }

    public bool IsStore => Prefix == Store;

    /// <summary>What follows the prefix.</summary>
    public string Rest => _text.Substring(Prefix.Length);

    /// <summary>Whether the text cannot be meant otherwise: as a reference, or as a pattern for tags.</summary>
    public bool IsCertain =>
        (!ImageReference.TryParse(_text, out _) && !ReferencePattern.IsPattern(_text)) ||
        Prefix.EndsWith("/", StringComparison.Ordinal) || Rest.Length == 0 || Rest[0] is '/' or '.' or '[';

    /// <summary>The prefix of a text; null if it has none of those that are known.</summary>
    public static TransportPrefix? Of(string text)
    {
        var colon = text.IndexOf(':');
        if (colon < 0)
        {
            return null;
        }

        var prefix = text.Substring(0, colon + (string.CompareOrdinal(text, colon, "://", 0, 3) == 0 ? 3 : 1));
        return _places.ContainsKey(prefix) ? new TransportPrefix(text, prefix) : null;
    }

    /// <summary>The error for a prefix that leads out of the store, or the store's own before nothing.</summary>
    public ContainerImageException ToError() => new(
        ImageError.InvalidReference,
        IsStore
            ? $"{QuotedText.Quote(_text)} has no image's name after '{Store}'."
            : $"{Begin} {_places[Prefix].Title}; {_places[Prefix].ForStore}. " +
                "Here an image of the store is meant, which is named without a transport.");

    /// <summary>The error for a prefix where what is to be found is in a registry.</summary>
    public ContainerImageException ToRegistryError() => new(
        ImageError.InvalidReference,
        $"{Begin} {_places[Prefix].Title}; {_places[Prefix].ForRegistry}. Here an image of a registry is meant, which is named without a transport, " +
            $"or with {Registry}{(IsCertain ? "" : $"; {Registry}{_text} is a repository of such a name")}.");

    private string Begin => $"{QuotedText.Quote(_text)} begins with the transport {Prefix}, which names";

    /// <summary>What a transport leads to.</summary>
    /// <param name="Title">What it is.</param>
    /// <param name="ForStore">What to do where an image of the store is meant.</param>
    /// <param name="ForRegistry">What to do where one of a registry is meant.</param>
    private sealed record Place(string Title, string ForStore, string ForRegistry);
}
