using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>One registry, with one account: how it is reached, how it wants to be asked, and what it was shown.</summary>
internal sealed class RegistryHost(
    RegistryTransport transport, RegistryOptions options, string name, bool isInsecure, RegistryTrust trust, RegistryCredential? credential)
    : IDisposable
{
    private const string DockerHub = "docker.io";
    private const string DockerHubHost = "registry-1.docker.io";

    private readonly TokenSource _tokens = new(transport, options);
    private readonly SemaphoreSlim _first = new(1, 1);
    private volatile Uri? _root;
    private volatile AuthChallenge? _challenge;
    private volatile bool _hasAnswered;

    public string Name { get; } = name;

    public bool IsInsecure { get; } = isInsecure;

    public RegistryTrust Trust { get; } = trust;

    public RegistryCredential? Credential { get; } = credential;

    /// <summary>Whether it is there: what fails later is then worth another try.</summary>
    public bool HasAnswered
    {
        get => _hasAnswered;
        set => _hasAnswered = value;
    }

    /// <summary>Whether it asks who is there at all.</summary>
    public bool WantsAuthorization { get; private set; }

    /// <summary>What must not be in a message.</summary>
    public IEnumerable<string?> Secrets => new[] { Credential?.Password, Credential?.IdentityToken }
        .Concat(_tokens.Values)
        .Where(secret => !string.IsNullOrEmpty(secret))
        .SelectMany(secret => new[] { secret, Uri.EscapeDataString(secret!) })
        .Append(Credential is null ? null : BasicOf(Credential)?.Parameter);

    /// <summary>Whether an address is the registry's own.</summary>
    public bool IsHome(Uri address) => _root is { } root
        ? RegistryTransport.HasOrigin(address, root)
        : string.Equals(address.Authority, new Uri($"{address.Scheme}://{Address}").Authority, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an address may do without trusted TLS: only the host that was named so, and not where it sends to.</summary>
    public bool MayBeInsecure(Uri address) =>
        IsInsecure && string.Equals(address.Host, new Uri($"{address.Scheme}://{Address}").Host, StringComparison.OrdinalIgnoreCase);

    /// <summary>Sends a request and reads the answer; both are repeated where it failed for the moment.</summary>
    /// <exception cref="ContainerImageException">Registry*, RemoteImageNotFound, and what <paramref name="read"/> throws.</exception>
    public Task<T> SendAsync<T>(RegistryRequest request, Func<RegistryResponse, Task<T>> read, CancellationToken cancellation) =>
        transport.RepeatAsync(
            this,
            request,
            async () =>
            {
                using var response = await SendAuthorizedAsync(request, cancellation).ConfigureAwait(false);
                return await read(response).ConfigureAwait(false);
            },
            cancellation);

    /// <summary>Sends a request; the answer's body is the caller's to read.</summary>
    public Task<RegistryResponse> OpenAsync(RegistryRequest request, CancellationToken cancellation) =>
        transport.RepeatAsync(this, request, () => SendAuthorizedAsync(request, cancellation), cancellation);

    /// <summary>What an answer's status means, as an error.</summary>
    public Task<RegistryException> ThrowableAsync(RegistryResponse response) => transport.ThrowableAsync(response);

    /// <summary>Waits until something that failed may be tried again, or throws the failure.</summary>
    public Task WaitAsync(RegistryException failure, int failures, CancellationToken cancellation) =>
        transport.WaitAsync(failure, failures, cancellation);

    /// <summary>The registry's root, found out by asking it once which protocol it speaks and whom it lets in.</summary>
    public async Task<Uri> FindRootAsync(CancellationToken cancellation)
    {
        if (_root is { } known)
        {
            return known;
        }

        await _first.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return _root ??= await PingAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _first.Release();
        }
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _first.Dispose();
    }

    private string Address => Name is DockerHub or "index." + DockerHub ? DockerHubHost : Name;

    private async Task<Uri> PingAsync(CancellationToken cancellation)
    {
        try
        {
            return await PingAsync("https", cancellation).ConfigureAwait(false);
        }
        catch (RegistryException e) when (IsInsecure && e.Status is null && e.Error is ImageError.RegistryUnreachable)
        {
            try
            {
                return await PingAsync("http", cancellation).ConfigureAwait(false);
            }
            catch (RegistryException second) when (second.Status == 400)
            {
                // So a TLS server answers what it does not understand.
                throw e;
            }
        }
    }

    private async Task<Uri> PingAsync(string scheme, CancellationToken cancellation)
    {
        var what = $"Asking registry '{Name}' for its interface";
        if (!Uri.TryCreate($"{scheme}://{Address}/", UriKind.Absolute, out var root) || root.Authority.Length == 0 || root.UserInfo.Length > 0)
        {
            throw new RegistryException(ImageError.RegistryUnreachable, $"{what} failed: that is no host name.");
        }

        var request = new RegistryRequest(HttpMethod.Get, "v2/", what);
        return await transport.RepeatAsync(
            this,
            request,
            async () =>
            {
                using var response = await SendFirstAsync(request, new Uri(root, request.Address), cancellation).ConfigureAwait(false);
                switch (response.Status)
                {
                    case 200:
                        return root;
                    case 401:
                        WantsAuthorization = true;
                        _challenge = RegistryTransport.HasOrigin(response.Address, root) ? Choose(response) : null;
                        return root;
                    case 404:
                        throw RegistryErrors.Protocol(response, "it has no '/v2/', and so is no registry of version 2");
                    default:
                        throw await ThrowableAsync(response).ConfigureAwait(false);
                }
            },
            cancellation).ConfigureAwait(false);
    }

    // Where plain HTTP is tried next, there is no waiting for TLS.
    private async Task<RegistryResponse> SendFirstAsync(RegistryRequest request, Uri address, CancellationToken cancellation)
    {
        try
        {
            return await transport.SendAsync(this, request, address, null, cancellation).ConfigureAwait(false);
        }
        catch (RegistryException e) when (IsInsecure && address.Scheme == "https" && e.Status is null)
        {
            e.IsTransient = false;
            throw;
        }
    }

    // A token may have run out, or turn out to be good for too little: then it is fetched anew, once. A registry that still
    // says no means it.
    private async Task<RegistryResponse> SendAuthorizedAsync(RegistryRequest request, CancellationToken cancellation)
    {
        var root = await FindRootAsync(cancellation).ConfigureAwait(false);
        var address = new Uri(root, request.Address);
        var scopes = RegistryScope.Merge(request.Scopes);
        BearerToken? refused = null;
        for (var attempt = 0; ; attempt++)
        {
            var challenge = _challenge;
            var (header, token) = !request.IsAnonymous && IsHome(address) && challenge is not null
                ? await AuthorizeAsync(challenge, scopes, refused, cancellation).ConfigureAwait(false)
                : default;
            var response = await transport.SendAsync(this, request, address, header, cancellation).ConfigureAwait(false);
            if (response.Status != 401 || request.IsAnonymous || attempt == 2 || !IsHome(response.Address) || Choose(response) is not { } offered)
            {
                return response;
            }

            var wanted = RegistryScope.Merge(scopes.Concat(RegistryScope.Parse(offered["scope"])));
            var isWorthAnother = offered.IsBasic
                ? header is not { Scheme: "Basic" } && Credential?.Password is not null
                : token is null || !token.IsNew || !wanted.Select(s => s.ToString()).SequenceEqual(scopes.Select(s => s.ToString()));
            if (!isWorthAnother)
            {
                return response;
            }

            response.Dispose();
            (_challenge, scopes, refused) = (offered, wanted, token?.Token);
        }
    }

    private async Task<(AuthenticationHeaderValue? Header, FetchedToken? Token)> AuthorizeAsync(
        AuthChallenge challenge, IReadOnlyList<RegistryScope> scopes, BearerToken? refused, CancellationToken cancellation)
    {
        if (challenge.IsBasic)
        {
            return (Credential is null ? null : BasicOf(Credential), null);
        }

        var token = await _tokens.GetAsync(this, challenge, scopes, refused, cancellation).ConfigureAwait(false);
        return (new AuthenticationHeaderValue("Bearer", token.Token.Value), token);
    }

    /// <summary>The header for Basic; null for a credential without a password.</summary>
    public static AuthenticationHeaderValue? BasicOf(RegistryCredential credential) => credential.Password is null
        ? null
        : new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.UserName}:{credential.Password}")));

    private static AuthChallenge? Choose(RegistryResponse response)
    {
        var offered = AuthChallenge.Parse(response.Headers("WWW-Authenticate"));
        return offered.FirstOrDefault(challenge => challenge.IsBearer && challenge["realm"] is { Length: > 0 })
            ?? offered.FirstOrDefault(challenge => challenge.IsBasic);
    }
}
