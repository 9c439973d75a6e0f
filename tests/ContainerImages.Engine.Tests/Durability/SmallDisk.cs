using System;
using System.IO;
using System.Linq;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Durability;

/// <summary>A file system of a few megabytes in memory. The test is skipped for who may not mount one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _filler;

    public SmallDisk(int megabytes)
    {
        Peers.Require("mount", "umount");
        Path = _folder.NewFolder("disk");
        var mounted = Tool.Run(
            Peers.Path("mount"), ["-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", Path], new ToolOptions { MustSucceed = false });
        if (mounted.ExitCode != 0)
        {
            _folder.Dispose();
            Skip.If(true, $"No file system can be mounted here: {mounted.Error}");
        }

        _filler = Combine("filler");
    }

    public string Path { get; }

    public long Free => new DriveInfo(Path).AvailableFreeSpace;

    public string Combine(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Leaves so many bytes, rounded down to the pages of such a file system.</summary>
    public void FillUpTo(long free)
    {
        var chunk = new byte[4096];
        using var file = new FileStream(_filler, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
        while (Free - chunk.Length >= free)
        {
            file.Write(chunk);
        }
    }

    /// <summary>Lets nobody write to it from now on.</summary>
    public void MakeReadOnly() => Tool.Run(Peers.Path("mount"), ["-o", "remount,ro", Path]);

    /// <summary>Gives the space back.</summary>
    public void Empty() => File.Delete(_filler);

    /// <summary>Whatever is there but the filler, by its path, with its length.</summary>
    public string[] Listing() => [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
        .Where(file => file != _filler)
        .Select(file => $"{file} {new FileInfo(file).Length}")
        .Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        Tool.Run(Peers.Path("umount"), ["-l", Path]);
        _folder.Dispose();
    }
}
