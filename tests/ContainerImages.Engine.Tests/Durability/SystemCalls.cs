using System;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using ContainerImages.Testing;

namespace ContainerImages.Engine.Tests.Durability;

/// <summary>One call of those that make a commit last: a flush, a rename or a deletion, in the order in which they ended.</summary>
/// <param name="Name">What was called: <c>fsync</c>, <c>rename</c>, <c>unlink</c>, <c>write</c>.</param>
/// <param name="Path">The file or folder.</param>
/// <param name="Target">What it was renamed to.</param>
internal sealed record SystemCall(string Name, string Path, string? Target);

/// <summary>Records what a process asks of the operating system.</summary>
internal static partial class SystemCalls
{
    public static IReadOnlyList<SystemCall> Record(IReadOnlyList<string> command, string log)
    {
        // Paths beside descriptors (-y), so that a flush says of what.
        Tool.Run(
            Peers.Path("strace"),
            ["-f", "-y", "-s", "4096", "-e", "trace=fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,write,pwrite64,pwritev", "-o", log, .. command]);
        var calls = new List<SystemCall>();
        var begun = new Dictionary<string, string>();
        foreach (var line in File.ReadLines(log))
        {
            // Another thread's call may come between the two ends of one.
            var (thread, text) = (line.Split(' ', 2)[0], line.Split(' ', 2)[1].TrimStart());
            if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
            {
                begun[thread] = text[..text.LastIndexOf("<unfinished", StringComparison.Ordinal)];
                continue;
            }

            if (Resumed().Match(text) is { Success: true } resumed && begun.Remove(thread, out var start))
            {
                text = start + text[resumed.Length..];
            }

            if (Call().Match(text) is { Success: true } call)
            {
                var arguments = call.Groups["arguments"].Value;
                var paths = Paths().Matches(arguments);
                if (paths.Count > 0)
                {
                    calls.Add(new SystemCall(
                        Canonical(call.Groups["name"].Value), PathOf(paths[0]), paths.Count > 1 ? PathOf(paths[paths.Count - 1]) : null));
                }
            }
        }

        return calls;
    }

    private static string Canonical(string name) => name switch
    {
        "fdatasync" => "fsync",
        "renameat" or "renameat2" => "rename",
        "unlinkat" => "unlink",
        "pwrite64" or "pwritev" => "write",
        _ => name,
    };

    private static string PathOf(Match match) => match.Groups["path"].Value;

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>")]
    private static partial Regex Resumed();

    // What failed did nothing.
    [GeneratedRegex(@"^(?<name>\w+)\((?<arguments>.*)\)\s+= \d+$")]
    private static partial Regex Call();

    [GeneratedRegex(@"(?:\d+<|"")(?<path>/[^"">]*)[>""]")]
    private static partial Regex Paths();
}
