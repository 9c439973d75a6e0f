using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>
/// One repository of a registry, by the OCI distribution specification 1.1 and Docker's interface of version 2. Every method
/// throws a <see cref="ContainerImageException"/> that names the registry, the repository and what was being done; nothing
/// that comes from outside is believed before it was checked. Safe for several threads.
/// </summary>
internal sealed partial class RegistryClient(RegistryHost host, RegistryEndpoint endpoint, RegistryOptions options, bool isForPush)
{
    public RegistryEndpoint Endpoint { get; } = endpoint;

    /// <summary>Host and repository, for messages.</summary>
    public string Name => Endpoint.Repository.Length == 0 ? Endpoint.Host : Endpoint.ToString();

    public RegistryOptions Options { get; } = options;

    internal RegistryHost Host { get; } = host;

    private RegistryScope Scope => isForPush ? RegistryScope.PullAndPush(Endpoint.Repository) : RegistryScope.Pull(Endpoint.Repository);

    /// <summary>Whether the registry takes the credential.</summary>
    /// <returns>False if it lets in anybody and so has looked at none.</returns>
    /// <exception cref="ContainerImageException">RegistryUnauthorized, if it does not; and any other Registry*.</exception>
    public async Task<bool> CheckLoginAsync(CancellationToken cancellation)
    {
        await Host.FindRootAsync(cancellation).ConfigureAwait(false);
        if (!Host.WantsAuthorization)
        {
            return false;
        }

        var request = new RegistryRequest(HttpMethod.Get, "v2/", $"Logging in to '{Name}'")
        {
            Scopes = Endpoint.Repository.Length == 0 ? [] : [Scope],
        };
        return await SendAsync(request, _ => Task.FromResult(true), cancellation, 200).ConfigureAwait(false);
    }

    /// <summary>Sends a request of this repository; a status other than those expected is an error.</summary>
    internal Task<T> SendAsync<T>(
        RegistryRequest request, Func<RegistryResponse, Task<T>> read, CancellationToken cancellation, params int[] expected) =>
        Host.SendAsync(
            request,
            async response => expected.Contains(response.Status)
                ? await read(response).ConfigureAwait(false)
                : throw await Host.ThrowableAsync(response).ConfigureAwait(false),
            cancellation);

    internal RegistryRequest Request(HttpMethod method, string path, string what, IReadOnlyList<RegistryScope>? scopes = null) =>
        new(method, $"v2/{Endpoint.Repository}/{path}", what) { Scopes = scopes ?? [Scope] };

    /// <summary>An address that the registry gave; relative ones start from where it said so.</summary>
    internal static string Resolve(RegistryResponse response, string? location) =>
        !string.IsNullOrEmpty(location) && Uri.TryCreate(response.Address, location, out var address)
            ? address.AbsoluteUri
            : throw RegistryErrors.Protocol(response, "it names no address to go on at");
}
