using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>A bearer token.</summary>
/// <param name="Value">What is shown to the registry.</param>
/// <param name="ExpiresAt">When it will not be taken any more, by our own clock.</param>
internal sealed record BearerToken(string Value, DateTimeOffset ExpiresAt)
{
    /// <summary>Never the token itself.</summary>
    public override string ToString() => "(token)";
}

/// <summary>A token, and whether it was fetched just now rather than kept from before.</summary>
internal sealed record FetchedToken(BearerToken Token, bool IsNew);

/// <summary>
/// Fetches the tokens of one registry and account, and keeps them while they are good, one for each set of scopes
/// (distribution's token specification, and its variant with OAuth 2). Who waits for the same one waits for one fetch.
/// </summary>
internal sealed class TokenSource(RegistryTransport transport, RegistryOptions options) : IDisposable
{
    private const int MaxAnswer = 1024 * 1024;
    private const long ShortestLife = 60;
    private const long LongestLife = 24 * 3600;

    // A token that ends while its request is on the way would be refused.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);

    /// <summary>The tokens in use, which must not be in a message.</summary>
    public IEnumerable<string> Values => _slots.Values.Select(slot => slot.Token?.Value).OfType<string>();

    /// <param name="host">For which registry.</param>
    /// <param name="challenge">How it asked for one.</param>
    /// <param name="scopes">What it is to be good for, merged.</param>
    /// <param name="refused">One that the registry has refused, and that is not given again; null for none.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<FetchedToken> GetAsync(
        RegistryHost host, AuthChallenge challenge, IReadOnlyList<RegistryScope> scopes, BearerToken? refused, CancellationToken cancellation)
    {
        var slot = _slots.GetOrAdd(
            string.Join("\n", [challenge["realm"]!, challenge["service"] ?? "", .. scopes.Select(scope => scope.ToString())]),
            _ => new Slot());
        await slot.Gate.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (slot.Token is { } kept && kept != refused && kept.ExpiresAt - Margin > options.Clock.UtcNow)
            {
                return new FetchedToken(kept, IsNew: false);
            }

            slot.Token = await FetchAsync(host, challenge, scopes, cancellation).ConfigureAwait(false);
            return new FetchedToken(slot.Token, IsNew: true);
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    public void Dispose()
    {
        foreach (var slot in _slots.Values)
        {
            slot.Gate.Dispose();
        }
    }

    private async Task<BearerToken> FetchAsync(
        RegistryHost host, AuthChallenge challenge, IReadOnlyList<RegistryScope> scopes, CancellationToken cancellation)
    {
        var what = $"Fetching a token for {(scopes.Count == 0 ? "a log-in" : string.Join(" ", scopes))} at '{host.Name}'";
        if (!Uri.TryCreate(challenge["realm"], UriKind.Absolute, out var realm) || realm.Scheme is not ("https" or "http") || realm.UserInfo.Length > 0)
        {
            throw new RegistryException(
                ImageError.RegistryProtocol, $"{what} failed: the registry names the token service '{RegistryText.Clean(challenge["realm"], host.Secrets)}', which is no address.");
        }

        var isRefresh = host.Credential?.IdentityToken is not null;
        var request = isRefresh ? Refresh(host, challenge, scopes, realm, what) : Ask(host, challenge, scopes, realm, what);
        var header = isRefresh || host.Credential is null ? null : RegistryHost.BasicOf(host.Credential);
        return await transport.RepeatAsync(
            host,
            request,
            async () =>
            {
                using var response = await transport.SendAsync(host, request, new Uri(request.Address), header, cancellation).ConfigureAwait(false);
                return response.Status == 200
                    ? Read(response, await response.ReadBytesAsync(MaxAnswer).ConfigureAwait(false))
                    : throw await transport.ThrowableAsync(response).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
    }

    private static RegistryRequest Ask(
        RegistryHost host, AuthChallenge challenge, IReadOnlyList<RegistryScope> scopes, Uri realm, string what)
    {
        var query = new StringBuilder(realm.Query.TrimStart('?'));
        Add("service", challenge["service"]);
        foreach (var scope in scopes)
        {
            Add("scope", scope.ToString());
        }

        Add("account", host.Credential?.UserName);
        return new RegistryRequest(HttpMethod.Get, new UriBuilder(realm) { Query = query.ToString() }.Uri.AbsoluteUri, what);

        void Add(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                query.Append(query.Length == 0 ? "" : "&").Append(key).Append('=').Append(Uri.EscapeDataString(value!));
            }
        }
    }

    private static RegistryRequest Refresh(
        RegistryHost host, AuthChallenge challenge, IReadOnlyList<RegistryScope> scopes, Uri realm, string what)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "refresh_token",
            ["service"] = challenge["service"] ?? "",
            ["client_id"] = "ContainerImages",
            ["refresh_token"] = host.Credential!.IdentityToken!,
        };
        if (scopes.Count > 0)
        {
            form["scope"] = string.Join(" ", scopes);
        }

        return new RegistryRequest(HttpMethod.Post, realm.AbsoluteUri, what)
        {
            Body = _ => new FormUrlEncodedContent(form),
            IsSecret = true,
        };
    }

    private BearerToken Read(RegistryResponse response, byte[] bytes)
    {
        var (value, seconds) = RegistryErrors.Read(response, () =>
        {
            var fields = JsonFields.Parse(bytes, "the token");
            return (fields.Text("token") is { Length: > 0 } token ? token : fields.Text("access_token"), fields.Integer("expires_in") ?? 0);
        });
        if (value is null or "" || value.Any(c => c is <= ' ' or > '~'))
        {
            throw RegistryErrors.Protocol(response, "there is no token in it that could be shown");
        }

        // By our clock from now on: the server's "issued_at" is by its own.
        var life = Math.Min(Math.Max(seconds, ShortestLife), LongestLife);
        return new BearerToken(value, options.Clock.UtcNow + TimeSpan.FromSeconds(life));
    }

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public BearerToken? Token { get; set; }
    }
}
