using System;
using System.Diagnostics;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;

namespace ContainerImages.Testing;

/// <summary>How a registry is to be.</summary>
public sealed record LocalRegistryOptions
{
    /// <summary>Whether it wants <see cref="LocalRegistry.UserName"/> and <see cref="LocalRegistry.Password"/>.</summary>
    public bool HasBasicAuth { get; init; }

    /// <summary>Its certificate, with the key; null for plain HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Who gives out its tokens; null for no tokens.</summary>
    public TokenServer? Tokens { get; init; }
}

/// <summary>A registry of our own on a free port of the loopback address until it is disposed, over plain HTTP and for anybody unless said otherwise.</summary>
public sealed partial class LocalRegistry : IDisposable
{
    /// <summary>Who is let in where a log-in is wanted.</summary>
    public const string UserName = "tester";

    public const string Password = "not-a-secret-either";

    // Of that password; the registry takes no other kind than bcrypt's.
    private const string PasswordFile = $"{UserName}:$2y$05$abcdefghijklmnopqrstuu/emibwjmu2xK0LJhHwH67ZrvyEFQLMG\n";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();
    private readonly StringBuilder _log = new();
    private readonly Process _process;
    private readonly X509Certificate2? _certificate;

    private LocalRegistry(LocalRegistryOptions options)
    {
        _certificate = options.Certificate;
        var port = FreePort();
        Address = $"127.0.0.1:{port}";
        Url = new Uri($"{(options.Certificate is null ? "http" : "https")}://{Address}/");
        var config = _folder.NewFile("config.yml", Encoding.UTF8.GetBytes($"""
            version: 0.1
            storage:
              filesystem:
                rootdirectory: {_folder.NewFolder("storage")}
              delete:
                enabled: true
            http:
              addr: {Address}
              secret: not-a-secret
            {Tls(options)}
            {Auth(options)}
            """));
        var start = new ProcessStartInfo(Peers.Path(Peer.Registry), ["serve", config])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // From version 3 on it looks for a collector of traces otherwise.
        start.Environment["OTEL_TRACES_EXPORTER"] = "none";

        // It takes every variable of such a name for a setting of its own; this one names the log-ins of clients.
        start.Environment.Remove("REGISTRY_AUTH_FILE");
        _process = Process.Start(start) ?? throw new InvalidOperationException("The registry did not start.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Host and port, as they begin a reference: <c>127.0.0.1:40001</c>.</summary>
    public string Address { get; }

    public Uri Url { get; }

    /// <summary>What a client shows by Basic.</summary>
    public static string BasicHeader { get; } = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{UserName}:{Password}"));

    /// <summary>The folder in which it keeps what is pushed.</summary>
    public string StorageFolder => _folder.Combine("storage");

    /// <summary>What it has written so far, requests included.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Starts one and waits until it answers. The test is skipped if this machine has no registry.</summary>
    public static LocalRegistry Start(LocalRegistryOptions? options = null)
    {
        Peers.Require(Peer.Registry);

        // Between finding a free port and listening to it, another process may take it.
        for (var attempt = 1; ; attempt++)
        {
            var registry = new LocalRegistry(options ?? new LocalRegistryOptions());
            if (registry.WaitUntilReady())
            {
                return registry;
            }

            registry.Dispose();
            if (attempt == 3)
            {
                throw new InvalidOperationException("The registry does not answer.\n" + registry.Log);
            }
        }
    }

    /// <summary>Starts one where this machine has a registry, or must have: for tests that have more to show with one.</summary>
    public static LocalRegistry? StartIfThere() => Peers.IsThere(Peer.Registry) || Peers.AreRequired ? Start() : null;

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _folder.Dispose();
    }

    private string Tls(LocalRegistryOptions options)
    {
        if (options.Certificate is not { } certificate)
        {
            return "";
        }

        using var key = certificate.GetECDsaPrivateKey()!;
        var certificateFile = _folder.NewFile("server.crt", Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()));
        var keyFile = _folder.NewFile("server.key", Encoding.ASCII.GetBytes(key.ExportECPrivateKeyPem()));
        return $"  tls: {{ certificate: {certificateFile}, key: {keyFile} }}";
    }

    private string Auth(LocalRegistryOptions options)
    {
        if (options.HasBasicAuth)
        {
            return $"auth: {{ htpasswd: {{ realm: test, path: {_folder.NewFile("htpasswd", Encoding.ASCII.GetBytes(PasswordFile))} }} }}";
        }

        return options.Tokens is { } tokens
            ? $"auth: {{ token: {{ realm: '{tokens.Realm}', service: {TokenServer.Service}, issuer: {TokenServer.Issuer}, " +
                $"rootcertbundle: {_folder.NewFile("tokens.crt", Encoding.ASCII.GetBytes(tokens.Certificate))} }} }}"
            : "";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private bool WaitUntilReady()
    {
        using var client = NewClient();
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < _patience && !_process.HasExited; Thread.Sleep(20))
        {
            try
            {
                using var response = client.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(Url, "v2/")));
                return (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.Unauthorized) && !_process.HasExited;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }

        return false;
    }

    private HttpClient NewClient()
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown?.GetCertHashString() == _certificate?.GetCertHashString();
        return new HttpClient(handler);
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
