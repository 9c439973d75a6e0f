using System;
using System.IO;
using System.Runtime.Versioning;
using IOPath = System.IO.Path;

namespace ContainerImages.Testing;

/// <summary>A new folder that vanishes with all that is in it.</summary>
public sealed class TempFolder : IDisposable
{
    /// <param name="prefix">
    /// How its name begins. Kept short, since podman refuses long run folders and unix sockets have an end too.
    /// </param>
    public TempFolder(string prefix = "ci-") => Path = Directory.CreateTempSubdirectory(prefix).FullName;

    public string Path { get; }

    /// <summary>A path in the folder; nothing is made.</summary>
    public string Combine(params string[] parts) => IOPath.Combine([Path, .. parts]);

    /// <summary>A new folder in the folder.</summary>
    public string NewFolder(params string[] parts) => Directory.CreateDirectory(Combine(parts)).FullName;

    /// <summary>A new file in the folder, and the folders above it.</summary>
    public string NewFile(string name, ReadOnlySpan<byte> content)
    {
        var path = Combine(name);
        Directory.CreateDirectory(IOPath.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>Best effort: a folder that cannot go must not fail the test that has passed in it.</summary>
    public void Dispose() => Delete(Path);

    /// <summary>Deletes a folder whatever the modes of what is in it; links are removed, not followed.</summary>
    public static void Delete(string folder)
    {
        if (!TryDelete(folder))
        {
            Unlock(new DirectoryInfo(folder));
            TryDelete(folder);
        }
    }

    private static bool TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Lets the owner write: Unix asks that of the folders, Windows of the files.</summary>
    private static void Unlock(DirectoryInfo folder)
    {
        try
        {
            if (!OperatingSystem.IsWindows())
            {
                AddOwnerRights(folder);
            }

            foreach (var entry in folder.EnumerateFileSystemInfos())
            {
                if (entry is DirectoryInfo { LinkTarget: null } child)
                {
                    Unlock(child);
                }
                else if (OperatingSystem.IsWindows())
                {
                    entry.Attributes = FileAttributes.Normal;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process may be at it; what is left then stays for the system's own cleaning of temp folders.
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void AddOwnerRights(DirectoryInfo folder) =>
        folder.UnixFileMode |= UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
}
