using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Verification;

/// <summary>What became of a flaw.</summary>
/// <param name="Finding">The flaw.</param>
/// <param name="IsDeclined">Whether it could have been mended, and was not to be.</param>
/// <param name="WhyOpen">Why it is open, if it is.</param>
internal sealed record RepairedFlaw(VerificationFinding Finding, bool IsDeclined, string WhyOpen);

/// <summary>Keeps count of a repair: which flaws it is about, what was asked about them, and what became of them.</summary>
/// <param name="only">The only flaws that are meant; null for all.</param>
internal sealed class RepairLedger(IReadOnlyList<VerificationFinding>? only)
{
    private readonly Dictionary<(FindingKind, Digest, string), (Flaw Flaw, VerificationFinding Finding)> _found = [];
    private readonly HashSet<(FindingKind, Digest, string)> _seen = [];
    private readonly List<RepairAction> _asked = [];
    private bool _hasBegun;

    private IEnumerable<RepairAction> Declined => _asked.Where(action => !action.IsApproved);

    /// <summary>Notes what was asked, and answered.</summary>
    public void Note(IEnumerable<RepairAction> actions) => _asked.AddRange(actions);

    /// <summary>Whether a blob was not to be fetched.</summary>
    public bool IsDeclined(Digest blob) => Declined.Any(action => action.Blob?.Digest == blob);

    /// <summary>
    /// Leaves the flaws that the repair is about: those that are meant, and what came out by mending one of them.
    /// </summary>
    /// <param name="result">What a verification found.</param>
    /// <param name="isInTheWay">Whether nothing can be mended before a flaw is.</param>
    public VerificationResult Keep(VerificationResult result, Func<Flaw, bool> isInTheWay)
    {
        var kept = new List<Flaw>();
        foreach (var flaw in result.Flaws)
        {
            var isNew = _seen.Add(flaw.Key);
            if (only is null || only.Any(finding => IsMeant(finding, flaw)) ||
                (isNew ? _hasBegun || isInTheWay(flaw) : _found.ContainsKey(flaw.Key)))
            {
                kept.Add(flaw);
                _found[flaw.Key] = (flaw, result.ToFinding(flaw));
            }
        }

        _hasBegun = true;
        return result.Of(kept);
    }

    /// <summary>Leaves the flaws of which nobody has said that they are not to be mended.</summary>
    public VerificationResult WithoutDeclined(VerificationResult result)
    {
        var declined = KeysOf(Declined);
        return result.Of(result.Flaws.Where(flaw => !declined.Contains(flaw.Key)).ToList());
    }

    /// <summary>The roots that suffer from a blob, before it was mended.</summary>
    public IReadOnlyList<Digest> RootsOf(Digest blob, VerificationResult result) => _found.Values
        .Where(found => found.Flaw.Digest == blob)
        .SelectMany(found => found.Flaw.Uses)
        .Select(use => result.Scopes[use.Scope].Root.Digest)
        .ToList();

    /// <summary>What became of every flaw.</summary>
    /// <param name="result">What is flawed still, as far as fetching has not mended it.</param>
    /// <param name="done">What was done beside fetching; null if nothing was done at all.</param>
    /// <param name="whyOpen">Says why a flaw is open.</param>
    public IReadOnlyList<RepairedFlaw> Outcome(VerificationResult result, IReadOnlyList<RepairAction>? done, Func<Flaw, string> whyOpen)
    {
        var declined = KeysOf(Declined);
        var mended = KeysOf(done ?? []);
        mended.ExceptWith(declined);
        mended.UnionWith(done is null ? [] : _found.Keys.Except(result.Flaws.Select(flaw => flaw.Key)));
        return _found.Select(pair => new RepairedFlaw(
            mended.Contains(pair.Key) ? pair.Value.Finding.AsRepaired() : pair.Value.Finding,
            declined.Contains(pair.Key),
            whyOpen(pair.Value.Flaw))).ToList();
    }

    private static bool IsMeant(VerificationFinding finding, Flaw flaw) =>
        string.Equals(finding.Kind, flaw.Kind.ToString(), StringComparison.OrdinalIgnoreCase) &&
        (flaw.Digest.IsEmpty ? finding.Path == flaw.Path : finding.Digest == flaw.Digest.ToString());

    private static HashSet<(FindingKind, Digest, string)> KeysOf(IEnumerable<RepairAction> actions) =>
        new(actions.SelectMany(action => action.Flaws).Select(flaw => flaw.Key));
}
