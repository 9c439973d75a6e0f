using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>
/// What can be wrong with a registry, with what it holds, and with this machine's files about it: each is an error of its own
/// for whoever pulls or copies, and nothing comes of it.
/// </summary>
[Collection(ProcessState.Name)]
public sealed class RegistryBadInputTests : IDisposable
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";

    private readonly RegistryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    public static TheoryData<string, string> Cases()
    {
        TheoryData<string, string> cases = [];
        foreach (string name in _cases.Keys)
        {
            cases.Add("Request-ContainerImage $image", name);
            cases.Add("Copy-ContainerImage $image oci:./to", name);
        }

        return cases;
    }

    private static readonly Dictionary<string, BadInput> _cases = new()
    {
        ["a host that nobody knows"] = new("RegistryUnreachable", ErrorCategory.ConnectionError, "the host no-such-host.invalid is unknown")
        {
            Prepare = fixture => "no-such-host.invalid/team/app:1",
        },
        ["a port that nobody listens to"] = new("RegistryUnreachable", ErrorCategory.ConnectionError, "refuses the connection")
        {
            Prepare = _ =>
            {
                using LoopbackServer gone = new(_ => new ServerReply(200));
                return $"{gone.Address}/team/app:1";
            },
        },
        ["a log-in that is wanted"] = Answer("RegistryUnauthorized", ErrorCategory.AuthenticationError, "answered 401", new ServerReply(401)),
        ["what is not allowed"] = Answer("RegistryDenied", ErrorCategory.PermissionDenied, "answered 403", new ServerReply(403)),
        ["an image that is not there"] = new("RemoteImageNotFound", ErrorCategory.ObjectNotFound, "team/none")
        {
            Prepare = fixture => $"{fixture.Proxy.Address}/team/none:1",
        },
        ["a manifest of an unknown type"] = Answer(
            "UnsupportedContent", ErrorCategory.NotImplemented, "application/vnd.example.thing+json", Manifest("{\"schemaVersion\":2}", "application/vnd.example.thing+json")),
        ["a manifest of schema 1"] = Answer(
            "UnsupportedContent",
            ErrorCategory.NotImplemented,
            "schema 1",
            Manifest("{\"schemaVersion\":1,\"name\":\"team/app\",\"tag\":\"1\",\"fsLayers\":[],\"history\":[]}", "application/vnd.docker.distribution.manifest.v1+prettyjws")),
        ["a manifest that is no JSON"] = Answer("RegistryProtocol", ErrorCategory.ProtocolError, "makes no sense", Manifest("<html></html>", ManifestType)),
        ["a manifest with another digest"] = new("ContentMismatch", ErrorCategory.InvalidData, "was promised")
        {
            Prepare = fixture => Change(fixture, "/manifests/", reply => reply with { Body = [.. reply.Body, (byte)' '] }),
        },
        ["a blob with another digest"] = new("ContentMismatch", ErrorCategory.InvalidData, "was promised")
        {
            Prepare = fixture => Change(fixture, "/blobs/", reply => reply with { Body = [.. reply.Body.Reverse()] }),
        },
        ["a list without the platform"] = new("PlatformNotFound", ErrorCategory.ObjectNotFound, "it has linux/mips64le, linux/s390x")
        {
            Prepare = fixture =>
            {
                fixture.Push("team/app", "1", new ArchiveImage("a") { Architecture = "mips64le" }, new ArchiveImage("b") { Architecture = "s390x" });
                return $"{fixture.Proxy.Address}/team/app:1";
            },
        },
        ["a registries.conf that is malformed"] = new("InvalidConfiguration", ErrorCategory.InvalidData, "registries.conf', line 2")
        {
            Prepare = fixture =>
            {
                fixture.Session.Write("registries.conf", "[[registry]]\nlocation = 7\n");
                return $"{fixture.Proxy.Address}/team/app:1";
            },
        },
        ["a file of log-ins that is malformed"] = new("InvalidConfiguration", ErrorCategory.InvalidData, "auth.json', line 2")
        {
            Prepare = fixture => LogIn(fixture, "{\n  \"auths\": 7\n}"),
        },
        ["a credential helper that fails"] = new("CredentialHelperFailed", ErrorCategory.AuthenticationError, "it ended with 3 and says 'the keychain is locked'.")
        {
            Prepare = fixture => Help(fixture, "echo the keychain is locked; exit 3"),
        },
        ["a credential helper that prints nonsense"] = new("CredentialHelperFailed", ErrorCategory.AuthenticationError, "no JSON object")
        {
            Prepare = fixture => Help(fixture, "echo nonsense"),
        },
    };

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Is_an_error_of_its_own_and_nothing_comes_of_it(string script, string what)
    {
        BadInput bad = _cases[what];
        string image = bad.Prepare(_fixture);
        _fixture.Session.Session.Set("image", image);

        ErrorRecord error = _fixture.Run(script + " -RetryCount 0").ShouldFail(bad.Id, bad.Category);

        Assert.True(error.Exception.Message.Contains(bad.Says, StringComparison.Ordinal), error.Exception.Message);
        Assert.Equal(image, error.TargetObject);
        Assert.False(string.IsNullOrEmpty(error.ErrorDetails.RecommendedAction));
        Assert.Empty(Directory.Exists(Path.Combine(_fixture.Store, "blobs")) ? Directory.GetFiles(Path.Combine(_fixture.Store, "blobs"), "*", SearchOption.AllDirectories) : []);
        Assert.False(Directory.Exists(Path.Combine(_fixture.Session.Session.Location, "to")));
    }

    [SkippableTheory]
    [InlineData("Request-ContainerImage $image")]
    [InlineData("Copy-ContainerImage $image oci:./to")]
    public void A_certificate_that_nobody_trusts_is_one_too(string script)
    {
        using TestCertificates certificates = new();
        using var certificate = certificates.ForServer();
        using RegistryFixture tls = new(new LocalRegistryOptions { Certificate = certificate });
        tls.Session.Session.Set("image", $"{tls.Registry.Address}/team/app:1");

        tls.Run(script + " -AllowInsecure:$false").ShouldFail("RegistryCertificate", ErrorCategory.SecurityError);

        Assert.False(Directory.Exists(Path.Combine(tls.Session.Session.Location, "to")));
    }

    private static ServerReply Manifest(string json, string type) => new ServerReply(200, json).With("Content-Type", type);

    private static BadInput Answer(string id, ErrorCategory category, string says, ServerReply reply) => new(id, category, says)
    {
        Prepare = fixture =>
        {
            fixture.Proxy.Answer("GET", "/manifests/", reply, times: 9);
            return $"{fixture.Proxy.Address}/team/app:1";
        },
    };

    private static string Change(RegistryFixture fixture, string path, Func<ServerReply, ServerReply> change)
    {
        fixture.Push("team/app", "1", new ArchiveImage("a"));
        fixture.Proxy.On("GET", path, change);
        return $"{fixture.Proxy.Address}/team/app:1";
    }

    private static string LogIn(RegistryFixture fixture, string json)
    {
        File.WriteAllText(fixture.Session.AuthFile, json);
        return $"{fixture.Proxy.Address}/team/app:1";
    }

    // A script; only Unix runs it by its name.
    private static string Help(RegistryFixture fixture, string script)
    {
        Skip.If(OperatingSystem.IsWindows(), "A script is no program there.");
        string helper = fixture.Session.Write("docker-credential-broken", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(helper, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        fixture.Session.Set("PATH", $"{Path.GetDirectoryName(helper)}:{Environment.GetEnvironmentVariable("PATH")}");
        return LogIn(fixture, $$"""{"credHelpers":{"{{fixture.Proxy.Address}}":"broken"} }""");
    }

    private sealed record BadInput(string Id, ErrorCategory Category, string Says)
    {
        /// <summary>Makes it so, and gives the image's name.</summary>
        public Func<RegistryFixture, string> Prepare { get; init; } = _ => "";
    }
}
