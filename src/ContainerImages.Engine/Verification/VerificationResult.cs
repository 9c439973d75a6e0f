using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>What a verification has found.</summary>
internal sealed class VerificationResult
{
    private const int MostNames = 3;

    /// <summary>The store.</summary>
    public required ImageStore Store { get; init; }

    /// <summary>The store's images as they were when the roots were followed.</summary>
    public required StoreSnapshot Snapshot { get; init; }

    /// <summary>The roots that were verified.</summary>
    public required IReadOnlyList<VerificationScope> Scopes { get; init; }

    public required IReadOnlyList<Flaw> Flaws { get; init; }

    /// <summary>What is said of the blobs that were verified.</summary>
    public required ExpectedBlobs Expected { get; init; }

    /// <summary>Whether nothing but warnings was found.</summary>
    public bool IsSound => !Flaws.Any(flaw => flaw.IsError);

    /// <summary>The same with more flaws.</summary>
    public VerificationResult With(IEnumerable<Flaw> more) => Of([.. Flaws, .. more]);

    /// <summary>The same with other flaws.</summary>
    public VerificationResult Of(IReadOnlyList<Flaw> flaws) =>
        new() { Store = Store, Snapshot = Snapshot, Scopes = Scopes, Flaws = flaws, Expected = Expected };

    /// <summary>The flaw as users see it.</summary>
    public VerificationFinding ToFinding(Flaw flaw, bool isRepaired = false)
    {
        var first = flaw.Uses.Count > 0 ? flaw.Uses[0] : default(BlobUse?);
        return new VerificationFinding
        {
            Severity = flaw.Severity.ToString(),
            Kind = flaw.Kind.ToString(),
            Digest = flaw.Digest.IsEmpty ? null : flaw.Digest.ToString(),
            Id = first?.Image.Hex,
            Reference = first is { } use ? Scopes[use.Scope].Root.Names.FirstOrDefault() : null,
            Path = flaw.Path,
            Message = flaw.Message + Users(flaw),
            Repairable = flaw.IsRepairable,
            Repaired = isRepaired,
            StorePath = Store.Path,
        };
    }

    // What is wrong with the index itself says whose entry it is in its own words.
    private string Users(Flaw flaw)
    {
        if (flaw.Kind == FindingKind.IndexInvalid || flaw.Uses.Count == 0)
        {
            return "";
        }

        var names = flaw.Uses.Select(Title).Distinct(StringComparer.Ordinal).ToList();
        var shown = string.Join(", ", names.Take(MostNames));
        return names.Count > MostNames ? $" It belongs to {shown} and {names.Count - MostNames} more." : $" It belongs to {shown}.";
    }

    private string Title(BlobUse use) => Scopes[use.Scope].Root.Names.FirstOrDefault() ?? $"image {use.Image.ShortId}";
}
