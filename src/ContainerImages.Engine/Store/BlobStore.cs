using System.IO;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>Where blobs can be looked for: the store's own folder, or that with an ingest's in front of it.</summary>
internal interface IBlobReader
{
    /// <summary>The path of a blob that is there with this size; null if it is not.</summary>
    string? Find(Digest digest, long size);

    /// <summary>What reads it.</summary>
    IStoreSystem System { get; }
}

/// <summary>The blobs of a store's folder, read only.</summary>
internal sealed class BlobStore(StorePaths paths, IStoreSystem system) : IBlobReader
{
    public IStoreSystem System => system;

    public string? Find(Digest digest, long size)
    {
        var path = paths.Blob(digest);
        return LengthOf(path) == size ? path : null;
    }

    /// <summary>Bytes of a blob that is there, whatever its size should be; null if it is not there.</summary>
    public long? SizeOf(Digest digest) => LengthOf(paths.Blob(digest));

    public bool Contains(Digest digest) => File.Exists(paths.Blob(digest));

    public static long? LengthOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : null;
    }
}

/// <summary>Reading small blobs whole, with their digest checked.</summary>
internal static class BlobReading
{
    public static Stream Open(this IBlobReader blobs, Digest digest, long size) =>
        blobs.Find(digest, size) is { } path
            ? blobs.System.OpenRead(path)
            : throw Missing(digest);

    /// <exception cref="ContainerImageException">ContentMissing, ContentMismatch, ContentTooLarge.</exception>
    public static byte[] ReadAll(this IBlobReader blobs, Digest digest, long size, int limit, string what)
    {
        if (size > limit)
        {
            throw new ContainerImageException(ImageError.ContentTooLarge, $"{what} {digest} has {size} bytes; {limit} are the limit.");
        }

        var bytes = new byte[(int)size];
        try
        {
            using var file = blobs.Open(digest, size);
            var count = 0;
            while (count < bytes.Length && file.Read(bytes, count, bytes.Length - count) is > 0 and var read)
            {
                count += read;
            }
        }
        catch (FileNotFoundException)
        {
            throw Missing(digest);
        }

        var found = Digest.Compute(bytes, digest.Algorithm);
        return found == digest
            ? bytes
            : throw new ContainerImageException(
                ImageError.ContentMismatch, $"{what} {digest} is damaged: its bytes have the digest {found}.");
    }

    public static ManifestDocument ReadManifest(this IBlobReader blobs, Descriptor descriptor) => ManifestDocument.Parse(
        blobs.ReadAll(descriptor.Digest, descriptor.Size, Limits.Manifest, "Manifest"),
        descriptor.MediaType,
        $"Manifest {descriptor.Digest}",
        descriptor.Digest.Algorithm);

    public static ImageConfig ReadConfig(this IBlobReader blobs, Descriptor config) => ImageConfig.Parse(
        blobs.ReadAll(config.Digest, config.Size, Limits.Config, "Config"), $"Config {config.Digest}");

    public static ContainerImageException Missing(Digest digest) =>
        new(ImageError.ContentMissing, $"Blob {digest} is missing from the store.") { Candidates = [digest.ToString()] };
}
