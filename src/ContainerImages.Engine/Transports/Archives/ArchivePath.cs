using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>Paths inside an archive.</summary>
internal static class ArchivePath
{
    /// <summary>A path without <c>.</c> and empty parts, and with <c>..</c> carried out; null if it leaves the root.</summary>
    public static string? Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            switch (part)
            {
                case "" or ".":
                    break;
                case ".." when parts.Count == 0:
                    return null;
                case "..":
                    parts.RemoveAt(parts.Count - 1);
                    break;
                default:
                    parts.Add(part);
                    break;
            }
        }

        return string.Join("/", parts);
    }

    /// <summary>
    /// The path of an entry. Nothing is written where it says, but an archive with such names was made to do harm: it is
    /// refused as a whole.
    /// </summary>
    public static string OfEntry(string name, string archive)
    {
        if (name.Length > 0 && name[0] == '/')
        {
            throw Invalid(archive, name, "an absolute name");
        }

        foreach (var part in name.Split('/'))
        {
            if (part == "..")
            {
                throw Invalid(archive, name, "a name with '..'");
            }
        }

        if (name.IndexOf('\0') >= 0 || name.IndexOf('\\') >= 0)
        {
            throw Invalid(archive, name, "a name with a character that no archive of images has");
        }

        return Clean(name)!;
    }

    /// <summary>
    /// Where a link leads: symbolic links of old Docker archives are meant from the link's folder, those of some other
    /// writers from the root.
    /// </summary>
    public static IEnumerable<string> OfLink(string link, string target)
    {
        var folder = link.LastIndexOf('/') is var slash and >= 0 ? link.Substring(0, slash + 1) : "";
        if (!target.StartsWith("/", System.StringComparison.Ordinal) && Clean(folder + target) is { } relative)
        {
            yield return relative;
        }

        if (Clean(target.TrimStart('/')) is { } fromRoot)
        {
            yield return fromRoot;
        }
    }

    public static ContainerImageException Invalid(string archive, string entry, string what) =>
        new(ImageError.InvalidArchive, $"{archive} is refused: its entry {QuotedText.Quote(entry)} has {what}.");
}
