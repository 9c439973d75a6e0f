using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Durability;

/// <summary>
/// What a power cut leaves depends on the order in which a commit writes, flushes and renames. It is read off the system
/// calls of a process that imports, tags, saves and removes.
/// </summary>
public sealed class CommitOrderTests : IDisposable
{
    private const int Steps = 30;

    private readonly WorkFolder _folder = new();
    private readonly TempFolder _logs = new();

    public void Dispose()
    {
        _folder.Dispose();
        _logs.Dispose();
    }

    [SkippableFact]
    public void Nothing_is_renamed_before_it_is_on_the_disk_and_the_index_comes_last()
    {
        Peers.Require("strace");
        string[] command =
        [
            WorkerProcess.DotNet,
            .. WorkerProcess.Arguments(_folder.Store, _folder.Archives, seed: 4, Steps, "docker.io/worker/app"),
        ];
        var calls = SystemCalls.Record(command, _logs.Combine("calls")).Where(call => call.Path.StartsWith(_folder.Store, StringComparison.Ordinal)).ToList();

        var index = Path.Combine(_folder.Store, "index.json");
        var blobs = Path.Combine(_folder.Store, "blobs");
        var flushed = new HashSet<string>();
        var unflushedFolders = new HashSet<string>();
        var blobsMoved = 0;
        var commits = 0;
        foreach (var call in calls)
        {
            switch (call.Name)
            {
                case "write":
                    flushed.Remove(call.Path);
                    break;
                case "fsync":
                    flushed.Add(call.Path);
                    unflushedFolders.Remove(call.Path);
                    break;
                case "rename":
                    Assert.True(flushed.Remove(call.Path), $"{call.Path} was renamed to {call.Target} before it was flushed.");
                    if (call.Target == index)
                    {
                        Assert.True(unflushedFolders.Count == 0, $"The index was replaced before {string.Join(", ", unflushedFolders)} was flushed.");
                        commits++;
                    }
                    else
                    {
                        blobsMoved += call.Target!.StartsWith(blobs, StringComparison.Ordinal) ? 1 : 0;
                    }

                    unflushedFolders.Add(Path.GetDirectoryName(call.Target)!);
                    break;
                case "unlink" when call.Path.StartsWith(blobs, StringComparison.Ordinal):
                    Assert.True(unflushedFolders.Count == 0, $"{call.Path} was deleted before the index without it was on the disk.");
                    break;
                default:
                    break;
            }
        }

        Assert.True(unflushedFolders.Count == 0, $"{string.Join(", ", unflushedFolders)} was not flushed in the end.");
        Assert.True(commits > Steps / 2 && blobsMoved > 5, $"{commits} commits moved {blobsMoved} blobs: the order was seen too seldom.");
    }

    [SkippableFact]
    public void A_saved_file_is_on_the_disk_before_it_replaces_another()
    {
        Peers.Require("strace");
        string[] Worker(string store) =>
            [WorkerProcess.DotNet, .. WorkerProcess.Arguments(store, _folder.Archives, seed: 4, Steps, "docker.io/worker/app")];
        SystemCalls.Record(Worker(_folder.Store), _logs.Combine("first"));

        // The same once more, with a new store and over the files that were saved first.
        var calls = SystemCalls.Record(Worker(_logs.Combine("store")), _logs.Combine("second"));

        var flushed = new HashSet<string>();
        var replaced = 0;
        foreach (var call in calls)
        {
            if (call.Name == "fsync")
            {
                flushed.Add(call.Path);
            }
            else if (call.Name == "write")
            {
                flushed.Remove(call.Path);
            }
            else if (call.Name == "rename" && Path.GetDirectoryName(call.Target) == _folder.Archives)
            {
                Assert.True(flushed.Contains(call.Path), $"{call.Path} replaced {call.Target} before it was flushed.");
                replaced++;
            }
        }

        Assert.True(replaced > 0, "Nothing was saved over another file.");
    }
}
