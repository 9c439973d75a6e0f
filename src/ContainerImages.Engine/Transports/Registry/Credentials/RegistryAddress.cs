using System;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Transports;

/// <summary>What a user logs in to: a registry, or a part of one.</summary>
/// <param name="Host">Host, and port if there is one.</param>
/// <param name="Repository">A repository or namespace there; empty for all of it.</param>
internal sealed record RegistryAddress(string Host, string Repository)
{
    private const string SecureScheme = "https://";

    /// <summary>Reads <c>host[:port][/repository]</c>. Addresses of Docker's registry and <c>https://</c> are understood.</summary>
    /// <exception cref="ContainerImageException">InvalidReference.</exception>
    public static RegistryAddress Parse(string text) => TryParse(text) ?? throw new ContainerImageException(
        ImageError.InvalidReference,
        $"{QuotedText.Quote(text)} is no registry: that is host[:port], or host[:port]/repository, where the host has a '.', a port, or is localhost" +
            (text.IndexOf("://", StringComparison.Ordinal) is var end and > 0 ? $"; '{text.Substring(0, end)}://' is left out." : "."));

    /// <summary>Like <see cref="Parse"/>, without an error.</summary>
    public static RegistryAddress? TryParse(string text)
    {
        var name = text.StartsWith(SecureScheme, StringComparison.OrdinalIgnoreCase) ? text.Substring(SecureScheme.Length) : text;
        name = name.TrimEnd('/');
        if (name is "index.docker.io/v1" or "index.docker.io" or "registry-1.docker.io")
        {
            return new RegistryAddress(AuthKeys.DockerHub, "");
        }

        const string Rest = "/x";
        if (!ImageReference.TryParse(name + Rest, out var reference) || !reference.HasRegistry)
        {
            return null;
        }

        var path = reference.Path;
        return new RegistryAddress(reference.Domain, path.Length < Rest.Length ? "" : path.Substring(0, path.Length - Rest.Length));
    }

    /// <summary>
    /// Whether what was read as a short name is rather a registry: a host, and maybe a port, reads as a repository and its tag.
    /// Docker's hub, where it would be looked for, has no repository with a dot in its first part.
    /// </summary>
    public static bool IsHost(ImageReference typed) =>
        !typed.HasRegistry && typed.Digest is null && typed.Path.IndexOf('/') < 0 && typed.Tag?.All(char.IsDigit) != false &&
        (typed.Path.IndexOf('.') >= 0 || typed.Path == "localhost");

    /// <summary>Takes a key of log-ins apart, whether or not it would be taken from a user.</summary>
    public static RegistryAddress OfKey(string key) => key.IndexOf('/') is var slash and >= 0
        ? new RegistryAddress(key.Substring(0, slash), key.Substring(slash + 1))
        : new RegistryAddress(key, "");

    /// <summary>As a key of log-ins.</summary>
    public override string ToString() => Repository.Length == 0 ? Host : $"{Host}/{Repository}";
}
