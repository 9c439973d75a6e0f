using System;
using System.IO;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>Reads manifests, indexes and configs whole; what is wrong with one is a flaw, and no error.</summary>
internal sealed class DocumentReader(BlobPlaces places, FlawList flaws, bool sizeOnly)
{
    /// <summary>The store's index, where that is what names the document; null where another document does.</summary>
    public string? IndexPath { get; init; }

    /// <summary>A manifest or index; null if it cannot be read.</summary>
    public ManifestDocument? ReadManifest(Descriptor descriptor, BlobUse use)
    {
        var what = MediaTypes.IsIndex(descriptor.MediaType) ? "Index" : "Manifest";
        if (Read(descriptor, what, FindingKind.ManifestInvalid, Limits.Manifest, use) is not { } bytes)
        {
            return null;
        }

        var name = $"{what} {descriptor.Digest}";
        try
        {
            return ManifestDocument.Parse(bytes, descriptor.MediaType, name, descriptor.Digest.Algorithm);
        }
        catch (ContainerImageException e)
        {
            return ReadUntyped(descriptor, bytes, name, use) ?? Report(e);
        }

        ManifestDocument? Report(ContainerImageException e)
        {
            // What is not supported another tool may well keep in a layout; it is no image to us.
            flaws.Add(Invalid(FindingKind.ManifestInvalid, descriptor, e.Message, use) with
            {
                Severity = e.Error == ImageError.UnsupportedContent ? FindingSeverity.Warning : FindingSeverity.Error,
            });
            return null;
        }
    }

    /// <summary>A config; null if it cannot be read.</summary>
    public ImageConfig? ReadConfig(Descriptor descriptor, BlobUse use)
    {
        if (Read(descriptor, "Config", FindingKind.ConfigInvalid, Limits.Config, use) is not { } bytes)
        {
            return null;
        }

        try
        {
            return ImageConfig.Parse(bytes, $"Config {descriptor.Digest}");
        }
        catch (ContainerImageException e)
        {
            flaws.Add(Invalid(FindingKind.ConfigInvalid, descriptor, e.Message, use));
            return null;
        }
    }

    // It may be that only the store's index has the wrong type, which can be put right.
    private ManifestDocument? ReadUntyped(Descriptor descriptor, byte[] bytes, string name, BlobUse use)
    {
        if (IndexPath is null)
        {
            return null;
        }

        try
        {
            var document = ManifestDocument.Parse(bytes, null, name, descriptor.Digest.Algorithm);
            flaws.Add(InIndex($"{name} is of type '{document.MediaType}', and the store's index says '{descriptor.MediaType}'.", descriptor, use));
            return document;
        }
        catch (ContainerImageException)
        {
            return null;
        }
    }

    private byte[]? Read(Descriptor descriptor, string what, FindingKind invalid, int limit, BlobUse use)
    {
        var path = places.PathOf(descriptor.Digest);
        byte[] bytes;
        try
        {
            if (BlobStore.LengthOf(path) is not { } length)
            {
                flaws.Add(BlobFlaws.Missing(descriptor.Digest, what, path, [use]));
                return null;
            }

            if (length > limit)
            {
                flaws.Add(Invalid(invalid, descriptor, $"{what} {descriptor.Digest} has {length} bytes; {limit} are the limit.", use));
                return null;
            }

            bytes = ReadFile(path, (int)length);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            flaws.Add(BlobFlaws.Missing(descriptor.Digest, what, path, [use]));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            flaws.Add(BlobFlaws.Unreadable(descriptor.Digest, what, path, e, [use]));
            return null;
        }

        var isWrongSize = bytes.Length != descriptor.Size;
        var found = sizeOnly ? descriptor.Digest : Digest.Compute(bytes, descriptor.Digest.Algorithm);
        if (found != descriptor.Digest || (isWrongSize && sizeOnly))
        {
            flaws.Add(isWrongSize
                ? BlobFlaws.WrongSize(descriptor.Digest, what, path, bytes.Length, descriptor.Size, isBlobAtFault: true, [use])
                : BlobFlaws.Damaged(descriptor.Digest, what, path, found, [use]));
            return null;
        }

        if (isWrongSize)
        {
            // The bytes are right: it is what names them that is wrong.
            flaws.Add(IndexPath is not null
                ? InIndex($"{what} {descriptor.Digest} has {bytes.Length} bytes, and the store's index says {descriptor.Size}.", descriptor, use)
                : BlobFlaws.WrongSize(descriptor.Digest, what, path, bytes.Length, descriptor.Size, isBlobAtFault: false, [use]));
        }

        return bytes;
    }

    // Not File.ReadAllBytes: others may delete the file meanwhile.
    private byte[] ReadFile(string path, int length)
    {
        using var file = places.System.OpenRead(path);
        using var bytes = new MemoryStream(length);
        file.CopyTo(bytes);
        return bytes.ToArray();
    }

    private Flaw InIndex(string message, Descriptor descriptor, BlobUse use) => new(FindingKind.IndexInvalid, message)
    {
        Digest = descriptor.Digest,
        Path = IndexPath,
        IsRepairable = true,
        Uses = [use],
    };

    private Flaw Invalid(FindingKind kind, Descriptor descriptor, string message, BlobUse use) =>
        BlobFlaws.Invalid(kind, descriptor.Digest, places.PathOf(descriptor.Digest), message, [use]);
}
