using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Verification;

/// <summary>One flaw, with all who suffer from it.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Message">What is wrong, as a sentence.</param>
internal sealed record Flaw(FindingKind Kind, string Message)
{
    public FindingSeverity Severity { get; init; }

    /// <summary>The blob concerned; empty for none.</summary>
    public Digest Digest { get; init; }

    /// <summary>What that blob is: layer, config, manifest, index, or just a blob.</summary>
    public string What { get; init; } = "Blob";

    /// <summary>The file or folder concerned; null for none.</summary>
    public string? Path { get; init; }

    /// <summary>Whether it can be mended; see <see cref="VerificationFinding.Repairable"/>.</summary>
    public bool IsRepairable { get; init; }

    /// <summary>The images that use what is flawed; empty for what belongs to none.</summary>
    public IReadOnlyList<BlobUse> Uses { get; init; } = [];

    /// <summary>What tells it from other flaws.</summary>
    public (FindingKind, Digest, string) Key => (Kind, Digest, Message);

    public bool IsError => Severity == FindingSeverity.Error;

    /// <summary>Whether the blob's own bytes are gone or wrong, so that right ones from elsewhere mend it.</summary>
    public bool IsContent => IsRepairable &&
        Kind is FindingKind.BlobMissing or FindingKind.DigestMismatch or FindingKind.SizeMismatch;
}

/// <summary>Collects flaws from several threads; the same one found by several ways is one, with all uses.</summary>
internal sealed class FlawList
{
    private readonly Dictionary<(FindingKind, Digest, string), (Flaw Flaw, List<BlobUse> Uses)> _flaws = [];

    public void Add(Flaw flaw)
    {
        lock (_flaws)
        {
            if (!_flaws.TryGetValue(flaw.Key, out var known))
            {
                _flaws.Add(flaw.Key, known = (flaw, []));
            }

            known.Uses.AddRange(flaw.Uses);
        }
    }

    /// <summary>All of them: by the first root concerned, what belongs to none last.</summary>
    public IReadOnlyList<Flaw> ToList()
    {
        lock (_flaws)
        {
            return _flaws.Values
                .Select(pair => pair.Flaw with { Uses = pair.Uses.Distinct().OrderBy(use => use.Scope).ToList() })
                .OrderBy(flaw => flaw.Uses.Count == 0 ? int.MaxValue : flaw.Uses[0].Scope)
                .ThenBy(flaw => flaw.Kind)
                .ThenBy(flaw => flaw.Path ?? flaw.Digest.ToString(), System.StringComparer.Ordinal)
                .ToList();
        }
    }
}
