using System;
using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>One manifest of a root, in short.</summary>
/// <param name="Kind">What it is: one of the constants here.</param>
/// <param name="Manifest">Type, digest and size of the manifest.</param>
internal sealed record ManifestSummary(char Kind, Descriptor Manifest)
{
    public const char Image = 'i';
    public const char Artifact = 'a';
    public const char Absent = 'x';

    /// <summary>How many digits of a history's or chain's digest are kept: 128 bits, to find candidates by.</summary>
    public const int ShortHash = 32;

    /// <summary>The config's digest; an artifact has its manifest's.</summary>
    public Digest Id { get; init; }

    public long ConfigSize { get; init; }

    public DateTimeOffset? Created { get; init; }

    /// <summary><c>os/architecture[/variant]</c>; empty for artifacts.</summary>
    public string Platform { get; init; } = "";

    public IReadOnlyList<LayerSummary> Layers { get; init; } = [];

    /// <summary>Chain ID of the top layer, in hex; empty without layers.</summary>
    public string TopChain { get; init; } = "";

    /// <summary>The first digits of the chain ID of the layer below; empty with fewer than two layers.</summary>
    public string ParentChain { get; init; } = "";

    /// <summary>The first digits of a digest over all history; empty without history.</summary>
    public string History { get; init; } = "";

    /// <summary>The same over all history but the last step.</summary>
    public string ParentHistory { get; init; } = "";

    /// <summary>
    /// Bytes as podman counts them: every layer unpacked, the same one twice if it lies twice in the chain; the config; and
    /// the manifest twice, which podman keeps under two names. Null while a layer's plain size is unknown.
    /// </summary>
    public long? Size
    {
        get
        {
            // Every list asks it of thousands.
            var total = Manifest.Size.Plus(Manifest.Size).Plus(ConfigSize);
            for (var i = 0; i < Layers.Count; i++)
            {
                if (Layers[i].Size is not { } size)
                {
                    return null;
                }

                total = total.Plus(size);
            }

            return total;
        }
    }

    /// <summary>
    /// Whether this image is the other's parent: the other's history is this one's and one step more, and so are its layers
    /// where that step made one (as podman finds it by walking its layers).
    /// </summary>
    public bool IsParentOf(ManifestSummary child) =>
        Id != child.Id && History.Length > 0 && History == child.ParentHistory &&
        (TopChain == child.TopChain || StartOf(TopChain) == child.ParentChain);

    public static string StartOf(string hex) => hex.Length <= ShortHash ? hex : hex.Substring(0, ShortHash);
}

/// <summary>A layer, in short.</summary>
/// <param name="Mark">The first digits of the blob's digest, to find candidates by.</param>
/// <param name="Size">Bytes unpacked; null while unknown.</param>
internal readonly record struct LayerSummary(string Mark, long? Size)
{
    public const int MarkLength = 8;

    public static string MarkOf(Digest digest) => digest.Hex.Substring(0, MarkLength);
}
