namespace ContainerImages.Transports;

/// <summary>Which of the two families of manifests a registry is to get.</summary>
internal enum ManifestFamily
{
    /// <summary>As they are.</summary>
    AsTheyAre,

    /// <summary>OCI's.</summary>
    Oci,

    /// <summary>Docker's, of schema 2.</summary>
    Docker,
}
