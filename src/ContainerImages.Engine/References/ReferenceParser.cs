using System.Runtime.CompilerServices;
using ContainerImages.Content;

namespace ContainerImages.References;

/// <summary>How a name without a registry is read.</summary>
internal enum NameCompletion
{
    /// <summary>As it stands: distribution's Parse.</summary>
    None,

    /// <summary>On Docker Hub: distribution's ParseNormalizedNamed.</summary>
    DockerHub,

    /// <summary>On <c>localhost</c>: libpod's normalizedTag, libimage's NormalizeName.</summary>
    Localhost,
}

/// <summary>The rule that a text breaks.</summary>
internal enum ReferenceRule
{
    None,
    NotEmpty,
    NotIdentifier,
    HasName,
    Registry,
    Path,
    PathLength,
    Tag,
    Digest,
}

/// <summary>Takes references apart in one walk, without regular expressions and without exceptions.</summary>
internal static class ReferenceParser
{
    private const string DefaultDomain = "docker.io";
    private const string LegacyDefaultDomain = "index.docker.io";
    private const string OfficialPrefix = "library/";

    /// <summary>Parses, or says which rule is broken, and where: a position in the text counted from 0.</summary>
    [MethodImpl(Compiled.Well)]
    public static ImageReference? Parse(string? text, NameCompletion completion, out ReferenceRule rule, out int position)
    {
        position = 0;
        if (string.IsNullOrEmpty(text))
        {
            rule = ReferenceRule.NotEmpty;
            return null;
        }

        if (completion == NameCompletion.DockerHub && ReferenceGrammar.IsIdentifier(text!))
        {
            rule = ReferenceRule.NotIdentifier;
            return null;
        }

        var (nameEnd, tagEnd) = ReferenceGrammar.Split(text!);
        var (domain, prefix, pathStart) = SplitName(text!, nameEnd, completion);
        rule = BrokenRule(text!, prefix, pathStart, nameEnd, tagEnd, out position);
        if (rule != ReferenceRule.None)
        {
            return null;
        }

        Digest? digest = null;
        if (tagEnd < text!.Length)
        {
            position = tagEnd + 1;
            if (!Digest.TryParse(text.Substring(position), out var value))
            {
                rule = ReferenceRule.Digest;
                return null;
            }

            digest = value;
        }

        var tag = nameEnd == tagEnd ? null : text.Substring(nameEnd + 1, tagEnd - nameEnd - 1);
        return new ImageReference(domain, prefix + text.Substring(pathStart, nameEnd - pathStart), tag, digest);
    }

    private static ReferenceRule BrokenRule(string text, string prefix, int pathStart, int nameEnd, int tagEnd, out int position)
    {
        position = 0;
        if (nameEnd == 0)
        {
            return ReferenceRule.HasName;
        }

        position = ReferenceGrammar.CheckPath(text, pathStart, nameEnd);
        if (position >= 0)
        {
            return pathStart == 0 && IsRegistryOnly(text, nameEnd, ref position) ? ReferenceRule.Registry : ReferenceRule.Path;
        }

        if (prefix.Length + nameEnd - pathStart > ReferenceGrammar.MaxPathLength)
        {
            return ReferenceRule.PathLength;
        }

        position = nameEnd == tagEnd ? -1 : ReferenceGrammar.CheckTag(text, nameEnd + 1, tagEnd);
        return position < 0 ? ReferenceRule.None : ReferenceRule.Tag;
    }

    /// <summary>Only a registry has ':' or brackets before the first '/': then its rules are the ones that are broken.</summary>
    private static bool IsRegistryOnly(string text, int nameEnd, ref int position)
    {
        var slash = text.IndexOf('/', 0, nameEnd);
        var end = slash < 0 ? nameEnd : slash;
        if (text[0] != '[' && text.IndexOf(':', 0, end) < 0)
        {
            return false;
        }

        var bad = ReferenceGrammar.CheckDomain(text, 0, end);
        position = bad < 0 ? end : bad;
        return true;
    }

    /// <summary>
    /// The registry, what is put before the path, and where the path starts in the text. A first part that is taken for a
    /// registry but breaks its grammar (<c>foo_bar.com/app</c>) is read as the first part of the path, as distribution does.
    /// </summary>
    private static (string Domain, string Prefix, int PathStart) SplitName(string text, int nameEnd, NameCompletion completion)
    {
        var slash = text.IndexOf('/', 0, nameEnd);
        var first = slash < 0 ? "" : text.Substring(0, slash);
        var isDomain = slash >= 0 && ReferenceGrammar.CheckDomain(text, 0, slash) < 0;
        return completion switch
        {
            NameCompletion.Localhost when !(isDomain && ReferenceGrammar.IsRegistry(first)) => ("localhost", "", 0),
            NameCompletion.None when !isDomain => ("", "", 0),
            NameCompletion.None => (first, "", slash + 1),
            _ when slash < 0 => (DefaultDomain, OfficialPrefix, 0),
            _ when !IsDockerDomain(first) => (DefaultDomain, "", 0),
            _ when !isDomain => ("", "", 0),
            _ when first is DefaultDomain or LegacyDefaultDomain =>
                (DefaultDomain, text.IndexOf('/', slash + 1, nameEnd - slash - 1) < 0 ? OfficialPrefix : "", slash + 1),
            _ => (first, "", slash + 1),
        };
    }

    /// <summary>docker's rule: what looks like a host, and what cannot be a namespace because of its upper case.</summary>
    private static bool IsDockerDomain(string first) =>
        ReferenceGrammar.IsRegistry(first) || ReferenceGrammar.HasUpper(first);
}
