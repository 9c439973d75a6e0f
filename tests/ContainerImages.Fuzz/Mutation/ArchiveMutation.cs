using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;

namespace ContainerImages.Fuzz.Mutation;

/// <summary>
/// Changes of what is in an archive of images, with the digests and sizes of it made right again: nothing else would get
/// past the first comparison.
/// </summary>
internal static class ArchiveMutation
{
    private const int MostChanges = 8;

    public static byte[] MutateArchive(this Mutator mutator, byte[] archive, IReadOnlyList<byte[]> tokens)
    {
        if (mutator.OneIn(3) || Read(archive) is not { Count: > 0 } entries)
        {
            return mutator.MutateTar(archive, tokens);
        }

        var at = mutator.Random.Next(entries.Count);
        var (name, data) = entries[at];
        switch (mutator.Random.Next(8))
        {
            case 0:
                entries.RemoveAt(at);
                break;
            case 1:
                entries.Add((name, mutator.MutateBytes(data, tokens)));
                break;
            case 2:
                entries.Insert(mutator.Random.Next(entries.Count), (Encoding.UTF8.GetString(mutator.MutateBytes(Encoding.UTF8.GetBytes(name), tokens)), data));
                break;
            default:
                var changed = JsonSpan.Of(data).Count > 0 ? mutator.MutateJson(data, tokens) : mutator.MutateBytes(data, tokens);
                Put(entries, at, changed);
                break;
        }

        return Write(entries);
    }

    /// <summary>Puts other bytes into a file, and its new digest and size wherever the old ones are named.</summary>
    public static void Put(List<(string Name, byte[] Data)> entries, int at, byte[] data)
    {
        var open = new Queue<(int At, byte[] Data)>([(at, data)]);
        for (var changes = 0; open.Count > 0 && changes < MostChanges; changes++)
        {
            (at, data) = open.Dequeue();
            var (name, before) = entries[at];
            var (oldHex, newHex) = (Digest.Compute(before).Hex, Digest.Compute(data).Hex);
            entries[at] = (name.Replace(oldHex, newHex, System.StringComparison.Ordinal), data);
            for (var i = 0; i < entries.Count; i++)
            {
                var text = Encoding.Latin1.GetString(entries[i].Data);
                if (i != at && text.Contains(oldHex, System.StringComparison.Ordinal))
                {
                    open.Enqueue((i, Encoding.Latin1.GetBytes(text
                        .Replace(oldHex, newHex, System.StringComparison.Ordinal)
                        .Replace($"\"size\":{before.Length}", $"\"size\":{data.Length}", System.StringComparison.Ordinal))));
                }
            }
        }
    }

    /// <summary>The files of a sound tar; null if it is none.</summary>
    public static List<(string Name, byte[] Data)>? Read(byte[] archive)
    {
        try
        {
            var entries = new List<(string, byte[])>();
            var reader = new TarReader(new MemoryStream(archive));
            while (reader.Next() is { } entry)
            {
                if (entry.Kind == TarEntryKind.File && !entry.IsSparse)
                {
                    using var data = new MemoryStream();
                    reader.OpenData().CopyTo(data);
                    entries.Add((entry.Name, data.ToArray()));
                }
            }

            return entries;
        }
        catch (ContainerImageException)
        {
            return null;
        }
    }

    public static byte[] Write(IEnumerable<(string Name, byte[] Data)> entries)
    {
        using var tar = new MemoryStream();
        var writer = new TarWriter(tar, leaveOpen: true);
        foreach (var (name, data) in entries)
        {
            // The writer writes no such name, and the tar of its own that has one is made elsewhere.
            var fit = new string([.. name.Where(c => c != '\0')]).TrimEnd('/');
            writer.WriteFile(fit.Length == 0 ? "x" : fit, data);
        }

        writer.Finish();
        return tar.ToArray();
    }
}
