using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace ContainerImages.Testing;

/// <summary>
/// An HTTP/1.1 server on a free port of the loopback address that answers as a test says, down to what no server should do:
/// cut connections, wrong lengths, silence.
/// </summary>
public class LoopbackServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly ConcurrentQueue<ServerRequest> _requests = [];
    private readonly Func<ServerRequest, Task<ServerReply>> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly bool _wantsClientCertificate;

    /// <param name="answer">What to answer.</param>
    /// <param name="certificate">The server's certificate with its key; null for plain HTTP.</param>
    /// <param name="wantsClientCertificate">Whether to ask for the client's; see <see cref="ClientCertificates"/>.</param>
    public LoopbackServer(
        Func<ServerRequest, Task<ServerReply>> answer, X509Certificate2? certificate = null, bool wantsClientCertificate = false)
    {
        _answer = answer;
        _certificate = certificate;
        _wantsClientCertificate = wantsClientCertificate;
        _listener.Start();
        _ = AcceptAsync();
    }

    public LoopbackServer(Func<ServerRequest, ServerReply> answer, X509Certificate2? certificate = null, bool wantsClientCertificate = false)
        : this(request => Task.FromResult(answer(request)), certificate, wantsClientCertificate)
    {
    }

    /// <summary>Host and port.</summary>
    public string Address => _listener.LocalEndpoint.ToString()!;

    public string Url => $"{(_certificate is null ? "http" : "https")}://{Address}";

    /// <summary>What came in, in order.</summary>
    public IReadOnlyList<ServerRequest> Requests => [.. _requests];

    /// <summary>The subjects of the certificates that clients have shown.</summary>
    public ConcurrentQueue<string> ClientCertificates { get; } = [];

    public virtual void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync().ConfigureAwait(false);
                client.NoDelay = true;
                _clients.Add(client);
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var tls = new SslStream(stream, leaveInnerStreamOpen: false, (_, shown, _, _) => Note(shown));
                    await tls.AuthenticateAsServerAsync(_certificate, _wantsClientCertificate, checkCertificateRevocation: false).ConfigureAwait(false);
                    stream = tls;
                }

                var reader = new RequestReader(stream);
                while (await reader.ReadAsync().ConfigureAwait(false) is { } request)
                {
                    _requests.Enqueue(request);
                    if (!await WriteAsync(stream, request, await _answer(request).ConfigureAwait(false)).ConfigureAwait(false))
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException
            or System.Security.Authentication.AuthenticationException)
        {
            // The client went away, or did not like the certificate.
        }
    }

    private bool Note(X509Certificate? shown)
    {
        if (shown is not null)
        {
            ClientCertificates.Enqueue(shown.Subject);
        }

        return true;
    }

    /// <summary>False if the connection ends here.</summary>
    private async Task<bool> WriteAsync(Stream stream, ServerRequest request, ServerReply reply)
    {
        if (reply.IsDropped)
        {
            return false;
        }

        if (reply.IsSilent)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token).ConfigureAwait(false);
        }

        var head = new StringBuilder($"HTTP/1.1 {reply.Status.ToString(CultureInfo.InvariantCulture)} {reply.Reason ?? ((HttpStatusCode)reply.Status).ToString()}\r\n");
        foreach (var (name, value) in reply.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        var hasLength = reply.Headers.Any(header => header.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase));
        if (reply.IsChunked && reply.Status is not (204 or 304))
        {
            head.Append("Transfer-Encoding: chunked\r\n");
        }
        else if (!hasLength && reply.Status is not (204 or 304))
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {reply.ClaimedLength ?? reply.Body.Length}\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString())).ConfigureAwait(false);
        if (request.Method == "HEAD")
        {
            await stream.FlushAsync().ConfigureAwait(false);
            return true;
        }

        if (reply.IsChunked)
        {
            var length = Encoding.ASCII.GetBytes(reply.Body.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n");
            await stream.WriteAsync(reply.Body.Length == 0 ? "0\r\n\r\n"u8.ToArray() : [.. length, .. reply.Body, .. "\r\n0\r\n\r\n"u8]).ConfigureAwait(false);
            await stream.FlushAsync().ConfigureAwait(false);
            return true;
        }

        var body = reply.CutAfter is { } cut ? reply.Body.AsMemory(0, Math.Min(cut, reply.Body.Length)) : reply.Body;
        var piece = reply.PieceSize == 0 ? Math.Max(body.Length, 1) : reply.PieceSize;
        for (var sent = 0; sent < body.Length; sent += piece)
        {
            await stream.WriteAsync(body.Slice(sent, Math.Min(piece, body.Length - sent))).ConfigureAwait(false);
            await stream.FlushAsync().ConfigureAwait(false);
        }

        await stream.FlushAsync().ConfigureAwait(false);
        if (reply.IsStuck)
        {
            await Task.Delay(Timeout.Infinite, _stop.Token).ConfigureAwait(false);
        }

        return reply.CutAfter is null && (reply.ClaimedLength ?? reply.Body.Length) == reply.Body.Length;
    }

    /// <summary>Reads requests off a connection, with lengths and chunks.</summary>
    private sealed class RequestReader(Stream stream)
    {
        private readonly byte[] _buffer = new byte[64 * 1024];
        private int _start;
        private int _end;

        public async Task<ServerRequest?> ReadAsync()
        {
            var line = await ReadLineAsync().ConfigureAwait(false);
            if (line is null || line.Split(' ') is not [var method, var target, ..])
            {
                return null;
            }

            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (await ReadLineAsync().ConfigureAwait(false) is { Length: > 0 } header)
            {
                var (name, value) = (header[..header.IndexOf(':')], header[(header.IndexOf(':') + 1)..].Trim());
                headers[name] = headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
            }

            using var body = new MemoryStream();
            if (headers.TryGetValue("Transfer-Encoding", out var encoding) && encoding.Contains("chunked", StringComparison.OrdinalIgnoreCase))
            {
                int size;
                while ((size = int.Parse(await ReadLineAsync().ConfigureAwait(false) ?? "0", NumberStyles.HexNumber, CultureInfo.InvariantCulture)) > 0)
                {
                    await CopyAsync(body, size).ConfigureAwait(false);
                    await ReadLineAsync().ConfigureAwait(false);
                }

                await ReadLineAsync().ConfigureAwait(false);
            }
            else if (headers.TryGetValue("Content-Length", out var length))
            {
                await CopyAsync(body, long.Parse(length, CultureInfo.InvariantCulture)).ConfigureAwait(false);
            }

            return new ServerRequest(method, target, headers, body.ToArray());
        }

        private async Task CopyAsync(MemoryStream target, long count)
        {
            while (count > 0)
            {
                if (_start == _end && !await FillAsync().ConfigureAwait(false))
                {
                    throw new IOException("The request ended early.");
                }

                var taken = (int)Math.Min(count, _end - _start);
                target.Write(_buffer, _start, taken);
                _start += taken;
                count -= taken;
            }
        }

        private async Task<string?> ReadLineAsync()
        {
            var line = new List<byte>();
            while (true)
            {
                if (_start == _end && !await FillAsync().ConfigureAwait(false))
                {
                    return null;
                }

                var next = _buffer[_start++];
                if (next == '\n')
                {
                    return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
                }

                line.Add(next);
            }
        }

        private async Task<bool> FillAsync()
        {
            _start = 0;
            _end = await stream.ReadAsync(_buffer).ConfigureAwait(false);
            return _end > 0;
        }
    }
}
