namespace ContainerImages.Verification;

/// <summary>What is wrong; the names are what <see cref="VerificationFinding.Kind"/> says.</summary>
internal enum FindingKind
{
    /// <summary>The image that was named is not in the store, or the platform of it.</summary>
    ImageMissing,

    /// <summary>A blob that an image needs is not there.</summary>
    BlobMissing,

    /// <summary>A blob's bytes have another digest than its name says, or cannot be read.</summary>
    DigestMismatch,

    /// <summary>A blob has another length than what names it says.</summary>
    SizeMismatch,

    /// <summary>A layer unpacks to something else than the config says, or to nothing.</summary>
    DiffIdMismatch,

    /// <summary>A manifest or index cannot be understood.</summary>
    ManifestInvalid,

    /// <summary>An image's configuration cannot be understood.</summary>
    ConfigInvalid,

    /// <summary>The history has other than one step with a layer for each layer.</summary>
    HistoryMismatch,

    /// <summary>The store's index.json is broken, or says something that is not so.</summary>
    IndexInvalid,

    /// <summary>A file among the blobs that no image leads to.</summary>
    OrphanBlob,

    /// <summary>What a copy that died has left behind.</summary>
    LeftoverIngest,
}

/// <summary>How bad it is; the names are what <see cref="VerificationFinding.Severity"/> says.</summary>
internal enum FindingSeverity
{
    /// <summary>An image cannot be used, or is not what it says it is.</summary>
    Error,

    /// <summary>Nothing is lost or wrong by it.</summary>
    Warning,
}
