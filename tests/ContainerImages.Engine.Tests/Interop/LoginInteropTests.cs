using System;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports.Registry;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>Log-ins that podman and skopeo keep are found here, and theirs are the ones that are kept here.</summary>
public sealed class LoginInteropTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();
    private readonly PeerSandbox _peers;

    public LoginInteropTests()
    {
        _peers = new PeerSandbox(_folder.Combine(""));
        _folder.Variables["PATH"] = _folder.Combine("bin");
    }

    private string AuthFile => _folder.Combine("auth.json");

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData(Peer.Skopeo, "")]
    [InlineData(Peer.Podman, "")]
    [InlineData(Peer.Skopeo, "/team")]
    [InlineData(Peer.Podman, "/team/app")]
    public void What_a_peer_keeps_is_found_and_taken_away(string peer, string part)
    {
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { HasBasicAuth = true });
        var address = registry.Address + part;
        Login(peer, address);

        var found = Store.Find(registry.Address, "team/app", CancellationToken.None);

        Assert.Equal((LocalRegistry.UserName, LocalRegistry.Password), (found?.UserName, found?.Password));
        Assert.Equal([(address, LocalRegistry.UserName)], Store.List(onlyWritten: true).Select(login => (login.Registry, login.UserName)));
        Logins.Disconnect(Logins.Select(address, CancellationToken.None).Single(), CancellationToken.None);
        Assert.NotEqual(0, _peers.Run(peer, ["login", "--get-login", "--authfile", AuthFile, address], mustSucceed: false).ExitCode);
    }

    [SkippableTheory]
    [InlineData(Peer.Skopeo, "")]
    [InlineData(Peer.Podman, "")]
    [InlineData(Peer.Skopeo, "/team")]
    public void What_is_kept_here_a_peer_uses(string peer, string part)
    {
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { HasBasicAuth = true });
        var image = PeerImages.Shared.PodmanDockerArchive;
        var address = registry.Address + part;
        var (login, isChecked) = Connect(address, LocalRegistry.Password);

        Assert.True(isChecked);
        Assert.Equal((address, LocalRegistry.UserName, AuthFile), (login.Registry, login.UserName, login.AuthFile));
        Assert.Equal(LocalRegistry.UserName, _peers.Run(peer, ["login", "--get-login", "--authfile", AuthFile, address]).Output);
        _peers.Skopeo(
            "copy", "--dest-authfile", AuthFile, "--dest-tls-verify=false", $"docker-archive:{image.Path}", $"docker://{registry.Address}/team/app:1");
        _peers.Run(peer, ["logout", "--authfile", AuthFile, address]);
        Assert.Null(Store.Find(registry.Address, "team/app", CancellationToken.None));
    }

    [SkippableFact]
    public void A_peer_s_entries_and_ours_stand_side_by_side()
    {
        using var one = LocalRegistry.Start(new LocalRegistryOptions { HasBasicAuth = true });
        using var two = LocalRegistry.Start(new LocalRegistryOptions { HasBasicAuth = true });
        Login(Peer.Skopeo, one.Address);

        Connect(two.Address, LocalRegistry.Password);

        foreach (var registry in new[] { one, two })
        {
            Assert.Equal(LocalRegistry.UserName, _peers.Skopeo("login", "--get-login", "--authfile", AuthFile, registry.Address).Output);
            Assert.NotNull(Store.Find(registry.Address, "x", CancellationToken.None));
        }
    }

    [SkippableFact]
    public void A_helper_serves_a_peer_and_us()
    {
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { HasBasicAuth = true });
        _folder.WriteHelper("keeper", CredentialStoreTests.Keeper);
        File.WriteAllText(AuthFile, $"{{\"credHelpers\":{{\"{registry.Address}\":\"keeper\"}}}}");
        var options = new ToolOptions
        {
            Environment = new System.Collections.Generic.Dictionary<string, string?>
            {
                ["PATH"] = _folder.Combine("bin") + ":/usr/bin:/bin",
                ["HOME"] = _folder.Home,
            },
        };
        Tool.Run(Peers.Path(Peer.Skopeo), LoginArguments(registry.Address), options);

        var found = Store.Find(registry.Address, "team/app", CancellationToken.None);

        Assert.Equal((LocalRegistry.UserName, LocalRegistry.Password), (found?.UserName, found?.Password));
        Logins.Disconnect(Logins.Select(registry.Address, CancellationToken.None).Single(), CancellationToken.None);
        Connect(registry.Address, LocalRegistry.Password);
        Assert.Equal(
            LocalRegistry.UserName,
            Tool.Run(Peers.Path(Peer.Skopeo), ["login", "--get-login", "--authfile", AuthFile, registry.Address], options).Output);
        Assert.DoesNotContain("auth\"", File.ReadAllText(AuthFile), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_log_in_that_is_refused_is_not_kept()
    {
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { HasBasicAuth = true });

        var error = Assert.Throws<RegistryException>(() => Connect(registry.Address, "SECRET"));

        Assert.Equal(ImageError.RegistryUnauthorized, error.Error);
        Assert.DoesNotContain("SECRET", error + string.Join('\n', _folder.Verbose), StringComparison.Ordinal);
        Assert.False(File.Exists(AuthFile));
    }

    [SkippableFact]
    public void An_identity_token_is_checked_and_kept_as_others_read_it()
    {
        using var tokens = new TokenServer();
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { Tokens = tokens });

        Logins.Connect(
            RegistryAddress.Parse(registry.Address),
            new RegistryCredential(null, null, tokens.IdentityToken),
            allowInsecure: true,
            TimeSpan.FromSeconds(100),
            CancellationToken.None);

        var found = Store.Find(registry.Address, "team/app", CancellationToken.None)!;
        Assert.Equal((null, null, tokens.IdentityToken), (found.UserName, found.Password, found.IdentityToken));

        // Skopeo shows it too, and gets so far that what is not there is all it complains of.
        var shown = Shown();
        var log = _peers.Run(
            Peer.Skopeo,
            ["list-tags", "--authfile", AuthFile, "--tls-verify=false", $"docker://{registry.Address}/team/app"],
            mustSucceed: false).Error;
        Assert.True(Shown() > shown, log);
        Assert.Contains("404", log, StringComparison.Ordinal);

        int Shown() => tokens.Requests.Count(request => request.Method == "POST" && request.Form("refresh_token") == tokens.IdentityToken);
    }

    [SkippableFact]
    public void Certificates_are_those_of_certs_d()
    {
        using var certificates = new TestCertificates();
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { HasBasicAuth = true, Certificate = certificates.ForServer() });

        var error = Assert.Throws<RegistryException>(() => Connect(registry.Address, LocalRegistry.Password, allowInsecure: false));
        Assert.Equal(ImageError.RegistryCertificate, error.Error);

        _folder.Write($"home/.config/containers/certs.d/{registry.Address}/ca.crt", certificates.Authority.ExportCertificatePem());
        Assert.True(Connect(registry.Address, LocalRegistry.Password, allowInsecure: false).IsChecked);
    }

    [SkippableFact]
    public void A_registry_that_lets_in_anybody_has_checked_nothing()
    {
        using var registry = LocalRegistry.Start();

        Assert.False(Connect(registry.Address, "x").IsChecked);
        Assert.NotNull(Store.Find(registry.Address, "", CancellationToken.None));
    }

    private CredentialStore Store => new(_folder.Places, _folder.Load(), AuthFile, _folder.Verbose.Add);

    private RegistryLogins Logins => new(_folder.Places, AuthFile, Tell);

    private (RegistryLogin Login, bool IsChecked) Connect(string address, string password, bool allowInsecure = true) => Logins.Connect(
        RegistryAddress.Parse(address),
        new RegistryCredential(LocalRegistry.UserName, password, null),
        allowInsecure,
        TimeSpan.FromSeconds(100),
        CancellationToken.None);

    private void Login(string peer, string address) => _peers.Run(peer, LoginArguments(address));

    private string[] LoginArguments(string address) =>
    [
        "login", "--tls-verify=false", "--authfile", AuthFile, "-u", LocalRegistry.UserName, "-p", LocalRegistry.Password, address,
    ];

    private void Tell(string line)
    {
        lock (_folder.Verbose)
        {
            _folder.Verbose.Add(line);
        }
    }
}
