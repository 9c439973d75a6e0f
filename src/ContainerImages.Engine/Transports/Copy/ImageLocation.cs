using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Transports;

/// <summary>What images are in.</summary>
internal enum ImageTransport
{
    Registry,
    DockerArchive,
    OciArchive,
    OciLayout,
    Directory,
    Store,
}

/// <summary>
/// Where images are, or are to be, in the words of skopeo and podman: <c>docker://registry.example.com/app:1</c>,
/// <c>oci-archive:./app.tar:app:1</c>. What has no transport is in a registry.
/// </summary>
/// <param name="Transport">What they are in.</param>
/// <param name="Path">The file or folder; empty for a registry and for the store of the call.</param>
/// <param name="Name">Which image, or what it is to be called; null where nothing is said.</param>
internal sealed record ImageLocation(ImageTransport Transport, string Path, string? Name)
{
    public const string RegistryPrefix = TransportPrefix.Registry;
    public const string StorePrefix = TransportPrefix.Store;

    private static readonly (ImageTransport Transport, string Prefix)[] _transports =
    [
        (ImageTransport.Registry, RegistryPrefix),
        (ImageTransport.DockerArchive, "docker-archive:"),
        (ImageTransport.OciArchive, "oci-archive:"),
        (ImageTransport.OciLayout, "oci:"),
        (ImageTransport.Directory, "dir:"),
        (ImageTransport.Store, StorePrefix),
    ];

    /// <summary>The prefixes that are known, as users write them.</summary>
    public static IReadOnlyList<string> Prefixes { get; } = _transports.Select(transport => transport.Prefix).ToList();

    /// <summary>Whether it has a path.</summary>
    public bool IsPath => Transport is not (ImageTransport.Registry or ImageTransport.Store);

    /// <summary>Whether, as a destination, it leaves each image's own repository and tag to it.</summary>
    public bool TakesOwnNames => Name is null || Name.EndsWith("/", StringComparison.Ordinal);

    /// <summary>Reads what a user wrote. A transport's prefix is that even where it could be a repository's name.</summary>
    /// <exception cref="ContainerImageException">UnknownTransport; InvalidReference, where the path or the name is left out.</exception>
    public static ImageLocation Parse(string text)
    {
        foreach (var (transport, prefix) in _transports)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                return Read(text, transport, text.Substring(prefix.Length));
            }
        }

        return IsInRegistry(text) ? new ImageLocation(ImageTransport.Registry, "", text) : throw new ContainerImageException(
            ImageError.UnknownTransport,
            $"{QuotedText.Quote(text)} has no transport that is known, and is no name in a registry; transports are {string.Join(", ", Prefixes)}.")
        { Candidates = Prefixes };
    }

    /// <summary>The text that is read as the same; a registry's name with its transport.</summary>
    public override string ToString()
    {
        var prefix = _transports.First(transport => transport.Transport == Transport).Prefix;
        return IsPath ? prefix + Path + (Name is null ? "" : ":" + Name) : prefix + Name;
    }

    private static ImageLocation Read(string text, ImageTransport transport, string rest)
    {
        var location = new ImageLocation(transport, "", transport == ImageTransport.Store && rest.Length == 0 ? null : rest);
        if (location.IsPath)
        {
            var colon = transport == ImageTransport.Directory ? -1 : EndOfPath(rest);
            location = colon < 0 ? location with { Path = rest, Name = null } : new ImageLocation(transport, rest.Substring(0, colon), rest.Substring(colon + 1));
        }

        if (location.Name?.Length == 0 || (location.IsPath && location.Path.Length == 0))
        {
            throw new ContainerImageException(
                ImageError.InvalidReference, $"{QuotedText.Quote(text)} has nothing where {(location.Name?.Length == 0 ? "a name" : "a path")} belongs.");
        }

        return location;
    }

    // A colon before a slash is a drive's, of Windows or of PowerShell; no name begins with a slash.
    private static int EndOfPath(string rest)
    {
        for (var colon = rest.IndexOf(':'); colon >= 0; colon = rest.IndexOf(':', colon + 1))
        {
            if (colon + 1 == rest.Length || rest[colon + 1] is not ('/' or '\\'))
            {
                return colon;
            }
        }

        return -1;
    }

    // Paths, addresses and the transports of other tools are no names, and what is said of a bad name would not help there.
    private static bool IsInRegistry(string text)
    {
        var colon = text.IndexOf(':');
        return TransportPrefix.Of(text) is null &&
            (text.Length == 0 || text[0] is not ('.' or '/' or '\\' or '~')) &&
            (colon < 0 || colon + 1 == text.Length || text[colon + 1] is not ('/' or '\\' or '.'));
    }
}
