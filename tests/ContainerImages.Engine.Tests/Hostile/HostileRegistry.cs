using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Engine.Tests.Transports.Registry;
using ContainerImages.Fuzz;
using ContainerImages.Testing;
using ContainerImages.Transports;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>A registry of one image, which one answer at a time goes wrong of, and a store into which it is pulled.</summary>
internal sealed class HostileRegistry : IDisposable
{
    public static readonly TestImage Image = new(TestLayer.Of("hostile"));
    public static readonly byte[] TokenBytes = "{\"token\":\"secret\",\"access_token\":\"secret\",\"expires_in\":300,\"issued_at\":\"2026-01-02T03:04:05Z\"}"u8.ToArray();
    public static readonly byte[] TagsBytes = "{\"name\":\"team/app\",\"tags\":[\"1\",\"2\"]}"u8.ToArray();

    // The longest that is waited for an answer that does not come; one that comes late is a documented error as well.
    private const double TimeoutSeconds = 0.2;

    private const int MostPages = 100;

    private static readonly ImageError[] _errors =
    [
        ImageError.RemoteImageNotFound, ImageError.RegistryUnauthorized, ImageError.RegistryDenied, ImageError.RegistryUnreachable, ImageError.RegistryTimeout,
        ImageError.RegistryThrottled, ImageError.RegistryProtocol, ImageError.PlatformNotFound, ImageError.ContentMismatch, ImageError.ContentMissing,
        ImageError.ContentTooLarge, ImageError.UnsupportedContent, ImageError.InvalidArchive, ImageError.InvalidReference,
    ];

    private readonly TestStore _test = new();
    private readonly LoopbackServer _server;
    private readonly IDictionary<string, string> _before;
    private RegistryCase? _case;

    public HostileRegistry()
    {
        _server = new LoopbackServer(request => Answer(request));
        _test.Store.Import(TestImage.Of("there before", "docker.io/library/before:1"));
        _before = _test.Store.Files();
    }

    /// <summary>How many pulls and lists ended well.</summary>
    public int Taken { get; private set; }

    /// <summary>Asks for what the case is about.</summary>
    /// <exception cref="Exception">What is wrong with what became of it.</exception>
    public void Try(RegistryCase wrong)
    {
        Volatile.Write(ref _case, wrong);
        using var access = new RegistryAccess(
            RegistryConfiguration.Empty,
            new RegistryOptions { Clock = new FakeClock(), RetryCount = 1, Timeout = TimeSpan.FromSeconds(TimeoutSeconds) }) { AllowInsecure = true };
        var isTaken = Documented.Try(() => Ask(access, wrong.Part), _errors);
        if (wrong.Part != RegistryPart.Tags && isTaken)
        {
            StoreCheck.Check(_test.Store);
            ImageCheck.LookAt(_test.Store, _test.Store.Find($"{_server.Address}/team/app:1"));
            _test.Store.Remove([$"{_server.Address}/team/app:1"]);
        }

        Taken += isTaken ? 1 : 0;
        var files = _test.Store.Files();
        Documented.Require(
            _before.Keys.SequenceEqual(files.Keys) && _before.All(file => file.Key == "index.json" || files[file.Key] == file.Value),
            $"The store has changed: {string.Join(", ", files.Keys.Except(_before.Keys))}");
    }

    public void Dispose()
    {
        _server.Dispose();
        _test.Dispose();
    }

    private void Ask(RegistryAccess access, RegistryPart part)
    {
        if (part == RegistryPart.Tags)
        {
            var pages = new RemoteSearch(access, default).Find($"{_server.Address}/team/app");
            var count = 0;
            while (pages.Read() is not null)
            {
                Documented.Require(++count < MostPages, "The list has no end.");
            }
        }
        else
        {
            new ImagePull(_test.Store, access, new CopyOptions { ThrottleLimit = 1 }).Run(new PullRequest($"{_server.Address}/team/app:1") { AllPlatforms = true });
        }
    }

    private ServerReply Answer(ServerRequest request)
    {
        var wrong = Volatile.Read(ref _case)!;
        if (PartOf(request) is not { } part)
        {
            return new ServerReply(404);
        }

        var isLetIn = part == RegistryPart.Token || wrong.Part != RegistryPart.Token || request.Header("Authorization") is not null;
        var right = isLetIn ? Right(part) : new ServerReply(401).With("WWW-Authenticate", $"Bearer realm=\"{_server.Url}/token\",service=\"test\"");
        return part == wrong.Part ? wrong.Change(right, _server.Address) : right;
    }

    private static RegistryPart? PartOf(ServerRequest request) => request.Path switch
    {
        "/v2/" => RegistryPart.Ping,
        "/token" => RegistryPart.Token,
        "/v2/team/app/tags/list" => RegistryPart.Tags,
        var path when path.StartsWith("/v2/team/app/manifests/", StringComparison.Ordinal) => RegistryPart.Manifest,
        var path when path.EndsWith(Image.Id.Hex, StringComparison.Ordinal) => RegistryPart.Config,
        var path when path.StartsWith("/v2/team/app/blobs/", StringComparison.Ordinal) => RegistryPart.Layer,
        _ => null,
    };

    private static ServerReply Right(RegistryPart part) => part switch
    {
        RegistryPart.Ping => ServerReply.Json("{}"),
        RegistryPart.Token => new ServerReply(200, TokenBytes).With("Content-Type", "application/json"),
        RegistryPart.Tags => new ServerReply(200, TagsBytes).With("Content-Type", "application/json"),
        RegistryPart.Manifest => new ServerReply(200, Image.Bytes).With("Content-Type", Image.MediaType).With("Docker-Content-Digest", Image.Digest.ToString()),
        RegistryPart.Config => new ServerReply(200, Image.Blobs.Single(blob => blob.Digest == Image.Id).Bytes),
        _ => new ServerReply(200, Image.Layers[0].Bytes),
    };
}
