using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Fuzz;

/// <summary>Walks a whole store, with nothing of the store's own in between that could look away.</summary>
internal static class StoreCheck
{
    private static readonly string[] _files = ["index.json", "oci-layout", "store.lock"];

    /// <summary>
    /// What is wrong: a blob without the digest of its name, one that is missing, one that nothing leads to, a file that has
    /// no place in a store, something that a copy left behind. Empty if the store is sound.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="mayHaveDownloads">Whether downloads may wait there to be continued.</param>
    public static IReadOnlyList<string> Flaws(ImageStore store, bool mayHaveDownloads = false)
    {
        var flaws = new List<string>();
        if (!Directory.Exists(store.Path))
        {
            return flaws;
        }

        HashSet<string> blobs = [];
        foreach (var path in Directory.EnumerateFiles(store.Path, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(store.Path, path);
            if (name.Split('/', '\\') is ["blobs", var algorithm, var hex])
            {
                blobs.Add(hex);
                var found = Digest.Compute(File.ReadAllBytes(path), algorithm);
                Note(flaws, found.Hex == hex, $"{name} has the digest {found}");
            }
            else if (!mayHaveDownloads || Path.GetDirectoryName(path) != store.Paths.Partials)
            {
                Note(flaws, _files.Contains(name), $"{name} has no place in a store");
            }
        }

        Note(
            flaws,
            !Directory.Exists(store.Paths.Ingests) ||
                !Directory.EnumerateFileSystemEntries(store.Paths.Ingests).Any(path => !mayHaveDownloads || path != store.Paths.Partials),
            "a copy has left something behind");
        var reachable = Follow(store, flaws);
        flaws.AddRange(blobs.Except(reachable).Select(hex => $"nothing leads to blob {hex}"));
        return flaws;
    }

    /// <exception cref="UnexpectedResultException">Something is wrong with the store.</exception>
    public static void Check(ImageStore store)
    {
        var flaws = Flaws(store);
        Documented.Require(flaws.Count == 0, "The store is not sound: " + string.Join("; ", flaws));
    }

    private static HashSet<string> Follow(ImageStore store, List<string> flaws)
    {
        HashSet<Digest> reachable = [];
        foreach (var root in store.ReadSnapshot().Roots)
        {
            foreach (var (descriptor, manifest) in RootWalk.Manifests(root.Descriptor, store.Blobs))
            {
                foreach (var blob in manifest?.Blobs ?? [])
                {
                    var mayBeAbsent = blob.Urls.Count > 0 && MediaTypes.IsForeignLayer(blob.MediaType);
                    Note(
                        flaws,
                        store.Blobs.Find(blob.Digest, blob.Size) is not null || mayBeAbsent,
                        $"blob {blob.Digest} of manifest {descriptor.Digest} is missing");
                }

                if (manifest is not null)
                {
                    reachable.Add(descriptor.Digest);
                }
            }

            Note(flaws, RootWalk.CollectReachable(root.Descriptor, store.Blobs, reachable), $"root {root.Digest} cannot be read");
        }

        return [.. reachable.Select(digest => digest.Hex)];
    }

    private static void Note(List<string> flaws, bool isRight, string flaw)
    {
        if (!isRight)
        {
            flaws.Add(flaw);
        }
    }
}
