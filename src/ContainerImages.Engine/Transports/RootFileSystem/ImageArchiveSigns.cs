using System;
using System.Linq;

namespace ContainerImages.Transports;

/// <summary>
/// Tells an archive of images from a root file system, by the names at its root. A file system may have a
/// <c>manifest.json</c>; it does not have that, layers and configs, and nothing else.
/// </summary>
internal sealed class ImageArchiveSigns
{
    private const int HexDigits = 64;

    private bool _hasOther;

    /// <summary>The file that lists the images; null where there is none.</summary>
    public string? Index { get; private set; }

    /// <summary>Whether all entries so far are those of an archive of images.</summary>
    public bool AreAll => Index is not null && !_hasOther;

    public void Note(string entry)
    {
        if (_hasOther || ArchivePath.Clean(entry) is not { Length: > 0 } path)
        {
            return;
        }

        if (path is DockerArchiveSource.ManifestFile or OciLayoutSource.IndexFile)
        {
            Index = path;
            return;
        }

        var slash = path.IndexOf('/');
        _hasOther = !IsPart(slash < 0 ? path : path.Substring(0, slash));
    }

    private static bool IsPart(string name) =>
        name is "blobs" or "oci-layout" or "repositories" ||
        name.StartsWith("sha256:", StringComparison.Ordinal) ||
        (name.Length >= HexDigits && name.Take(HexDigits).All(Uri.IsHexDigit));
}
