namespace ContainerImages.Benchmarks.Inputs;

/// <summary>A file of an OCI layout, named by its digest.</summary>
internal sealed record Blob(string Hex, long Size)
{
    public string Digest => "sha256:" + Hex;
}

/// <summary>A layer as it is stored, and the digest of its plain tar.</summary>
internal sealed record Layer(Blob Blob, string DiffId, string MediaType)
{
    public const string Plain = "application/vnd.oci.image.layer.v1.tar";
    public const string Gzip = Plain + "+gzip";
}
