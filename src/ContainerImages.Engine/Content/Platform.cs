using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace ContainerImages.Content;

/// <summary>
/// The platform an image is for, <c>os/architecture[/variant]</c> (OCI image-spec, image-index.md). The fields are kept as
/// they were written, since they go into configs; comparing looks through spellings as containerd's platforms package does:
/// case, <c>x86_64</c> for amd64, <c>aarch64</c> for arm64; arm64 is arm64/v8, amd64 is amd64/v1, and arm is arm/v7.
/// </summary>
public sealed class Platform : IEquatable<Platform>
{
    /// <summary>Makes a platform of the fields of a manifest or config, as they are.</summary>
    /// <param name="os">The operating system, such as <c>linux</c>; empty if not said.</param>
    /// <param name="architecture">The architecture, such as <c>amd64</c>; empty if not said.</param>
    /// <param name="variant">The variant of the architecture, such as <c>v7</c>; null or empty if there is none.</param>
    /// <param name="osVersion">The version of the operating system, used by Windows images; null or empty if not said.</param>
    /// <param name="osFeatures">Features of the operating system, such as <c>win32k</c>; null if none.</param>
    public Platform(
        string os,
        string architecture,
        string? variant = null,
        string? osVersion = null,
        IReadOnlyList<string>? osFeatures = null)
    {
        Os = os ?? "";
        Architecture = architecture ?? "";
        Variant = string.IsNullOrEmpty(variant) ? null : variant;
        OsVersion = string.IsNullOrEmpty(osVersion) ? null : osVersion;
        OsFeatures = osFeatures ?? [];
    }

    /// <summary>
    /// The platform of images for this machine. The system is <c>windows</c> on Windows and <c>linux</c> everywhere else:
    /// on macOS too, since containers there run in a Linux machine. The architecture is the machine's, not that of an
    /// emulated process; 32-bit ARM counts as v7 unless the runtime says v6.
    /// </summary>
    public static Platform Host { get; } = FindHost();

    /// <summary>The operating system as written; empty if not said.</summary>
    public string Os { get; }

    /// <summary>The architecture as written; empty if not said.</summary>
    public string Architecture { get; }

    /// <summary>The variant as written; null if there is none.</summary>
    public string? Variant { get; }

    /// <summary>The version of the operating system; null if not said.</summary>
    public string? OsVersion { get; }

    /// <summary>Features of the operating system; empty if there are none.</summary>
    public IReadOnlyList<string> OsFeatures { get; }

    /// <summary>Reads what a user typed.</summary>
    /// <param name="text">
    /// <c>os/architecture[/variant]</c>. It is put in lower case and known other spellings are replaced; the variant stays
    /// as given (<c>linux/arm64/v8</c> keeps its <c>v8</c>).
    /// </param>
    /// <returns>The platform.</returns>
    /// <exception cref="ContainerImageException">
    /// <see cref="ImageError.InvalidPlatform"/>: the text has another form; the message says what is wanted.
    /// </exception>
    public static Platform Parse(string text) => TryParse(text, out var platform)
        ? platform!
        : throw new ContainerImageException(ImageError.InvalidPlatform, PlatformNames.DescribeInvalid(text));

    /// <summary>Reads what a user typed, without an error.</summary>
    /// <param name="text">The text, or null, which is no platform.</param>
    /// <param name="platform">The platform, or null.</param>
    /// <returns>True if the text is <c>os/architecture[/variant]</c>.</returns>
    public static bool TryParse(string? text, out Platform? platform)
    {
        platform = null;
        var parts = text?.Split('/') ?? [];
        if (parts.Length is not (2 or 3) || !Array.TrueForAll(parts, PlatformNames.IsPart))
        {
            return false;
        }

        var (architecture, variant) = PlatformNames.NormalizeArchitecture(parts[1], parts.Length == 3 ? parts[2] : null);
        platform = new Platform(PlatformNames.NormalizeOs(parts[0]), architecture, variant);
        return true;
    }

    /// <summary>
    /// Finds the best of several platforms: the least <see cref="Rank"/>, the first of equals, as containers/image and
    /// containerd pick an instance of an index.
    /// </summary>
    /// <param name="available">The platforms there are, in the index's order; null where an entry has none.</param>
    /// <param name="wanted">The platform to serve.</param>
    /// <returns>The position of the best, or -1 if none fits.</returns>
    public static int IndexOfBest(IReadOnlyList<Platform?> available, Platform wanted)
    {
        var best = -1;
        int? bestRank = null;
        for (var i = 0; i < available.Count; i++)
        {
            var rank = available[i]?.Rank(wanted);
            if (rank is not null && (bestRank is null || rank < bestRank))
            {
                (best, bestRank) = (i, rank);
            }
        }

        return best;
    }

    /// <summary>
    /// Says whether this is the platform asked for: the same system, architecture and variant in any spelling
    /// (arm64 is arm64/v8). A version of the system counts only if the wanted platform has one, and then as a prefix
    /// (<c>10.0.20348</c> takes <c>10.0.20348.2113</c>). Features do not count, as in containers/image.
    /// </summary>
    /// <param name="wanted">The platform asked for.</param>
    /// <returns>True if this is it.</returns>
    public bool Matches(Platform wanted) =>
        Normalized() == wanted.Normalized() && HasOsVersion(wanted.OsVersion);

    /// <summary>
    /// How well an image of this platform serves a machine of another, by containers/image's order: its own variant first,
    /// then lower ones (arm v7 takes v6 and v5; amd64/v3 takes v2 and plain amd64), then one that names none.
    /// </summary>
    /// <param name="wanted">The machine's platform.</param>
    /// <returns>0 for the very same, more for a poorer fit, null if the image does not run there.</returns>
    public int? Rank(Platform wanted)
    {
        var (os, architecture, variant) = Normalized();
        var (wantedOs, wantedArchitecture, wantedVariant) = wanted.Normalized();
        if (os != wantedOs || architecture != wantedArchitecture || !HasOsVersion(wanted.OsVersion))
        {
            return null;
        }

        if (variant == wantedVariant)
        {
            return string.Equals(Variant, wanted.Variant, StringComparison.OrdinalIgnoreCase) ? 0 : 1;
        }

        var ladder = PlatformNames.Variants(architecture);
        var step = Array.IndexOf(ladder, variant) - Array.IndexOf(ladder, wantedVariant);
        if (step > 0 && Array.IndexOf(ladder, wantedVariant) >= 0)
        {
            return 1 + step;
        }

        return Variant is null ? 1 + ladder.Length : null;
    }

    /// <summary>Equal are platforms that mean the same, in whatever spelling, with equal system version and features.</summary>
    /// <param name="other">The other platform, or null.</param>
    /// <returns>True if both mean the same.</returns>
    public bool Equals(Platform? other) =>
        other is not null
        && Normalized() == other.Normalized()
        && OsVersion == other.OsVersion
        && new HashSet<string>(OsFeatures).SetEquals(other.OsFeatures);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Platform);

    /// <inheritdoc/>
    public override int GetHashCode() => Normalized().GetHashCode();

    /// <summary><c>os/architecture[/variant]</c> as written, <c>unknown</c> for what is not said.</summary>
    public override string ToString()
    {
        var text = (Os.Length == 0 ? "unknown" : Os) + "/" + (Architecture.Length == 0 ? "unknown" : Architecture);
        return Variant is null ? text : text + "/" + Variant;
    }

    /// <summary>The three parts in one spelling, with the variant that goes without saying.</summary>
    internal (string Os, string Architecture, string? Variant) Normalized()
    {
        var (architecture, variant) = PlatformNames.NormalizeArchitecture(Architecture, Variant);
        return (PlatformNames.NormalizeOs(Os), architecture, variant ?? PlatformNames.DefaultVariant(architecture));
    }

    private bool HasOsVersion(string? wanted) =>
        wanted is null
        || (OsVersion is not null
            && (OsVersion == wanted || OsVersion.StartsWith(wanted + ".", StringComparison.Ordinal)));

    private static Platform FindHost()
    {
        var os = RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "windows" : "linux";

        // By name: the runtime knows more architectures than the enumeration of .NET Standard 2.0 does.
        var name = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();
        return name switch
        {
            "x64" => new Platform(os, "amd64"),
            "x86" => new Platform(os, "386"),
            "arm" => new Platform(os, "arm", "v7"),
            "armv6" => new Platform(os, "arm", "v6"),
            "loongarch64" => new Platform(os, "loong64"),
            _ => new Platform(os, name),
        };
    }
}
