using System;
using System.Collections.Generic;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Transports;

/// <summary>Where a full name leads by the rules of registries.conf: which rule holds, mirrors, other locations, blocks.</summary>
internal sealed class RegistryPlaces(RegistryConfiguration configuration, Action<string>? verbose = null)
{
    private const string Local = "localhost";

    /// <summary>
    /// Where a name is read from, in the order to try: mirrors, then the registry itself, last. Each is asked for the tag or
    /// digest of the name.
    /// </summary>
    /// <exception cref="ContainerImageException">
    /// RegistryBlocked; RemoteImageNotFound: the name is one of this machine's own, <c>localhost/…</c>;
    /// InvalidConfiguration: a location makes no name of it.
    /// </exception>
    public IReadOnlyList<RegistryEndpoint> ForReading(ImageReference name)
    {
        if (name.Domain == Local)
        {
            throw new ContainerImageException(
                ImageError.RemoteImageNotFound, $"'{name}' is a name of this machine's own, which no registry is asked for.");
        }

        if (FindRule(name.ToString()) is not { } rule)
        {
            return [new RegistryEndpoint(name.Domain, name.Path, IsInsecure: false, IsMirror: false)];
        }

        CheckBlocked(rule, name.ToString());
        var endpoints = new List<RegistryEndpoint>();
        foreach (var mirror in rule.Mirrors)
        {
            if (mirror.Use == (name.Digest is null ? MirrorUse.DigestOnly : MirrorUse.TagOnly))
            {
                continue;
            }

            var place = Rewrite(name, rule, mirror.Location);
            if (FindRule(place.ToString()) is { IsBlocked: true } blocking)
            {
                verbose?.Invoke($"The mirror '{place.Name}' is left out: {Blocks(blocking)}.");
                continue;
            }

            endpoints.Add(new RegistryEndpoint(place.Domain, place.Path, mirror.IsInsecure, IsMirror: true));
        }

        var own = Rewrite(name, rule, rule.Location);
        CheckBlocked(FindRule(own.ToString()), own.ToString());
        endpoints.Add(new RegistryEndpoint(own.Domain, own.Path, rule.IsInsecure, IsMirror: false));
        return endpoints;
    }

    /// <summary>
    /// The registry that a name itself says, for writing, listing and logging in: mirrors and other locations are for reading
    /// alone.
    /// </summary>
    /// <param name="host">Host and port.</param>
    /// <param name="repository">The repository there; empty for the registry as a whole.</param>
    /// <exception cref="ContainerImageException">
    /// RegistryBlocked; DestinationMissing: the host is <c>localhost</c>, which stands for this machine's own names.
    /// </exception>
    public RegistryEndpoint Direct(string host, string repository)
    {
        var name = repository.Length == 0 ? host : $"{host}/{repository}";
        if (host == Local)
        {
            throw new ContainerImageException(
                ImageError.DestinationMissing, $"'{name}' is a name of this machine's own, and names no registry; one on it has a port.");
        }

        var rule = FindRule(name);
        CheckBlocked(rule, name);
        return new RegistryEndpoint(host, repository, rule?.IsInsecure ?? false, IsMirror: false);
    }

    /// <summary>The rule with the longest prefix that fits, of equal ones the first by ordinal order; null if none does.</summary>
    /// <param name="name">A host, a part of a name that begins with one, or a full name with tag and digest.</param>
    public RegistryRule? FindRule(string name)
    {
        RegistryRule? found = null;
        foreach (var rule in configuration.Rules)
        {
            if (rule.Prefix.Length > (found?.Prefix.Length ?? 0) && MatchLength(name, rule.Prefix) >= 0)
            {
                found = rule;
            }
        }

        return found;
    }

    /// <summary>
    /// How much of a name a prefix stands for; -1 if it does not fit. It ends where a part ends: also before a port, so that
    /// a host without one holds for all its ports; that is what containers does, if not what its documentation says.
    /// </summary>
    internal static int MatchLength(string name, string prefix)
    {
        var length = prefix.Length;
        if (prefix.StartsWith("*.", StringComparison.Ordinal))
        {
            length = name.IndexOfAny([':', '/', '@']) is var end and >= 0 ? end : name.Length;
            return length >= prefix.Length && string.CompareOrdinal(name, length - prefix.Length + 1, prefix, 1, prefix.Length - 1) == 0
                ? length
                : -1;
        }

        return name.StartsWith(prefix, StringComparison.Ordinal) && (name.Length == length || name[length] is ':' or '/' or '@')
            ? length
            : -1;
    }

    private static ImageReference Rewrite(ImageReference name, RegistryRule rule, string location)
    {
        if (location.Length == 0)
        {
            return name;
        }

        var text = name.ToString();
        var place = location + text.Substring(MatchLength(text, rule.Prefix));
        return ImageReference.TryParseNormalized(place, out var rewritten) && rewritten.ToString() == place
            && rewritten.Tag == name.Tag && rewritten.Digest == name.Digest
            ? rewritten
            : throw ConfigurationErrors.Invalid(
                rule.File,
                rule.Line,
                $"the location {QuotedText.Quote(location)} makes {QuotedText.Quote(place)} of '{name}', which is no full name with the same tag");
    }

    private static void CheckBlocked(RegistryRule? rule, string name)
    {
        if (rule is { IsBlocked: true })
        {
            throw new ContainerImageException(ImageError.RegistryBlocked, $"'{name}' may not be used: {Blocks(rule)}.");
        }
    }

    private static string Blocks(RegistryRule rule) =>
        $"{QuotedText.Quote(rule.File)}, line {rule.Line}, blocks {QuotedText.Quote(rule.Prefix)}";
}
