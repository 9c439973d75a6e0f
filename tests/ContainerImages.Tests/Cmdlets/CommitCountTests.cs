using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Whatever is piped into one call is committed at once.</summary>
public sealed class CommitCountTests : IDisposable
{
    private const int Names = 1000;

    private readonly StoreSession _session = new(
        [.. Enumerable.Range(0, 50).Select(i => new ArchiveImage("shared", $"own {i}") { Names = [$"docker.io/library/app{i}:1"] })]);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Get-ContainerImage | Remove-ContainerImage", 0)]
    [InlineData("(Get-ContainerImage).RepoTags | Remove-ImageTag", 50)]
    [InlineData("Get-ContainerImage | Remove-ImageTag -All", 50)]
    [InlineData("Get-ContainerImage | New-ImageLease -Name web", 50)]
    public void Many_images_are_one_commit(string script, int left)
    {
        Assert.Equal(1, CommitsOf(script));
        Assert.Equal(left, _session.Texts("Get-ContainerImage").Length);
    }

    [Fact]
    public void A_thousand_tags_are_one_commit_and_so_is_their_end()
    {
        Assert.Equal(1, CommitsOf($"Get-ContainerImage app7:1 | Add-ImageTag -Tag (1..{Names} | ForEach-Object {{ \"many:$_\" }})"));
        Assert.Equal(1, CommitsOf("Get-ContainerImage many:1 | New-ImageLease -Name web"));
        Assert.Equal(1, CommitsOf("Get-ImageLease | Remove-ImageLease"));
        Assert.Equal(1, CommitsOf($"1..{Names} | ForEach-Object {{ \"many:$_\" }} | Remove-ImageTag"));
        Assert.Equal(50, _session.Names().Length);
    }

    /// <summary>How often the index is put in its place: a rename each time, of which the system tells in order.</summary>
    private int CommitsOf(string script)
    {
        using var renamed = new BlockingCollection<string>();
        using var watcher = new FileSystemWatcher(_session.Store) { InternalBufferSize = 64 * 1024 };
        watcher.Renamed += (_, e) => renamed.Add(e.Name!);
        watcher.Error += (_, e) => throw e.GetException();
        watcher.EnableRaisingEvents = true;

        _session.Run(script).ShouldSucceed();

        var (from, to) = (Path.Combine(_session.Store, "end.new"), Path.Combine(_session.Store, "end"));
        File.WriteAllText(from, "");
        File.Move(from, to);
        var commits = renamed.GetConsumingEnumerable().TakeWhile(name => name != "end").Count(name => name == "index.json");
        File.Delete(to);
        return commits;
    }
}
