using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>Files of an image, unpacked by peers from what we saved: the same as in the image that buildah made.</summary>
public sealed class UnpackedTreeTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [SkippableFact]
    public void Podman_and_umoci_unpack_the_files_that_were_put_in()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "Mounts, and files of all owners, are for root.");
        var peers = PeerImages.Shared;
        var expected = Mounted(peers.Sandbox, peers.App.Names[0]);
        _bench.Import(peers.PodmanDockerArchive);

        var archive = _bench.Save("docker-archive", _bench.Item(peers.App.Id, "docker.io/library/app:1"));
        _bench.Peers.Podman("load", "--quiet", "--input", archive);
        var layout = _bench.Save("oci-dir", _bench.Item(peers.App.Id, "docker.io/library/app:1"));
        _bench.Peers.Umoci("unpack", "--image", $"{layout}:docker.io/library/app:1", _bench.Combine("bundle"));

        AssertAwkward(expected);
        Assert.Equal(expected, Mounted(_bench.Peers, peers.App.Id));
        Assert.Equal(expected, FileTree.Describe(Path.Combine(_bench.Combine("bundle"), "rootfs")));
    }

    /// <summary>Whether the image has what archives get wrong, so that two equal trees say something.</summary>
    private static void AssertAwkward(IReadOnlyList<string> tree)
    {
        Assert.True(tree.Count > 2000);
        Assert.DoesNotContain(tree, line => line.StartsWith("etc/obsolete.conf ", StringComparison.Ordinal));
        Assert.DoesNotContain(tree, line => line.StartsWith("opt/data/old ", StringComparison.Ordinal));
        Assert.Contains(tree, line => line.StartsWith("opt/data/new f", StringComparison.Ordinal));
        Assert.Matches("^srv/links/b f .* = srv/links/a$", Line(tree, "srv/links/b "));
        Assert.Matches("^srv/links/s l .* -> a$", Line(tree, "srv/links/s "));
        Assert.Contains(tree, line => line.StartsWith("srv/fifo p", StringComparison.Ordinal));
        Assert.Contains(tree, line => line.Contains("漢字 and ☃.txt", StringComparison.Ordinal));
    }

    private static string Line(IReadOnlyList<string> tree, string start) =>
        tree.Single(line => line.StartsWith(start, StringComparison.Ordinal));

    private static IReadOnlyList<string> Mounted(PeerSandbox peers, string image)
    {
        var folder = peers.Podman("image", "mount", image).Lines.Last();
        try
        {
            return FileTree.Describe(folder);
        }
        finally
        {
            peers.Podman("image", "unmount", image);
        }
    }
}
