using System;
using System.Collections;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Verification;

namespace ContainerImages;

/// <summary>One flaw that the verification of an image or a store has found.</summary>
public sealed class VerificationFinding
{
    internal VerificationFinding()
    {
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name.</param>
    public VerificationFinding(IDictionary properties)
    {
        var given = new GivenProperties(nameof(VerificationFinding), properties ?? throw new ArgumentNullException(nameof(properties)));
        Severity = OneOf<FindingSeverity>(nameof(Severity), given.Text(nameof(Severity)));
        Kind = OneOf<FindingKind>(nameof(Kind), given.Text(nameof(Kind)));
        Digest = given.Text(nameof(Digest));
        Id = given.Text(nameof(Id));
        Reference = given.Text(nameof(Reference));
        Path = given.Text(nameof(Path));
        Message = given.Text(nameof(Message)) ?? "";
        Repairable = given.Flag(nameof(Repairable)) ?? false;
        Repaired = given.Flag(nameof(Repaired)) ?? false;
        StorePath = given.Text(nameof(StorePath));
        given.RefuseOthers();
    }

    /// <summary><c>Error</c>: an image cannot be used or is not what it says it is; <c>Warning</c>: nothing is lost by it.</summary>
    public string Severity { get; internal init; } = nameof(FindingSeverity.Error);

    /// <summary>
    /// <c>ImageMissing</c>, <c>BlobMissing</c>, <c>DigestMismatch</c>, <c>SizeMismatch</c>, <c>DiffIdMismatch</c>,
    /// <c>ManifestInvalid</c>, <c>ConfigInvalid</c>, <c>HistoryMismatch</c>, <c>IndexInvalid</c>, <c>OrphanBlob</c> or
    /// <c>LeftoverIngest</c>. Texts, so that findings that went through JSON or a job are compared alike.
    /// </summary>
    public string Kind { get; internal init; } = "";

    /// <summary>The digest of the blob concerned, <c>sha256:…</c>; null where it is none.</summary>
    public string? Digest { get; internal init; }

    /// <summary>The ID of the first image concerned: hex digits without algorithm. Null where it is none.</summary>
    public string? Id { get; internal init; }

    /// <summary>A full name of that image; null if it has none.</summary>
    public string? Reference { get; internal init; }

    /// <summary>The file or folder concerned; null where it is none.</summary>
    public string? Path { get; internal init; }

    /// <summary>What is wrong, as a sentence.</summary>
    public string Message { get; internal init; } = "";

    /// <summary>
    /// Whether it can be mended: by Repair-ImageStore alone, or out of a source that has the content. What was wrong when it
    /// was made cannot; -Force drops it.
    /// </summary>
    public bool Repairable { get; internal init; }

    /// <summary>Whether Repair-ImageStore has mended it, or dropped what could not be mended.</summary>
    public bool Repaired { get; internal init; }

    /// <summary>The store's folder.</summary>
    public string? StorePath { get; internal init; }

    internal VerificationFinding AsRepaired() => new()
    {
        Severity = Severity,
        Kind = Kind,
        Digest = Digest,
        Id = Id,
        Reference = Reference,
        Path = Path,
        Message = Message,
        Repairable = Repairable,
        Repaired = true,
        StorePath = StorePath,
    };

    /// <summary>The message.</summary>
    public override string ToString() => Message;

    private static string OneOf<T>(string property, string? text)
        where T : struct, Enum
    {
        var names = Enum.GetNames(typeof(T));
        return text is null ? names[0] : names.FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) ??
            throw new ArgumentException($"{nameof(VerificationFinding)}: '{property}' must be one of {string.Join(", ", names)}.");
    }
}
