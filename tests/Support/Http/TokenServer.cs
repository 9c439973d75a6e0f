using System;
using System.Buffers.Text;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace ContainerImages.Testing;

/// <summary>
/// A token service for Docker's registry (distribution's token specification): it signs what it is asked for, for those that
/// it knows; anybody else may pull from <c>public/</c>.
/// </summary>
public sealed class TokenServer : IDisposable
{
    public const string Issuer = "test-issuer";
    public const string Service = "test-registry";

    private readonly TestCertificates _certificates = new("CN=Token signer");
    private readonly LoopbackServer _server;

    public TokenServer() => _server = new LoopbackServer(Answer);

    /// <summary>Where tokens are fetched.</summary>
    public string Realm => $"{_server.Url}/token";

    /// <summary>The certificate by which the registry knows the tokens, in PEM.</summary>
    public string Certificate => _certificates.Authority.ExportCertificatePem();

    /// <summary>What was asked, in order.</summary>
    public System.Collections.Generic.IReadOnlyList<ServerRequest> Requests => _server.Requests;

    /// <summary>An identity token that is taken for a log-in.</summary>
    public string IdentityToken { get; } = "identity-" + Guid.NewGuid().ToString("n");

    /// <summary>How the next answers go wrong; null for right.</summary>
    public Func<ServerRequest, ServerReply?>? Fault { get; set; }

    /// <summary>Seconds that its tokens live, as it says and as it signs.</summary>
    public int Lifetime { get; set; } = 300;

    /// <summary>A token for everything in these repositories, without asking.</summary>
    public string Issue(params string[] repositories) => Sign(
        LocalRegistry.UserName, [.. repositories.Select(name => new { type = "repository", name, actions = "pull push".Split(' ') })]);

    public void Dispose()
    {
        _server.Dispose();
        _certificates.Dispose();
    }

    private ServerReply Answer(ServerRequest request)
    {
        if (Fault?.Invoke(request) is { } fault)
        {
            return fault;
        }

        var isRefresh = request.Method == "POST";
        var user = isRefresh
            ? request.Form("refresh_token") == IdentityToken && request.Form("grant_type") == "refresh_token" ? "identified" : null
            : request.Header("Authorization") == LocalRegistry.BasicHeader ? LocalRegistry.UserName : "";
        if (user is null || (request.Header("Authorization") is not null && user.Length == 0))
        {
            return ServerReply.Json("""{"errors":[{"code":"UNAUTHORIZED","message":"wrong account"}]}""", 401);
        }

        var scopes = isRefresh ? (request.Form("scope") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries) : request.Queries("scope");
        var token = Sign(user, scopes.Select(scope => Grant(scope, user.Length > 0)).OfType<object>().ToArray());
        return ServerReply.Json(isRefresh
            ? JsonSerializer.Serialize(new { access_token = token, expires_in = Lifetime })
            : JsonSerializer.Serialize(new { token, expires_in = Lifetime }));
    }

    private static object? Grant(string scope, bool isKnown)
    {
        var (first, last) = (scope.IndexOf(':'), scope.LastIndexOf(':'));
        var name = scope[(first + 1)..last];
        var actions = scope[(last + 1)..].Split(',');
        return isKnown ? new { type = scope[..first], name, actions }
            : name.StartsWith("public/", StringComparison.Ordinal) ? new { type = scope[..first], name, actions = new[] { "pull" } }
            : null;
    }

    private string Sign(string user, object[] access)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var header = JsonSerializer.SerializeToUtf8Bytes(new { typ = "JWT", alg = "ES256", x5c = new[] { Convert.ToBase64String(_certificates.Authority.RawData) } });
        var claims = JsonSerializer.SerializeToUtf8Bytes(new
        {
            iss = Issuer,
            sub = user,
            aud = Service,
            exp = now + Lifetime,
            nbf = now - 30,
            iat = now,
            jti = Guid.NewGuid().ToString("n"),
            access,
        });
        var text = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(claims)}";
        using var key = _certificates.Authority.GetECDsaPrivateKey()!;
        return $"{text}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256))}";
    }
}
