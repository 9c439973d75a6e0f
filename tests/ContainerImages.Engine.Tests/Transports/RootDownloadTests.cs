using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>Root tars from a web server, and what servers do instead of giving them.</summary>
public sealed class RootDownloadTests : IDisposable
{
    private const string Time = "Thu, 29 Feb 2024 12:34:56 GMT";

    private static readonly byte[] _tar = TestLayer.Of(new string('x', 300_000)).Bytes;
    private static readonly byte[] _gzip = TestLayer.Compress(_tar, Compression.Gzip);

    private readonly TestStore _test = new();
    private readonly LoopbackServer _server = new(Answer);

    private ImageStore Store => _test.Store;

    public void Dispose()
    {
        _server.Dispose();
        _test.Dispose();
    }

    [Theory]
    [InlineData("/root.tar", MediaTypes.OciLayer)]
    [InlineData("/root.tgz", MediaTypes.OciLayerGzip)]
    [InlineData("/encoded", MediaTypes.OciLayerGzip)]
    [InlineData("/pieces", MediaTypes.OciLayer)]
    [InlineData("/chunked", MediaTypes.OciLayer)]
    [InlineData("/moved", MediaTypes.OciLayer)]
    [InlineData("/moved-twice", MediaTypes.OciLayer)]
    public void Comes_as_the_server_has_it(string path, string mediaType)
    {
        var image = Import(path);

        var layer = Assert.Single(image.Layers);
        var bytes = mediaType == MediaTypes.OciLayer ? _tar : _gzip;
        Assert.Equal((mediaType, Digest.Compute(bytes).ToString()), (layer.MediaType, layer.Digest));
        Assert.Equal([Digest.Compute(_tar).ToString()], image.RootFS.Layers);
        Store.AssertSound();
    }

    [Fact]
    public void The_server_says_when_it_was_changed_and_else_it_was_now()
    {
        var before = DateTimeOffset.UtcNow;

        Assert.Equal(DateTimeOffset.Parse(Time, CultureInfo.InvariantCulture), Import("/root.tar").Created);
        Assert.InRange(Import("/root.tgz").Created!.Value, before, DateTimeOffset.UtcNow);
    }

    [Fact]
    public void The_account_in_an_address_is_shown_to_its_server_alone()
    {
        using var other = new LoopbackServer(_ => new ServerReply(200, _tar));
        using var first = new LoopbackServer(_ => new ServerReply(302).With("Location", $"{other.Url}/root.tar"));

        new RootImport().Of(Store, RootTar.OfUrl(new Uri($"http://us%20er:p%40ss@{first.Address}/x")));

        Assert.Equal("Basic " + Convert.ToBase64String("us er:p@ss"u8), Assert.Single(first.Requests).Header("Authorization"));
        Assert.Null(Assert.Single(other.Requests).Header("Authorization"));
    }

    [Theory]
    [InlineData("/nope", ImageError.ArchiveNotFound, "cannot be fetched: the server answers 404 (NotFound).")]
    [InlineData("/echo", ImageError.ArchiveNotFound, "cannot be fetched: the server answers 403 (not with … or …).")]
    [InlineData("/echo-header", ImageError.ArchiveNotFound, "cannot be fetched: ")]
    [InlineData("/nothing", ImageError.ArchiveNotFound, "cannot be fetched: the server answers 204 (NoContent).")]
    [InlineData("/circle", ImageError.ArchiveNotFound, "cannot be fetched: the server redirects more than 10 times.")]
    [InlineData("/elsewhere", ImageError.ArchiveNotFound, "cannot be fetched: the server redirects to 'ftp://127.0.0.1', which is not followed.")]
    [InlineData("/nowhere", ImageError.ArchiveNotFound, "cannot be fetched: the server redirects to nowhere.")]
    [InlineData("/to-nothing", ImageError.ArchiveNotFound, "/nothing': the server answers 204 (NoContent).")]
    [InlineData("/dropped", ImageError.ArchiveNotFound, "cannot be fetched: ")]
    [InlineData("/silent", ImageError.ArchiveNotFound, "cannot be fetched: the server sent nothing for 2 seconds.")]
    [InlineData("/cut", ImageError.InvalidArchive, "could not be fetched to its end: ")]
    [InlineData("/cut-chunk", ImageError.InvalidArchive, "could not be fetched to its end: ")]
    [InlineData("/cut-unnoticed", ImageError.InvalidArchive, "its data is cut short")]
    [InlineData("/stuck", ImageError.InvalidArchive, "could not be fetched to its end: the server sent nothing for 2 seconds.")]
    [InlineData("/page", ImageError.UnknownArchiveFormat, "it is no tar, as it begins with the bytes 3c 68 74 6d 6c 3e")]
    [InlineData("/huge", ImageError.DiskFull, "9000000000000000000 bytes are needed")]
    public void What_is_not_a_whole_tar_is_refused(string path, ImageError error, string message)
    {
        var url = new Uri($"http://user:geheim@{_server.Address}{path}?sig=geheim");
        var isSilent = path is "/silent" or "/stuck";
        var tar = isSilent
            ? new RootTar(RootTar.OfUrl(url).Name, token => RootDownload.Open(url, TimeSpan.FromSeconds(2), token))
            : RootTar.OfUrl(url);
        new RootImport { Names = ["before"] }.OfBytes(Store, _tar);

        var thrown = Store.AssertRefused(error, store => new RootImport().Of(store, tar));

        Assert.True(thrown.Message.Contains(message, StringComparison.Ordinal), thrown.Message);
        Assert.DoesNotContain("geheim", thrown.ToString(), StringComparison.Ordinal);
        if (error != ImageError.DiskFull)
        {
            Assert.StartsWith($"'{_server.Url}{path}'", thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_server_that_is_not_there_is_said_so()
    {
        using var closed = new TcpListener(System.Net.IPAddress.Loopback, 0);
        closed.Start();
        var address = closed.LocalEndpoint.ToString();
        closed.Stop();

        var thrown = Assert.Throws<ContainerImageException>(() => new RootImport().Of(Store, RootTar.OfUrl(new Uri($"http://{address}/x"))));

        Assert.Equal(ImageError.ArchiveNotFound, thrown.Error);
        Assert.StartsWith($"'http://{address}/x' cannot be fetched: ", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/silent")]
    [InlineData("/stuck")]
    public async Task Stopped_while_the_server_is_silent_it_ends_and_leaves_nothing(string path)
    {
        using var stop = new CancellationTokenSource();
        var import = new RootImport { Options = new CopyOptions { Cancellation = stop.Token } };
        var running = Task.Run(() => import.Of(Store, RootTar.OfUrl(new Uri(_server.Url + path))));
        Assert.True(SpinWait.SpinUntil(() => _server.Requests.Count > 0, TimeSpan.FromSeconds(60)));

        stop.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Store.Paths.Ingests));
    }

    [Theory]
    [InlineData("http://example.com/x.tar", true)]
    [InlineData("HTTPS://example.com/x.tar?a=b", true)]
    [InlineData("http:/x", false)]
    [InlineData("http:x", false)]
    [InlineData("ftp://example.com/x", false)]
    [InlineData("file:///x", false)]
    [InlineData("/x.tar", false)]
    [InlineData("C:\\x.tar", false)]
    [InlineData("C:/x.tar", false)]
    [InlineData("x.tar", false)]
    [InlineData("", false)]
    public void Addresses_are_told_from_paths(string text, bool isUrl) => Assert.Equal(isUrl, RootDownload.IsUrl(text, out _));

    [Fact]
    public void Addresses_are_shown_without_what_may_be_secret() =>
        Assert.Equal("https://example.com:8443/a/b%20c.tar", RootDownload.Show(new Uri("https://u:p@example.com:8443/a/b c.tar?sig=x#y")));

    private ContainerImage Import(string path) => new RootImport().Of(Store, RootTar.OfUrl(new Uri(_server.Url + path)));

    private static ServerReply Answer(ServerRequest request) => request.Path switch
    {
        "/root.tar" => new ServerReply(200, _tar).With("Last-Modified", Time),
        "/root.tgz" => new ServerReply(200, _gzip),
        "/encoded" => new ServerReply(200, _gzip).With("Content-Encoding", "gzip"),
        "/pieces" => new ServerReply(200, _tar) { PieceSize = 9_999 },
        "/chunked" => Chunked(Chunks()),
        "/moved" => new ServerReply(301).With("Location", "/root.tar"),
        "/moved-twice" => new ServerReply(307).With("Location", $"http://{request.Header("Host")}/moved"),
        "/nothing" => new ServerReply(204),
        "/echo" => new ServerReply(403) { Reason = $"not with geheim or {request.Header("Authorization")![6..]}" },
        "/echo-header" => new ServerReply(200).With("not with geheim", "x"),
        "/circle" => new ServerReply(302).With("Location", "/circle"),
        "/elsewhere" => new ServerReply(302).With("Location", "ftp://127.0.0.1/root.tar?sig=geheim"),
        "/nowhere" => new ServerReply(302),
        "/to-nothing" => new ServerReply(303).With("Location", "/nothing?sig=geheim"),
        "/dropped" => new ServerReply(200) { IsDropped = true },
        "/silent" => new ServerReply(200) { IsSilent = true },
        "/cut" => new ServerReply(200, _tar) { CutAfter = 200_000 },
        "/cut-chunk" => Chunked(Chunks()[..200_000]),
        "/cut-unnoticed" => new ServerReply(200, _tar[..200_000]),
        "/stuck" => new ServerReply(200, _tar) { CutAfter = 200_000, IsStuck = true },
        "/page" => new ServerReply(200, "<html><body>Log in first.</body></html>"),
        "/huge" => new ServerReply(200, _tar) { ClaimedLength = 9_000_000_000_000_000_000 },
        _ => new ServerReply(404, "no such thing"),
    };

    // The server adds a length to what has none, which does not count beside an encoding.
    private static ServerReply Chunked(byte[] chunks) => new ServerReply(200, chunks) { CutAfter = chunks.Length }.With("Transfer-Encoding", "chunked");

    private static byte[] Chunks() =>
        [.. _tar.Chunk(70_000).SelectMany(chunk => (byte[])[.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n"u8]), .. "0\r\n\r\n"u8];
}
