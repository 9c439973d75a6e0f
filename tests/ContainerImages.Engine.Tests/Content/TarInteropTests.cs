using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>Tars of GNU tar in all its formats, read; and ours, read by it.</summary>
public sealed class TarInteropTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("tar-interop-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [SkippableTheory]
    [InlineData("v7")]
    [InlineData("oldgnu")]
    [InlineData("gnu")]
    [InlineData("ustar")]
    [InlineData("posix")]
    public void All_formats_of_GNU_tar_are_read(string format)
    {
        var hasLongNames = format is not ("v7" or "ustar");
        var files = MakeFiles(hasLongNames);
        RunTar("--format", format, "--mtime=@1234567890", "--owner=alice:1000", "--group=staff:50", "-cf", "../out.tar", ".");

        foreach (var seekable in new[] { true, false })
        {
            var entries = ReadOutput(seekable);
            foreach (var file in files)
            {
                var (entry, data) = entries["./" + file.Key];
                Assert.Equal(file.Value, data);
                Assert.Equal(TarEntryKind.File, entry.Kind);
                Assert.Equal((1000L, 50L), (entry.Uid, entry.Gid));
                Assert.Equal(format == "v7" ? ("", "") : ("alice", "staff"), (entry.UserName, entry.GroupName));
                Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1234567890), entry.ModifiedTime);
            }

            Assert.Equal((TarEntryKind.SymbolicLink, "plain"), (entries["./link"].Entry.Kind, entries["./link"].Entry.LinkName));
            Assert.Contains(entries.Values, e => e.Entry.Kind == TarEntryKind.Directory);
            if (hasLongNames)
            {
                Assert.Equal(new string('t', 150), entries["./longlink"].Entry.LinkName);
            }
        }
    }

    [SkippableTheory]
    [InlineData("--format=gnu")]
    [InlineData("--format=oldgnu")]
    [InlineData("--format=posix --sparse-version=0.0")]
    [InlineData("--format=posix --sparse-version=0.1")]
    [InlineData("--format=posix --sparse-version=1.0")]
    public void Sparse_files_come_whole(string options)
    {
        var pieces = new byte[400_000];
        for (var i = 0; i < 40; i++)
        {
            pieces.AsSpan((i * 10_000) + 1, 100).Fill((byte)(i + 1));
        }

        var files = new Dictionary<string, byte[]>
        {
            ["holes-within"] = pieces,
            ["hole-at-end"] = [.. "data"u8, .. new byte[100_000]],
            ["hole-at-start"] = [.. new byte[100_000], .. "data"u8],
            ["one-hole"] = new byte[100_000],
        };
        WriteFiles(files);
        RunTar([.. options.Split(' '), "--sparse", "--hole-detection=raw", "-cf", "../out.tar", "."]);

        foreach (var seekable in new[] { true, false })
        {
            var entries = ReadOutput(seekable);
            foreach (var file in files)
            {
                var (entry, data) = entries["./" + file.Key];
                Assert.Equal(file.Value, data);
                Assert.True(entry.IsSparse, file.Key);
                Assert.True(entry.StoredSize < entry.Size, file.Key);
                Assert.Equal(entry.StoredSize, entry.SparseRegions!.Sum(r => r.Length));
            }

            var last = entries["./holes-within"].Entry;
            var region = last.SparseRegions![^1];
            var tar = File.ReadAllBytes(Path.Combine(root, "out.tar"));
            var stored = tar.AsSpan((int)(last.DataOffset + last.StoredSize - region.Length), (int)region.Length);
            Assert.True(stored.SequenceEqual(pieces.AsSpan((int)region.Offset, (int)region.Length)));
        }
    }

    [SkippableFact]
    public void Global_records_fractions_and_attributes_of_pax_are_read()
    {
        WriteFiles(new() { ["a"] = "a"u8.ToArray() });
        const string Records = "--pax-option=comment=x,gname=all,SCHILY.xattr.user.k:=v";
        RunTar("--format=posix", Records, "--mtime=1970-01-01 00:00:01.5 UTC", "-cf", "../out.tar", "a");
        var entry = ReadOutput(seekable: true)["a"].Entry;
        Assert.Equal("v"u8.ToArray(), entry.ExtendedAttributes["SCHILY.xattr.user.k"].ToArray());
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1500), entry.ModifiedTime);
    }

    [SkippableFact]
    public void GNU_tar_reads_what_we_write()
    {
        using (var writer = new TarWriter(File.Create(Path.Combine(root, "out.tar"))))
        {
            writer.WriteDirectory("dir/", 493);
            writer.WriteFile("dir/" + new string('n', 150), "long"u8.ToArray());
            writer.WriteFile("dir/grüße", "utf8"u8.ToArray(), 420, DateTimeOffset.FromUnixTimeSeconds(-5));
            writer.WriteSymbolicLink("link", "dir/grüße");
            writer.Finish();
        }

        RunTar("--warning=no-timestamp", "-xf", "../out.tar");
        Assert.Equal("long", File.ReadAllText(Path.Combine(root, "in", "dir", new string('n', 150))));
        Assert.Equal("utf8", File.ReadAllText(Path.Combine(root, "in", "link")));
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(-5), File.GetLastWriteTimeUtc(Path.Combine(root, "in", "dir", "grüße")));
    }

    private Dictionary<string, byte[]> MakeFiles(bool hasLongNames)
    {
        var files = new Dictionary<string, byte[]>
        {
            ["plain"] = "plain\n"u8.ToArray(),
            ["empty"] = [],
            ["blocks"] = [.. Enumerable.Range(0, 100_352).Select(i => (byte)i)],
            ["grüße"] = "utf8"u8.ToArray(),
        };
        if (hasLongNames)
        {
            files[new string('d', 80) + "/" + new string('e', 90) + "/f"] = "prefix"u8.ToArray();
            files[new string('n', 200)] = "long"u8.ToArray();
            files[new string('d', 200) + "/" + new string('e', 200)] = "longer"u8.ToArray();
        }

        WriteFiles(files);
        File.CreateSymbolicLink(Path.Combine(root, "in", "link"), "plain");
        if (hasLongNames)
        {
            File.CreateSymbolicLink(Path.Combine(root, "in", "longlink"), new string('t', 150));
        }

        return files;
    }

    private void WriteFiles(Dictionary<string, byte[]> files)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(root, "in", file.Key);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var stream = File.Create(path);
            stream.SetLength(file.Value.Length);
            WriteData(stream, file.Value);
        }
    }

    // Leaves runs of zeros out, so that they are holes: tar looks for those only in files with fewer blocks than bytes.
    private static void WriteData(FileStream stream, byte[] data)
    {
        const int Block = 512;
        for (var at = 0; at < data.Length; at += Block)
        {
            var block = data.AsSpan(at, Math.Min(Block, data.Length - at));
            if (block.ContainsAnyExcept((byte)0))
            {
                stream.Position = at;
                stream.Write(block);
            }
        }
    }

    private Dictionary<string, (TarEntry Entry, byte[] Data)> ReadOutput(bool seekable)
    {
        var path = Path.Combine(root, "out.tar");
        using Stream stream = seekable ? File.OpenRead(path) : new TarBytes.ForwardStream(File.ReadAllBytes(path));
        return TarBytes.ReadAll(stream).ToDictionary(e => e.Entry.Name);
    }

    private void RunTar(params string[] arguments)
    {
        Directory.CreateDirectory(Path.Combine(root, "in"));
        Run(["--version"], out var version);
        Skip.IfNot(version.Contains("GNU tar", StringComparison.Ordinal), "GNU tar is not installed.");
        Assert.Equal((0, ""), (Run(arguments, out var output), output));
    }

    private int Run(string[] arguments, out string output)
    {
        var start = new ProcessStartInfo("tar", arguments)
        {
            WorkingDirectory = Path.Combine(root, "in"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        try
        {
            using var process = Process.Start(start)!;
            output = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            output = "";
            return -1;
        }
    }
}
