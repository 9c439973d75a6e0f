using System;
using System.IO;
using System.Linq;
using ContainerImages.Copying;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>A folder. Links are not followed: a folder that came from elsewhere could lead anywhere by them.</summary>
internal sealed class FolderArchive(string root, string name) : IArchive
{
    public string Name { get; } = name;

    public string Root { get; } = root;

    public SourceBlob? Find(string path)
    {
        if (ArchivePath.Clean(path) is not { } clean)
        {
            throw ArchivePath.Invalid(Name, path, "a path that leaves the folder");
        }

        var at = Root;
        foreach (var part in clean.Split('/'))
        {
            at = Path.Combine(at, part);
            if ((File.Exists(at) || Directory.Exists(at)) && (File.GetAttributes(at) & FileAttributes.ReparsePoint) != 0)
            {
                throw ArchivePath.Invalid(Name, clean, "a symbolic link in its path, which is not followed in a folder");
            }
        }

        // What has no length may be no file at all but a pipe, which would be waited for without end.
        var file = new FileInfo(at);
        return !file.Exists ? null : file.Length == 0
            ? new SourceBlob(0, () => new MemoryStream([], writable: false))
            : new SourceBlob(file.Length, () => StoreSystem.OpenShared(at, FileMode.Open, FileAccess.Read));
    }

    /// <summary>The names in the folder itself, sorted.</summary>
    public string[] List()
    {
        var names = Directory.EnumerateFileSystemEntries(Root).Select(entry => Path.GetFileName(entry)).ToArray();
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    public void Dispose()
    {
    }
}
