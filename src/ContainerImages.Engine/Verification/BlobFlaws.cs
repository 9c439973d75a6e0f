using System;
using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages.Verification;

/// <summary>The flaws of blobs, in one wording for documents and layers.</summary>
internal static class BlobFlaws
{
    public static Flaw Missing(Digest digest, string what, string path, IReadOnlyList<BlobUse> uses) =>
        Of(FindingKind.BlobMissing, what, digest, path, $"{what} {digest} is missing.", uses);

    public static Flaw Damaged(Digest digest, string what, string path, Digest found, IReadOnlyList<BlobUse> uses) =>
        Of(FindingKind.DigestMismatch, what, digest, path, $"{what} {digest} is damaged: its bytes have the digest {found}.", uses);

    /// <summary>A file that the system does not give out, as on a failing disk.</summary>
    public static Flaw Unreadable(Digest digest, string what, string path, Exception e, IReadOnlyList<BlobUse> uses) =>
        Of(FindingKind.DigestMismatch, what, digest, path, $"{what} {digest} cannot be read: {e.Message.TrimEnd('.')}.", uses);

    /// <param name="digest">The blob.</param>
    /// <param name="what">What it is.</param>
    /// <param name="path">Its file.</param>
    /// <param name="found">Bytes it has.</param>
    /// <param name="promised">Bytes that are promised.</param>
    /// <param name="isBlobAtFault">Whether the bytes are wrong, and not what is said of them.</param>
    /// <param name="uses">Who uses it.</param>
    public static Flaw WrongSize(
        Digest digest, string what, string path, long found, long promised, bool isBlobAtFault, IReadOnlyList<BlobUse> uses) =>
        Of(
            FindingKind.SizeMismatch,
            what,
            digest,
            path,
            $"{what} {digest} has {found} bytes, and {promised} are promised" + (isBlobAtFault ? "." : "; its digest is right."),
            uses) with
        { IsRepairable = isBlobAtFault };

    /// <summary>What is wrong in itself, and was so when it was made.</summary>
    public static Flaw Invalid(FindingKind kind, Digest digest, string path, string message, IReadOnlyList<BlobUse> uses) =>
        Of(kind, "Blob", digest, path, message, uses) with { IsRepairable = false };

    private static Flaw Of(
        FindingKind kind, string what, Digest digest, string path, string message, IReadOnlyList<BlobUse> uses) =>
        new(kind, message) { What = what, Digest = digest, Path = path, IsRepairable = true, Uses = uses };
}
