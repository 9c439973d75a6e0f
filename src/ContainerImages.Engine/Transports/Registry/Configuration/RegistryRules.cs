using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>Reads and checks the tables <c>[[registry]]</c> of one file.</summary>
internal sealed class RegistryRules(string path)
{
    private static readonly string[] _schemes = ["http://", "https://"];

    public IReadOnlyList<RegistryRule> Read(IReadOnlyList<ConfigurationTable> tables, Action<string>? verbose)
    {
        var rules = new List<RegistryRule>();
        foreach (var table in tables)
        {
            rules.Add(ReadRule(table, verbose));
            RegistriesFile.Report(path, table, verbose);
        }

        CheckConflicts(rules);
        return rules.GroupBy(rule => rule.Prefix, StringComparer.Ordinal).Select(group => group.First()).ToList();
    }

    private RegistryRule ReadRule(ConfigurationTable table, Action<string>? verbose)
    {
        var location = Location(table, "location");
        var prefix = Location(table, "prefix");
        if (prefix.Length == 0)
        {
            prefix = location.Length > 0 ? location : throw table.Invalid("location", "is missing, and 'prefix' too");
        }

        CheckWildcard(table, prefix);
        if (location.Length == 0 && !IsWildcard(prefix))
        {
            throw table.Invalid("location", $"is missing; it may be left out only where 'prefix' begins with '*.'");
        }

        if (table.Text("pull-from-mirror") is not null)
        {
            throw table.Invalid("pull-from-mirror", "belongs to a mirror, [[registry.mirror]], and not to a registry");
        }

        var isDigestOnly = table.Boolean("mirror-by-digest-only");
        var mirrors = table.Tables("mirror").Select(mirror => ReadMirror(mirror, isDigestOnly, verbose)).ToList();
        return new RegistryRule(prefix, location, table.Boolean("insecure"), table.Boolean("blocked"), mirrors, path, table.Line);
    }

    private MirrorRule ReadMirror(ConfigurationTable table, bool isDigestOnly, Action<string>? verbose)
    {
        const string Use = "pull-from-mirror";
        var location = Location(table, "location");
        if (location.Length == 0)
        {
            throw table.Invalid("location", "is missing");
        }

        var use = table.Text(Use) switch
        {
            null => isDigestOnly ? MirrorUse.DigestOnly : MirrorUse.All,
            _ when isDigestOnly => throw table.Invalid(Use, "cannot be set where the registry has 'mirror-by-digest-only'"),
            "all" => MirrorUse.All,
            "digest-only" => MirrorUse.DigestOnly,
            "tag-only" => MirrorUse.TagOnly,
            var other => throw table.Invalid(Use, $"is {QuotedText.Quote(other)}; 'all', 'digest-only' and 'tag-only' are known"),
        };
        var rule = new MirrorRule(location, table.Boolean("insecure"), use);
        RegistriesFile.Report(path, table, verbose);
        return rule;
    }

    private static string Location(ConfigurationTable table, string name)
    {
        var text = (table.Text(name) ?? "").TrimEnd('/');
        return _schemes.Any(scheme => text.StartsWith(scheme, StringComparison.Ordinal))
            ? throw table.Invalid(name, $"is {QuotedText.Quote(text)}; it has no place for http:// or https://")
            : text;
    }

    private static bool IsWildcard(string prefix) => prefix.StartsWith("*.", StringComparison.Ordinal);

    // Elsewhere a star would match nothing; what was meant to be blocked would not be.
    private static void CheckWildcard(ConfigurationTable table, string prefix)
    {
        var name = table.Text("prefix") is null ? "location" : "prefix";
        if (prefix.LastIndexOf('*') > 0 || (prefix[0] == '*' && (!IsWildcard(prefix) || prefix.IndexOfAny(['/', '@', ':']) >= 0)))
        {
            throw table.Invalid(name, $"is {QuotedText.Quote(prefix)}; a wildcard has the form *.example.com, without port and path");
        }
    }

    private void CheckConflicts(List<RegistryRule> rules)
    {
        foreach (var group in rules.GroupBy(rule => rule.Location.Length == 0 ? rule.Prefix : rule.Location, StringComparer.Ordinal))
        {
            var first = group.First();
            foreach (var other in group)
            {
                var key = other.IsInsecure != first.IsInsecure ? "insecure" : other.IsBlocked != first.IsBlocked ? "blocked" : null;
                if (key is not null)
                {
                    throw ConfigurationErrors.Invalid(
                        path,
                        other.Line,
                        $"'registry.{key}' of {QuotedText.Quote(group.Key)} differs from what line {first.Line} says of the same location");
                }
            }
        }
    }
}
