using System.Collections.Generic;

namespace ContainerImages.Transports;

/// <summary>A table <c>[[registry]]</c> of registries.conf: what holds for the names that begin with its prefix.</summary>
/// <param name="Prefix">
/// A host, a host with a part of a path, a whole name; or <c>*.example.com</c> for all hosts below one.
/// </param>
/// <param name="Location">What the prefix is replaced by to get the place; empty to leave names as they are.</param>
/// <param name="IsInsecure">Whether plain HTTP and certificates that are not trusted will do.</param>
/// <param name="IsBlocked">Whether these names may not be used at all.</param>
/// <param name="Mirrors">Asked first when reading, in order.</param>
/// <param name="File">The file that says so.</param>
/// <param name="Line">Where in it the table begins.</param>
internal sealed record RegistryRule(
    string Prefix, string Location, bool IsInsecure, bool IsBlocked, IReadOnlyList<MirrorRule> Mirrors, string File, int Line);

/// <summary>A table <c>[[registry.mirror]]</c>.</summary>
/// <param name="Location">What the registry's prefix is replaced by.</param>
/// <param name="IsInsecure">As of a registry.</param>
/// <param name="Use">Which names it is asked for.</param>
internal sealed record MirrorRule(string Location, bool IsInsecure, MirrorUse Use);

/// <summary>Which names a mirror is asked for.</summary>
internal enum MirrorUse
{
    All,
    DigestOnly,
    TagOnly,
}

/// <summary>What becomes of a short name that could be on several registries.</summary>
internal enum ShortNameMode
{
    /// <summary>As <see cref="Disabled"/> here. Others ask the user at a terminal.</summary>
    Permissive,

    /// <summary>It is an error. Others ask the user at a terminal.</summary>
    Enforcing,

    /// <summary>They are tried in order.</summary>
    Disabled,
}

/// <summary>An entry of <c>[aliases]</c>.</summary>
/// <param name="Target">The full name without tag and digest; null where the file takes an earlier alias away.</param>
/// <param name="File">The file that says so.</param>
/// <param name="Line">Where.</param>
internal sealed record ShortNameAlias(References.ImageReference? Target, string File, int Line);

/// <summary>A text of the configuration and where it stands.</summary>
/// <param name="Text">The text.</param>
/// <param name="File">The file.</param>
/// <param name="Line">Where in it.</param>
internal sealed record ConfiguredText(string Text, string File, int Line);
