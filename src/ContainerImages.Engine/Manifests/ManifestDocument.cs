using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>
/// A manifest or an index, as parsed from bytes that are kept verbatim: the digest is their identity.
/// </summary>
public abstract class ManifestDocument
{
    private protected ManifestDocument(byte[] bytes, Digest digest, string mediaType, JsonFields fields)
    {
        Bytes = bytes;
        Digest = digest;
        MediaType = mediaType;
        Annotations = fields.Map("annotations") ?? Descriptor.NoAnnotations;
        ArtifactType = fields.Text("artifactType");
        Subject = fields.Object("subject") is { } subject ? Descriptor.Read(subject) : null;
    }

    /// <summary>The document, byte for byte as it came.</summary>
    public byte[] Bytes { get; }

    /// <summary>The digest of <see cref="Bytes"/>.</summary>
    public Digest Digest { get; }

    /// <summary>One of the four types in <see cref="MediaTypes"/>.</summary>
    public string MediaType { get; }

    /// <summary>The document's annotations; empty where there are none, as in all of Docker's.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; }

    /// <summary>The kind of artifact; null for images.</summary>
    public string? ArtifactType { get; }

    /// <summary>What the document says something about (OCI image specification 1.1); null for nearly all.</summary>
    public Descriptor? Subject { get; }

    /// <summary>A descriptor of this document.</summary>
    public Descriptor ToDescriptor() => new(MediaType, Digest, Bytes.Length);

    /// <summary>Parses a manifest or an index of either family.</summary>
    /// <param name="bytes">The document.</param>
    /// <param name="mediaType">What its descriptor or the server says it is; empty or null where nothing is said.</param>
    /// <param name="origin">What is being read, for messages.</param>
    /// <param name="algorithm">The digest algorithm under which it is known.</param>
    /// <exception cref="ContainerImageException">
    /// InvalidArchive, where it is malformed; UnsupportedContent, for schema 1 and for types that are not known.
    /// </exception>
    public static ManifestDocument Parse(byte[] bytes, string? mediaType, string origin, string algorithm = "sha256")
    {
        if (bytes.Length > Limits.Manifest)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge, $"{origin} has {bytes.Length} bytes; {Limits.Manifest} are the limit for a manifest.");
        }

        var fields = JsonFields.Parse(bytes, origin);
        var type = DetermineType(fields, mediaType, origin);
        var digest = Digest.Compute(bytes, algorithm);
        return MediaTypes.IsIndex(type)
            ? new ImageIndex(bytes, digest, type, fields)
            : new ImageManifest(bytes, digest, type, fields);
    }

    // Type confusion between manifest and index has been an attack (GHSA-qq97-vm5h-rrhg): both shapes at once are refused,
    // and so is a document that says another type than what led to it.
    private static string DetermineType(JsonFields fields, string? outer, string origin)
    {
        if (MediaTypes.IsSchema1(outer) || fields.Integer("schemaVersion") == 1)
        {
            throw new ContainerImageException(
                ImageError.UnsupportedContent, $"{origin} is a Docker manifest of schema 1, which is not supported.");
        }

        var inner = fields.Text("mediaType");
        outer = string.IsNullOrEmpty(outer) ? null : outer;
        if (inner is { Length: > 0 } && outer is not null && inner != outer)
        {
            throw fields.Invalid($"it says it is {QuotedText.Quote(inner)}, and its descriptor says {QuotedText.Quote(outer)}");
        }

        // First of all: what else a document of another type has to have is not for this one to know.
        var said = inner is { Length: > 0 } ? inner : outer;
        if (said is not null && !MediaTypes.IsIndex(said) && !MediaTypes.IsManifest(said))
        {
            throw new ContainerImageException(
                ImageError.UnsupportedContent, $"{origin} has the media type {QuotedText.Quote(said)}, which is no manifest or index known here.");
        }

        if (fields.RequiredInteger("schemaVersion") != 2)
        {
            throw fields.Invalid("'schemaVersion' must be 2");
        }

        var isIndex = fields.Has("manifests");
        var isManifest = fields.Has("config") || fields.Has("layers");
        if (isIndex && isManifest)
        {
            throw fields.Invalid("it has the fields of a manifest and those of an index at once");
        }

        var type = said ?? (isIndex ? MediaTypes.OciIndex : MediaTypes.OciManifest);
        return isIndex == MediaTypes.IsIndex(type)
            ? type
            : throw fields.Invalid($"its fields are not those of '{type}'");
    }
}
