using System;
using System.Collections.Generic;
using System.Linq;

namespace ContainerImages.Transports;

/// <summary>
/// The registries of one call: connections, tokens and what was learned of each host are kept together, and end together.
/// Safe for several threads.
/// </summary>
internal sealed class RegistrySession : IDisposable
{
    private readonly RegistryConnections _connections = new();
    private readonly RegistryTransport _transport;
    private readonly Dictionary<(string, bool, RegistryTrust, RegistryCredential?), RegistryHost> _hosts = [];

    public RegistrySession(RegistryOptions options)
    {
        Options = options;
        _transport = new RegistryTransport(options, _connections);
    }

    public RegistryOptions Options { get; }

    /// <summary>A client for one repository. Nothing is sent yet.</summary>
    /// <param name="endpoint">Where it is; the repository may be empty for what concerns the registry as a whole.</param>
    /// <param name="trust">The certificates that are set up for the host.</param>
    /// <param name="credential">What to show to the host, and to no other; null for nothing.</param>
    /// <param name="isForPush">Whether anything will be written: the tokens are asked for accordingly.</param>
    public RegistryClient Open(RegistryEndpoint endpoint, RegistryTrust trust, RegistryCredential? credential, bool isForPush = false)
    {
        lock (_hosts)
        {
            var key = (endpoint.Host, endpoint.IsInsecure, trust, credential);
            if (!_hosts.TryGetValue(key, out var host))
            {
                _hosts.Add(key, host = new RegistryHost(_transport, Options, endpoint.Host, endpoint.IsInsecure, trust, credential));
            }

            return new RegistryClient(host, endpoint, Options, isForPush);
        }
    }

    public void Dispose()
    {
        _connections.Dispose();
        lock (_hosts)
        {
            _hosts.Values.ToList().ForEach(host => host.Dispose());
            _hosts.Clear();
        }
    }
}
