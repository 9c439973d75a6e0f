using System;
using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages.References;

/// <summary>
/// The prefixes by which skopeo and podman say where an image is, as far as a user may put one before what is to be found in
/// a store: <c>store:</c> alone is right there.
/// </summary>
/// <remarks>
/// Some of them are good names of repositories too: <c>oci:1</c> is the transport only where no image is called so. Podman
/// takes it for the transport whatever there is.
/// </remarks>
internal sealed class TransportPrefix
{
    /// <summary>The prefix of a store's own images.</summary>
    public const string Store = "store:";

    private const string Archive = "an archive or folder; import it, and use the name that it gets";
    private const string OtherStore = "an image in the store of another tool; save it there as an archive, and import that";

    // What is said of each comes after "…, which names".
    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.Ordinal)
    {
        ["docker://"] = "an image in a registry; pull it, and leave the prefix out",
        ["docker-archive:"] = Archive,
        ["oci-archive:"] = Archive,
        ["oci:"] = "an image in a layout folder; open the folder as the store, or import it",
        ["dir:"] = Archive,
        ["sif:"] = Archive,
        ["tarball:"] = Archive,
        ["docker-daemon:"] = OtherStore,
        ["containers-storage:"] = OtherStore,
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
        return prefix == Store || Elsewhere.ContainsKey(prefix) ? new TransportPrefix(text, prefix) : null;
    }

    /// <summary>The error for a prefix that leads out of the store, or the store's own before nothing.</summary>
    public ContainerImageException ToError() => new(
        ImageError.InvalidReference,
        IsStore
            ? $"{QuotedText.Quote(_text)} has no image's name after '{Store}'."
            : $"{QuotedText.Quote(_text)} begins with the transport {Prefix}, which names {Elsewhere[Prefix]}. " +
                "Here an image of the store is meant, which is named without a transport.");
}
