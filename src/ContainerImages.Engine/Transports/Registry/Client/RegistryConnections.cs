using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Reflection;
using System.Security.Cryptography.X509Certificates;

namespace ContainerImages.Transports;

/// <summary>The HTTP clients of one call: one for each way of trusting, shared by all requests, which so share connections.</summary>
internal sealed class RegistryConnections : IDisposable
{
    private const int MaxConnections = 128;

    /// <summary>Who asks, as servers are told.</summary>
    public static readonly string UserAgent = "ContainerImages/" +
        (typeof(RegistryConnections).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0");

    private readonly Dictionary<(RegistryTrust? Trust, bool ShowsCertificates, bool IsInsecure, bool IsLoopback), HttpClient> _clients = [];
    private readonly ConcurrentDictionary<string, string> _rejected = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The client for an address.</summary>
    /// <param name="address">The address.</param>
    /// <param name="trust">The certificates that are set up for the registry.</param>
    /// <param name="isHome">
    /// Whether the address is the registry's own: client certificates are for it alone, and not for where it redirects to.
    /// </param>
    /// <param name="isInsecure">Whether a certificate that is not trusted will do.</param>
    public HttpClient Get(Uri address, RegistryTrust trust, bool isHome, bool isInsecure)
    {
        var key = (trust, isHome && trust.ClientCertificates.Count > 0, isInsecure, address.IsLoopback);
        lock (_clients)
        {
            if (!_clients.TryGetValue(key, out var client))
            {
                _clients.Add(key, client = Create(trust, key.Item2, isInsecure, address.IsLoopback));
            }

            return client;
        }
    }

    /// <summary>Why the certificate of this host was refused; null if it was not.</summary>
    public string? WhyRejected(Uri address) => _rejected.TryGetValue(address.Authority, out var why) ? why : null;

    public void Dispose()
    {
        lock (_clients)
        {
            _clients.Values.ToList().ForEach(client => client.Dispose());
            _clients.Clear();
        }
    }

    private HttpClient Create(RegistryTrust trust, bool showsCertificates, bool isInsecure, bool isLoopback)
    {
        // Redirects are followed by hand, where it is decided who is shown what.
        var handler = new HttpClientHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !isLoopback,
            MaxConnectionsPerServer = MaxConnections,
            ServerCertificateCustomValidationCallback = (request, certificate, chain, errors) =>
            {
                var fault = isInsecure ? null : CertificateCheck.FindFault(certificate, chain, errors, trust.Authorities);
                if (fault is not null)
                {
                    _rejected[request.RequestUri.Authority] = fault;
                }

                return fault is null;
            },
        };
        if (showsCertificates)
        {
            handler.ClientCertificateOptions = ClientCertificateOption.Manual;
            handler.ClientCertificates.AddRange(trust.ClientCertificates.Cast<X509Certificate>().ToArray());
        }

        var client = new HttpClient(handler) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", UserAgent);

        // Lengths and digests are of the bytes themselves; without a word a server may compress them on the way.
        client.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", "identity");
        return client;
    }
}
