using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>
/// Images made of root file systems: the same file, config and platform give the image that <c>podman import</c> makes, to
/// the byte of its config; and the peers take it.
/// </summary>
public sealed class PodmanImportTests : IDisposable
{
    // To the nanosecond, as file systems have it.
    private const string ModifiedTime = "2024-02-29T12:34:56.123456789Z";

    private static readonly byte[] _tar = TarBytes.Join(TarBytes.Entry("etc/motd", "hello\n"u8.ToArray()), TarBytes.End);

    private readonly Workbench _bench = new();

    private static readonly Lazy<(byte[] Tar, IReadOnlyList<string> Tree)> _fileSystem = new(MakeFileSystem);

    /// <summary>Lines, as many to one image as do not hide each other.</summary>
    public static TheoryData<string> Changes => new(
        """USER bob|EXPOSE 80|ENV A=b|ENTRYPOINT ["/a","b c"]|CMD ["/a", "\u0041\n\""]|VOLUME /b /a|WORKDIR /a/../b//c/|LABEL a=b|STOPSIGNAL SIGINT""",
        """USER=1:2|EXPOSE=80/UDP|ENV=A=b|ENTRYPOINT=["/a"]|CMD=/x|VOLUME=["/b","/a"]|WORKDIR=/with|LABEL=a=b|STOPSIGNAL=int""",
        """user bob|expose 080|env A=b|entrypoint /a "$1" > x|cmd /bin/sh -c 'x'  y|volume data|workdir /with space|label a=|stopsignal 9""",
        """ENTRYPOINT |CMD [ -f /x ] && /y|STOPSIGNAL RTMIN""",
        """ENTRYPOINT []|CMD []|STOPSIGNAL SIGRTMIN+15""",
        """ENTRYPOINT /a|ENTRYPOINT ["/b"]|CMD a|CMD ["b"]|USER a|USER b|STOPSIGNAL 1|STOPSIGNAL SIGSTKFLT""",
        """ENV B|ENV C=|ENV D==b=c|ENV E="b  c"|ENV "F"="b"|ENV A=$HOME/${B}|ENV G=C:\path|STOPSIGNAL CLD""",
        "ENV A=ä<>&\u2028漢😀\u00a0x|LABEL é=<>&\u2029😀|USER ü|WORKDIR /<>|VOLUME /&|STOPSIGNAL SIGPOLL",
        """LABEL b=1|LABEL a=2|LABEL b=3|LABEL a=b=c|LABEL "a b"="c d"|LABEL B=1|LABEL -=1|STOPSIGNAL rtmax-14""",
        """EXPOSE 9|EXPOSE 80|EXPOSE 443/udp|EXPOSE 443|VOLUME /z|VOLUME /a|VOLUME /z|STOPSIGNAL SIGRTMAX""",
        "WORKDIR /a|WORKDIR b|WORKDIR ../c|STOPSIGNAL SIGIOT",
        "ONBUILD RUN make|USER bob");

    public void Dispose() => _bench.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Changes))]
    public void Changes_give_the_same_image(string changes)
    {
        var lines = changes.Split('|');

        AssertSame(Write("root.tar", _tar), new RootImport { Changes = lines }, [.. lines.SelectMany(line => new[] { "--change", line })]);
    }

    [SkippableTheory]
    [InlineData("linux/amd64", "--os", "linux", "--arch", "amd64")]
    [InlineData("linux/arm64", "--os", "linux", "--arch", "arm64")]
    [InlineData("linux/arm64/v8", "--os", "linux", "--arch", "arm64", "--variant", "v8")]
    [InlineData("linux/arm/v7", "--os", "linux", "--arch", "arm", "--variant", "v7")]
    [InlineData("linux/arm", "--os", "linux", "--arch", "arm")]
    [InlineData("windows/amd64", "--os", "windows", "--arch", "amd64")]
    [InlineData("Linux/x86_64", "--os", "linux", "--arch", "amd64")]
    public void Platforms_give_the_same_image(string platform, params string[] options) =>
        AssertSame(Write("root.tar", _tar), new RootImport { Platform = platform }, options);

    [SkippableTheory]
    [InlineData("first import")]
    [InlineData("a < b && \"c\" > d\té 漢 \u2029😀")]
    [InlineData("")]
    public void Messages_give_the_same_image(string message) =>
        AssertSame(Write("root.tar", _tar), new RootImport { Message = message }, "--message", message);

    [SkippableTheory]
    [InlineData("2024-02-29T12:34:56Z")]
    [InlineData("2024-02-29T12:34:56.1Z")]
    [InlineData("2024-02-29T12:34:56.000000001Z")]
    [InlineData("2024-02-29T12:34:56.999999999Z")]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("1969-12-31T23:59:59.5Z")]
    [InlineData("2100-01-01T00:00:00.00000001Z")]
    public void Times_give_the_same_image(string time)
    {
        var path = Write("root.tar", _tar, time);

        AssertSame(path, new RootImport());
        Assert.Contains($"\"created\":\"{time}\"", new RootImport().OfFiles(_bench.Store, path).ImageConfig, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("none", 1024)]
    [InlineData("none", 10240)]
    [InlineData("gzip", 10240)]
    public void A_tar_without_entries_gives_the_same_image(string compressor, int length) =>
        AssertSame(Write("root.tar", Compress(compressor, new byte[length])), new RootImport());

    [SkippableTheory]
    [InlineData("none", "application/vnd.oci.image.layer.v1.tar")]
    [InlineData("gzip", "application/vnd.oci.image.layer.v1.tar+gzip")]
    public void A_real_file_system_gives_the_same_image_and_manifest(string compressor, string mediaType)
    {
        var tar = _fileSystem.Value.Tar;
        var path = Write("root.tar", Compress(compressor, tar));

        var image = AssertSame(path, new RootImport());

        Assert.Equal([mediaType], image.Layers.Select(layer => layer.MediaType));
        var inspected = _bench.Peers.Podman("image", "inspect", image.Id).Json[0];
        Assert.Equal(inspected.GetProperty("Digest").GetString(), image.Digest);
        Assert.Equal(inspected.GetProperty("ManifestType").GetString(), image.Inspect().ManifestType);
        Assert.Equal(inspected.GetProperty("Comment").GetString(), image.Inspect().Comment);
        Assert.Equal(inspected.GetProperty("Size").GetInt64(), image.Inspect().Size);
    }

    /// <summary>
    /// Podman 4 takes these for plain tars, and makes images whose diff ID is that of the compressed file. A later one has
    /// the same as here: the ID is that of the plain file.
    /// </summary>
    [SkippableTheory]
    [InlineData("zstd", "application/vnd.oci.image.layer.v1.tar+zstd")]
    [InlineData("bzip2", "application/vnd.oci.image.layer.v1.tar")]
    [InlineData("xz", "application/vnd.oci.image.layer.v1.tar")]
    public void In_other_compressions_it_is_the_image_of_the_plain_file(string compressor, string mediaType)
    {
        Peers.Require(compressor);
        var tar = _fileSystem.Value.Tar;
        var plain = PodmanConfig(Write("plain.tar", tar));

        var image = new RootImport().OfFiles(_bench.Store, Write("root.tar", Compress(compressor, tar)));

        Assert.Equal(plain.GetRawText(), image.ImageConfig);
        Assert.Equal([mediaType], image.Layers.Select(layer => layer.MediaType));
        _bench.Store.AssertSound();
    }

    [SkippableTheory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void The_peers_take_what_was_made(string compressor)
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "Mounts, and files of all owners, are for root.");
        Peers.Require(compressor);
        var (tar, tree) = _fileSystem.Value;
        var lower = Write("lower.tar", Compress(compressor, tar));
        var upper = Write("upper.tar", TarBytes.Join(TarBytes.Entry("etc/.wh.passwd", []), TarBytes.End));
        const string Name = "localhost/team/rootfs:1";
        var image = new RootImport { Names = ["team/rootfs:1"], Changes = ["LABEL a=b"], Author = "Jörg", Message = "by hand" }
            .OfFiles(_bench.Store, lower, upper);

        _bench.Peers.Podman("load", "--quiet", "--input", _bench.Save("docker-archive", _bench.Item(Name, Name)));

        var loaded = _bench.Peers.Podman("image", "inspect", Name).Json[0];
        Assert.Equal(image.Id, loaded.GetProperty("Id").GetString());
        Assert.Equal("Jörg", loaded.GetProperty("Author").GetString());
        Assert.Equal(
            image.RootFS.Layers.Reverse().Select(diffId => $"/bin/sh -c #(nop) ADD file:{diffId[7..]} in /|by hand"),
            _bench.Peers.Podman("history", "--no-trunc", "--format", "{{.CreatedBy}}|{{.Comment}}", image.Id).Lines);
        Assert.Equal(tree.Where(line => !line.StartsWith("etc/passwd ", StringComparison.Ordinal)), Mounted(image.Id));

        var inspected = _bench.Peers.Skopeo("inspect", $"oci:{_bench.Store.Path}:{Name}").Json;
        Assert.Equal(image.Digest, inspected.GetProperty("Digest").GetString());
        Assert.Equal("b", inspected.GetProperty("Labels").GetProperty("a").GetString());
        var steps = _bench.Peers.Umoci("stat", "--json", "--image", $"{_bench.Store.Path}:{Name}").Json;
        Assert.Equal(2, steps.GetProperty("history").GetArrayLength());
    }

    // A mount that is left keeps its folder from being deleted.
    private IReadOnlyList<string> Mounted(string image)
    {
        try
        {
            return FileTree.Describe(_bench.Peers.Podman("image", "mount", image).Lines.Last());
        }
        finally
        {
            _bench.Peers.Podman("image", "unmount", image);
        }
    }

    /// <summary>A file system as a distribution's is: hard links, names that are not ASCII or long, thousands of files.</summary>
    private static (byte[] Tar, IReadOnlyList<string> Tree) MakeFileSystem()
    {
        Peers.Require(Peer.Busybox, "tar");
        using var folder = new TempFolder();
        BusyboxContext.Write(folder.Path);
        var root = folder.Combine("rootfs");
        Directory.CreateDirectory(Path.Combine(root, "srv"));
        Directory.Move(folder.Combine("many"), Path.Combine(root, "srv", "many"));
        Directory.Move(folder.Combine("names"), Path.Combine(root, "srv", "names"));
        var tar = Tool.Run(Peers.Path("tar"), ["--create", "--numeric-owner", "--file=-", "--directory", root, "."]).Bytes;
        return (tar, FileTree.Describe(root));
    }

    private string Write(string name, byte[] bytes, string time = ModifiedTime)
    {
        var path = _bench.Combine(name);
        File.WriteAllBytes(path, bytes);
        _bench.Peers.Run("touch", ["--date", time, path]);
        return path;
    }

    private byte[] Compress(string compressor, byte[] bytes) =>
        compressor == "none" ? bytes : _bench.Peers.Run(compressor, ["-c"], bytes).Bytes;

    private ContainerImage AssertSame(string path, RootImport import, params string[] options)
    {
        var theirs = PodmanConfig(path, options);

        var ours = import.OfFiles(_bench.Store, path);

        Assert.Equal(theirs.GetRawText(), ours.ImageConfig);
        return ours;
    }

    /// <summary>The config of the image that podman makes of a file, as skopeo reads it in podman's store.</summary>
    private JsonElement PodmanConfig(string path, params string[] options)
    {
        var id = _bench.Peers.Podman(["import", "--quiet", .. options, path]).Output;
        return _bench.Peers.Skopeo("inspect", "--config", "--raw", "containers-storage:" + id.Replace("sha256:", "", StringComparison.Ordinal)).Json;
    }
}
