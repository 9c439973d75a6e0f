using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;

namespace ContainerImages.Testing;

/// <summary>A server that hands requests on to a registry and its answers back, but for those that a test makes go wrong.</summary>
public sealed class FaultProxy : LoopbackServer
{
    private static readonly string[] _hopByHop = ["Connection", "Keep-Alive", "Transfer-Encoding", "Content-Length", "Date", "Host"];

    private readonly HttpClient _client;
    private readonly Script _script;

    private FaultProxy(Script script, HttpClient client, X509Certificate2? certificate)
        : base(script.AnswerAsync, certificate)
    {
        _script = script;
        _client = client;
    }

    /// <summary>Starts one before a registry.</summary>
    /// <param name="registry">The registry's address, over plain HTTP.</param>
    /// <param name="certificate">The proxy's own certificate; null for plain HTTP.</param>
    public static FaultProxy Start(string registry, X509Certificate2? certificate = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        return new FaultProxy(new Script(registry, client), client, certificate);
    }

    /// <summary>Makes the next requests go wrong; faults are tried in the order in which they were added.</summary>
    /// <param name="method">Such as GET.</param>
    /// <param name="path">A part of path and query.</param>
    /// <param name="change">What becomes of the registry's answer.</param>
    /// <param name="times">How many requests; those after them go through.</param>
    public FaultProxy On(string method, string path, Func<ServerReply, ServerReply> change, int times = 1) =>
        On(method, path, async (_, forward) => change(await forward().ConfigureAwait(false)), times);

    /// <summary>Makes the next requests get an answer without the registry seeing them.</summary>
    public FaultProxy Answer(string method, string path, ServerReply reply, int times = 1) =>
        On(method, path, (_, _) => Task.FromResult(reply), times);

    public FaultProxy On(
        string method, string path, Func<ServerRequest, Func<Task<ServerReply>>, Task<ServerReply>> answer, int times = 1)
    {
        _script.Add(new Fault(method, path, answer) { Left = times });
        return this;
    }

    public override void Dispose()
    {
        base.Dispose();
        _client.Dispose();
    }

    private sealed record Fault(string Method, string Path, Func<ServerRequest, Func<Task<ServerReply>>, Task<ServerReply>> Answer)
    {
        public int Left { get; set; }
    }

    private sealed class Script(string registry, HttpClient client)
    {
        private readonly List<Fault> _faults = [];
        private readonly Lock _gate = new();

        public void Add(Fault fault)
        {
            lock (_gate)
            {
                _faults.Add(fault);
            }
        }

        public Task<ServerReply> AnswerAsync(ServerRequest request) =>
            Next(request) is { } fault ? fault.Answer(request, () => ForwardAsync(request)) : ForwardAsync(request);

        private Fault? Next(ServerRequest request)
        {
            lock (_gate)
            {
                var next = _faults.FirstOrDefault(fault =>
                    fault.Left > 0 && fault.Method == request.Method && request.Target.Contains(fault.Path, StringComparison.Ordinal));
                if (next is not null)
                {
                    next.Left--;
                }

                return next;
            }
        }

        private async Task<ServerReply> ForwardAsync(ServerRequest request)
        {
            using var message = new HttpRequestMessage(new HttpMethod(request.Method), $"http://{registry}{request.Target}");
            message.Content = request.Method is "POST" or "PUT" or "PATCH" ? new ByteArrayContent(request.Body) : null;

            // The registry makes its own addresses of the host it is asked for.
            message.Headers.Host = request.Header("Host");
            foreach (var (name, value) in request.Headers.Where(header => !_hopByHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
            {
                if (!message.Headers.TryAddWithoutValidation(name, value))
                {
                    message.Content?.Headers.TryAddWithoutValidation(name, value);
                }
            }

            using var answer = await client.SendAsync(message).ConfigureAwait(false);
            var length = answer.Content.Headers.ContentLength;
            var reply = new ServerReply((int)answer.StatusCode, await answer.Content.ReadAsByteArrayAsync().ConfigureAwait(false))
            {
                ClaimedLength = request.Method == "HEAD" ? length : null,
            };
            return answer.Headers.Concat(answer.Content.Headers)
                .Where(header => !_hopByHop.Contains(header.Key, StringComparer.OrdinalIgnoreCase))
                .SelectMany(header => header.Value, (header, value) => (header.Key, value))
                .Aggregate(reply, (made, header) => made.With(header.Key, header.value));
        }
    }
}
