using System;
using System.IO;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>Where things are in a store's folder.</summary>
internal sealed class StorePaths(string root)
{
    public const string LayoutFileName = "oci-layout";
    public const string IndexFileName = "index.json";
    public const string BlobsFolderName = "blobs";

    private const string PathVariable = "CONTAINERIMAGES_STORE";

    public string Root { get; } = root;

    public string Layout => Path.Combine(Root, LayoutFileName);

    public string Index => Path.Combine(Root, IndexFileName);

    /// <summary>The new index, beside the old one until it is renamed over it. One name: it is written under the lock only.</summary>
    public string NewIndex => Path.Combine(Root, IndexFileName + ".new");

    public string Lock => Path.Combine(Root, "store.lock");

    public string Blobs => Path.Combine(Root, BlobsFolderName);

    public string Ingests => Path.Combine(Root, "ingest");

    /// <summary>Downloads that were cut off, and those under way.</summary>
    public string Partials => Path.Combine(Ingests, "partial");

    public string BlobFolder(string algorithm) => Path.Combine(Blobs, algorithm);

    public string Blob(Digest digest) => Path.Combine(Blobs, digest.Algorithm, digest.Hex);

    /// <summary>
    /// The store meant where none is named: <c>$CONTAINERIMAGES_STORE</c>, else the user's own under
    /// <c>$XDG_DATA_HOME</c> or <c>%LOCALAPPDATA%</c>.
    /// </summary>
    public static string Default()
    {
        var variable = Environment.GetEnvironmentVariable(PathVariable);
        if (!string.IsNullOrEmpty(variable))
        {
            return Path.GetFullPath(IsUnderHome(variable) ? Home() + variable.Substring(1) : variable);
        }

        if (Path.DirectorySeparatorChar == '\\')
        {
            var local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            return Path.Combine(local, "ContainerImages");
        }

        var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
        if (string.IsNullOrEmpty(data) || !Path.IsPathRooted(data))
        {
            data = Path.Combine(Home(), ".local", "share");
        }

        return Path.Combine(data, "containerimages");
    }

    // Shells write the home folder out before a program sees it; PowerShell leaves it as it is in a variable.
    private static bool IsUnderHome(string path) =>
        path[0] == '~' && (path.Length == 1 || path[1] == Path.DirectorySeparatorChar || path[1] == Path.AltDirectorySeparatorChar);

    private static string Home()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length == 0 ? "/" : home;
    }
}
