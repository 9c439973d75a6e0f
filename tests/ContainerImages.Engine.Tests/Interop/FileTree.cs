using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Testing;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What is in a folder, as lines that can be compared: kinds, modes, owners, times, links and contents.</summary>
internal static class FileTree
{
    private const int Fields = 8;

    public static IReadOnlyList<string> Describe(string folder)
    {
        // .NET tells neither owners nor which names are one file.
        var found = Tool.Run(
            Peers.Path("find"),
            [folder, "-mindepth", "1", "-printf", @"%P\0%y\0%m\0%U:%G\0%i\0%s\0%Ts\0%l\0"]);
        var entries = Encoding.UTF8.GetString(found.Bytes).Split('\0').SkipLast(1).Chunk(Fields);
        var sorted = entries.OrderBy(entry => entry[0], StringComparer.Ordinal).ToList();
        var firstNames = new Dictionary<string, string>();
        foreach (var entry in sorted)
        {
            firstNames.TryAdd(entry[4], entry[0]);
        }

        return [.. sorted.Select(entry => Line(folder, entry, firstNames[entry[4]]))];
    }

    private static string Line(string folder, string[] entry, string firstName)
    {
        var (name, kind, mode, owner) = (entry[0], entry[1], entry[2], entry[3]);
        var line = $"{name} {kind} {mode} {owner}";

        // Mounts and unpacking touch folders.
        return kind switch
        {
            "d" => line,
            "l" => $"{line} -> {entry[7]}",
            "f" when firstName != name => $"{line} = {firstName}",
            "f" => $"{line} {entry[6]} {entry[5]} {Digest.Compute(File.ReadAllBytes(Path.Combine(folder, name))).Hex}",
            _ => $"{line} {entry[6]}",
        };
    }
}
