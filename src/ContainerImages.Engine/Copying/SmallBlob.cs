using ContainerImages.Content;

namespace ContainerImages.Copying;

/// <summary>Reading blobs that are held in memory: configs and manifests.</summary>
internal static class SmallBlob
{
    public static byte[] Read(SourceBlob blob, string name, int limit)
    {
        if (blob.Size > limit)
        {
            throw new ContainerImageException(ImageError.ContentTooLarge, $"{name} has {blob.Size} bytes; {limit} are the limit.");
        }

        using var stream = new SourceStream(blob.Open, name);
        var bytes = new byte[blob.Size];
        var count = 0;
        int read;
        while (count < bytes.Length && (read = stream.Read(bytes, count, bytes.Length - count)) > 0)
        {
            count += read;
        }

        return count == bytes.Length
            ? bytes
            : throw new ContainerImageException(ImageError.InvalidArchive, $"{name} ends after {count} of its {bytes.Length} bytes.");
    }

    /// <exception cref="ContainerImageException">ContentMismatch.</exception>
    public static void Check(byte[] bytes, Descriptor descriptor, string name)
    {
        if (bytes.Length != descriptor.Size)
        {
            throw Mismatch(name, "size", descriptor.Size, bytes.Length);
        }

        var digest = Digest.Compute(bytes, descriptor.Digest.Algorithm);
        if (digest != descriptor.Digest)
        {
            throw Mismatch(name, "digest", descriptor.Digest, digest);
        }
    }

    public static ContainerImageException Mismatch(string name, string what, object wanted, object found) =>
        new(ImageError.ContentMismatch, $"{name} has the {what} {found}, and {wanted} was promised.");
}
