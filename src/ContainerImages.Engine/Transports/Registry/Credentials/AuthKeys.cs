using System;
using System.Collections.Generic;

namespace ContainerImages.Transports;

/// <summary>
/// The keys of log-ins: <c>host[:port][/namespace…]</c>; the most specific one counts. Docker's own registry has several
/// names, and older files have addresses as keys.
/// </summary>
internal static class AuthKeys
{
    public const string DockerHub = "docker.io";

    /// <summary>How Docker itself writes the key of its own registry, and asks its helpers for it.</summary>
    public const string DockerHubAddress = "https://index.docker.io/v1/";

    private const string DockerHubIndex = "index.docker.io";

    private static readonly string[] _schemes = ["http://", "https://"];

    /// <summary>The repository, each namespace above it, and the host: from the most specific key to the least.</summary>
    public static IEnumerable<string> From(string host, string repository)
    {
        for (var key = repository.Length == 0 ? host : $"{host}/{repository}"; ;)
        {
            yield return key;
            var slash = key.LastIndexOf('/');
            if (slash < 0)
            {
                yield break;
            }

            key = key.Substring(0, slash);
        }
    }

    /// <summary>The host, with one name for Docker's own registry.</summary>
    public static string Host(string host) => host is DockerHub or "registry-1.docker.io" ? DockerHubIndex : host;

    /// <summary>The host that a key of a file means, as <see cref="Host"/>; a namespace stays with it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="isLegacy">Whether the file is a <c>.dockercfg</c>, where what follows the host is no namespace.</param>
    public static string HostOf(string key, bool isLegacy)
    {
        var name = key;
        foreach (var scheme in _schemes)
        {
            name = name.StartsWith(scheme, StringComparison.Ordinal) ? name.Substring(scheme.Length) : name;
        }

        var slash = isLegacy || name.Length != key.Length ? name.IndexOf('/') : -1;
        return Host(slash < 0 ? name : name.Substring(0, slash));
    }

    /// <summary>The key as people write it.</summary>
    public static string Show(string key, bool isLegacy) =>
        HostOf(key, isLegacy) is var host && host == DockerHubIndex ? DockerHub : host;

    /// <summary>What helpers may have stored a registry under, in the order to ask.</summary>
    /// <param name="host">The registry.</param>
    /// <param name="isDockers">Whether Docker has stored it, rather than podman.</param>
    public static IReadOnlyList<string> ForHelpers(string host, bool isDockers) => Host(host) != DockerHubIndex
        ? [host]
        : isDockers ? [DockerHubAddress, host] : [host, DockerHubAddress];
}
