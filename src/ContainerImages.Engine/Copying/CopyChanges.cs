using ContainerImages.Content;

namespace ContainerImages.Copying;

/// <summary>What of the images is not copied as it is.</summary>
internal sealed class CopyChanges
{
    /// <summary>How layers are to be compressed; null to leave them as they are.</summary>
    public LayerEncoding? Encoding { get; init; }

    /// <summary>
    /// Whether that is for plain layers alone, and only where no digest has to stay: others are left as they are then, whatever
    /// their compression.
    /// </summary>
    public bool OnlyPlain { get; init; }

    /// <summary>Whether layers that are compressed so already are compressed anew, since a level was asked for.</summary>
    public bool RecodesAll { get; init; }

    /// <summary>Layers that the destination is to go without; null for none.</summary>
    public LeftOutLayers? LeftOut { get; init; }

    /// <summary>Whether what refers to the manifests and indexes that are copied goes along, and what refers to that.</summary>
    public bool IncludesReferrers { get; init; }
}
