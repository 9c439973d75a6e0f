using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using ContainerImages.Fuzz.Mutation;
using ContainerImages.Testing;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>One answer of a registry that goes wrong; all others are as they should be.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="Part">Which answer.</param>
/// <param name="Change">What becomes of the right one, given the registry's address.</param>
internal sealed record RegistryCase(string Name, RegistryPart Part, Func<ServerReply, string, ServerReply> Change);

/// <summary>What a registry is asked for.</summary>
internal enum RegistryPart
{
    Ping,
    Token,
    Manifest,
    Config,
    Layer,
    Tags,
}

/// <summary>
/// Answers of registries that are broken or mean harm: every status, headers that make no sense, redirects to where nobody should
/// be sent, bodies that are cut off, endless or something else.
/// </summary>
internal static class RegistryCases
{
    private const int Megabyte = 1024 * 1024;

    private static readonly int[] _statuses =
    [
        0, 101, 201, 202, 203, 204, 205, 206, 226, 299, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411,
        412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 425, 426, 428, 429, 431, 451, 499, 500, 501, 502, 503, 504, 505, 507, 508, 510, 511, 599, 600, 999,
    ];

    private static readonly string[] _locations =
    [
        "", " ", "/", "//", "///", "?", "#", "http:", "http://", "http:///", "http://[::1", "http://127.0.0.1:99999/", "http://127.0.0.1:0/", "file:///etc/passwd",
        "ftp://127.0.0.1/", "javascript:1", "data:,x", "\\\\server\\share", "C:\\file", "http://user:password@{0}/v2/", "http://{0}/v2/%00", "http://{0}/../../..",
        "http://{0}/v2/\u00e9", "http://\u00ff\u00fe/", "{0}", "ht\ttp://{0}/",
    ];

    private static readonly string[] _challenges =
    [
        "", " ", ",", ",,,", "=", "Bearer", "Bearer ", "Bearer realm", "Bearer realm=", "Bearer realm=\"", "Bearer realm=\"\"", "Bearer realm=\"x", "Bearer realm=x",
        "Bearer realm=\"/token\"", "Bearer realm=\"file:///etc/passwd\"", "Bearer realm=\"http://\"", "Bearer realm=\"http://[\"", "Bearer realm=\"http://{0}/none\"",
        "Bearer realm=\"http://{0}/token\",realm=\"http://127.0.0.1:1/\"", "Bearer service=\"x\"", "Basic", "Basic realm=\"x\"", "Digest realm=\"x\", nonce=\"y\"",
        "Negotiate", "NTLM TlRMTVNTUAA=", "Bearer error=\"insufficient_scope\"", "Unknown a=b, Bearer realm=\"http://{0}/token\"", "Bearer realm=\"http://user:pw@{0}/token\"",
    ];

    private static readonly (string Name, string Value)[] _headers =
    [
        ("Content-Type", ""), ("Content-Type", "text/html"), ("Content-Type", ";;;"), ("Content-Type", "application/vnd.docker.distribution.manifest.v1+prettyjws"),
        ("Content-Type", "application/vnd.oci.image.index.v1+json"), ("Content-Type", "application/vnd.docker.distribution.manifest.v2+json; charset=utf-16"),
        ("Content-Encoding", "gzip"), ("Content-Encoding", "br"), ("Content-Encoding", "nonsense"), ("Docker-Content-Digest", ""), ("Docker-Content-Digest", "sha256:"),
        ("Docker-Content-Digest", "sha256:" + "0000000000000000000000000000000000000000000000000000000000000000"), ("Docker-Content-Digest", "md5:d41d8cd98f00b204e9800998ecf8427e"),
        ("Docker-Content-Digest", "../../etc/passwd"), ("Content-Length", "-1"), ("Content-Length", "x"), ("Content-Length", "99999999999999999999"),
        ("Content-Length", "1"), ("Content-Range", "bytes 5-1/0"), ("Content-Range", "nonsense"), ("Transfer-Encoding", "chunked"), ("Retry-After", "-5"), ("Retry-After", "x"),
        ("Link", "<>; rel=\"next\""), ("Link", "<http://127.0.0.1:1/>; rel=next"), ("Link", "</v2/team/app/tags/list>; rel=next"), ("Link", "<file:///etc/passwd>; rel=next"),
        ("Set-Cookie", "a=b"), ("Docker-Distribution-Api-Version", "registry/9.9"), ("X-Long", "long"),
    ];

    private static readonly (string Name, Func<byte[], byte[]> Change)[] _bodies =
    [
        ("empty", _ => []), ("a NUL", _ => [0]), ("cut in half", body => body[..(body.Length / 2)]), ("with a byte more", body => [.. body, (byte)'x']),
        ("with a bit flipped", body => [.. body[..^2], (byte)(body[^2] ^ 1), body[^1]]), ("HTML", _ => "<html>\u001b[31mNo.\u202e</html>"u8.ToArray()),
        ("null", _ => "null"u8.ToArray()), ("a list", _ => "[]"u8.ToArray()), ("an object", _ => "{}"u8.ToArray()), ("8 MB of zeros", _ => new byte[8 * Megabyte]),
        ("a million brackets", _ => [.. Enumerable.Repeat((byte)'[', 1_000_000)]), ("UTF-16", body => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(body))),
        ("errors", _ => "{\"errors\":[{\"code\":\"\\u001b[2J\",\"message\":\"\\u202e\\u0000\",\"detail\":[[[]]]},null,5]}"u8.ToArray()),
        ("errors that are none", _ => "{\"errors\":{\"code\":5}}"u8.ToArray()),
        ("errors without an end", _ => Encoding.UTF8.GetBytes("{\"errors\":[{\"message\":\"" + new string('x', Megabyte) + "\"}]}")),
    ];

    public static IEnumerable<RegistryCase> All() =>
        Enum.GetValues<RegistryPart>().SelectMany(Of).Concat(Documents(RegistryPart.Manifest, HostileRegistry.Image.Bytes)).Concat(Documents(RegistryPart.Token, HostileRegistry.TokenBytes))
            .Concat(Documents(RegistryPart.Tags, HostileRegistry.TagsBytes));

    private static IEnumerable<RegistryCase> Of(RegistryPart part)
    {
        foreach (var status in _statuses)
        {
            yield return Case($"status {status}", reply => reply with { Status = status });
            yield return Case($"status {status} with an error", reply => new ServerReply(status, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\\u001b[2J\"}]}"));
        }

        foreach (var (location, i) in _locations.Select((location, i) => (location, i)))
        {
            yield return new RegistryCase($"{part}: location {i}", part, (_, address) => new ServerReply(307).With("Location", location.Replace("{0}", address, StringComparison.Ordinal)));
        }

        yield return new RegistryCase($"{part}: location is itself", part, (reply, _) => new ServerReply(302).With("Location", "?again"));
        foreach (var (challenge, i) in _challenges.Select((challenge, i) => (challenge, i)))
        {
            yield return new RegistryCase(
                $"{part}: challenge {i}", part, (_, address) => new ServerReply(401).With("WWW-Authenticate", challenge.Replace("{0}", address, StringComparison.Ordinal)));
        }

        foreach (var (name, value) in _headers)
        {
            yield return Case($"{name}: {value}", reply => reply.Without(name).With(name, value == "long" ? new string('x', Megabyte) : value));
        }

        foreach (var (name, change) in _bodies)
        {
            yield return Case($"body is {name}", reply => reply with { Body = change(reply.Body) });
            yield return Case($"body of a failure is {name}", reply => new ServerReply(400, change(reply.Body)));
        }

        yield return Case("body is cut off", reply => reply with { CutAfter = reply.Body.Length / 2 });
        yield return Case("body is longer than said", reply => reply with { ClaimedLength = reply.Body.Length / 2 });
        yield return Case("body is shorter than said", reply => reply with { ClaimedLength = reply.Body.Length + 1, CutAfter = reply.Body.Length });
        yield return Case("no answer", reply => reply with { IsDropped = true });

        RegistryCase Case(string name, Func<ServerReply, ServerReply> change) => new($"{part}: {name}", part, (reply, _) => change(reply));
    }

    private static IEnumerable<RegistryCase> Documents(RegistryPart part, byte[] sound)
    {
        foreach (var span in JsonSpan.Of(sound))
        {
            foreach (var (kind, value) in JsonMutation.Values)
            {
                yield return new RegistryCase($"{part}: {span.Path} is {kind}", part, (reply, _) => reply with { Body = span.Replace(sound, value) });
            }

            if (span.Path.Length > 0)
            {
                yield return new RegistryCase($"{part}: {span.Path} is not there", part, (reply, _) => reply with { Body = span.Remove(sound) });
            }
        }
    }
}
