using System;
using System.Diagnostics;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace ContainerImages.Testing;

/// <summary>A registry of our own on a free port of the loopback address, over plain HTTP, until it is disposed.</summary>
public sealed class LocalRegistry : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();
    private readonly StringBuilder _log = new();
    private readonly Process _process;

    private LocalRegistry()
    {
        var port = FreePort();
        Address = $"127.0.0.1:{port}";
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
            """));
        var start = new ProcessStartInfo(Peers.Path(Peer.Registry), ["serve", config])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // From version 3 on it looks for a collector of traces otherwise.
        start.Environment["OTEL_TRACES_EXPORTER"] = "none";
        _process = Process.Start(start) ?? throw new InvalidOperationException("The registry did not start.");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Host and port, as they begin a reference: <c>127.0.0.1:40001</c>.</summary>
    public string Address { get; }

    public Uri Url => new($"http://{Address}/");

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
    public static LocalRegistry Start()
    {
        Peers.Require(Peer.Registry);

        // Between finding a free port and listening to it, another process may take it.
        for (var attempt = 1; ; attempt++)
        {
            var registry = new LocalRegistry();
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private bool WaitUntilReady()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < _patience && !_process.HasExited; Thread.Sleep(20))
        {
            try
            {
                using var response = client.Send(new HttpRequestMessage(HttpMethod.Get, new Uri(Url, "v2/")));
                return response.IsSuccessStatusCode && !_process.HasExited;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }

        return false;
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }
}
