using System.Collections.Generic;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>What kind of change a repair offers.</summary>
internal enum RepairKind
{
    /// <summary>A blob is fetched.</summary>
    Fetch,

    /// <summary>The index is written anew: what it says wrongly, and what it could say and does not.</summary>
    RebuildIndex,

    /// <summary>An image, or one platform of it, is dropped, since it is beyond repair.</summary>
    Drop,

    /// <summary>What nothing leads to is deleted.</summary>
    RemoveLeftovers,
}

/// <summary>One change that a repair offers, and that its user may decline.</summary>
/// <param name="Kind">What kind of change.</param>
/// <param name="Flaws">What it mends.</param>
internal sealed record RepairAction(RepairKind Kind, IReadOnlyList<Flaw> Flaws)
{
    /// <summary>Whether it is to be done.</summary>
    public bool IsApproved { get; set; }

    /// <summary>The blob to be fetched.</summary>
    public WantedBlob? Blob { get; init; }

    /// <summary>Where the blob comes from.</summary>
    public IBlobSupply? Supply { get; init; }

    /// <summary>What that place is called.</summary>
    public string SupplyName { get; init; } = "";

    /// <summary>The root of the image to be dropped.</summary>
    public StoreRoot? Root { get; init; }

    /// <summary>The ID of that image.</summary>
    public Digest Id { get; init; }

    /// <summary>The manifests of the platforms that are dropped; empty for the root as a whole.</summary>
    public IReadOnlyCollection<Digest> Manifests { get; init; } = [];

    /// <summary>The bytes that are deleted, as far as it is known.</summary>
    public long Bytes { get; init; }
}
