using System;
using System.Collections.Generic;
using ContainerImages.Content;
using ContainerImages.Fuzz.Mutation;
using ContainerImages.Manifests;

namespace ContainerImages.Fuzz.Targets;

/// <summary>Manifests and indexes of both families, and their conversion.</summary>
internal sealed class ManifestTarget : FuzzTarget
{
    private static readonly string?[] _types =
        [null, MediaTypes.OciManifest, MediaTypes.OciIndex, MediaTypes.DockerManifest, MediaTypes.DockerManifestList];

    public override string Name => "manifest";

    public override string Purpose => "manifests and indexes of both families, and their conversion";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        MediaTypes.OciManifest, MediaTypes.OciIndex, MediaTypes.DockerManifest, MediaTypes.DockerManifestList, MediaTypes.OciConfig, MediaTypes.OciLayerGzip,
        MediaTypes.OciLayerZstd, MediaTypes.DockerForeignLayerGzip, "schemaVersion", "mediaType", "digest", "size", "config", "layers", "manifests", "subject",
        "platform", "annotations", "artifactType", "urls", "data", "sha256:", "sha512:", "\ufeff");

    public override byte[] Mutate(byte[] input, Mutator mutator) => mutator.MutateJson(input, Tokens);

    public override void Run(byte[] input) => Array.ForEach(_types, type => Read(input, type));

    private static void Read(byte[] input, string? type)
    {
        ManifestDocument? document = null;
        if (!Documented.Try(
            () => document = ManifestDocument.Parse(input, type, "The document"),
            ImageError.InvalidArchive, ImageError.UnsupportedContent, ImageError.ContentTooLarge))
        {
            return;
        }

        Documented.Require(document!.Digest == Digest.Compute(input) && document.ToDescriptor().Size == input.Length, "The document is known by another digest.");
        Documented.Require(type is null || document.MediaType == type, "The document is of another type than its descriptor says.");
        if (document is ImageManifest manifest)
        {
            Documented.Try(() => Check(manifest, ManifestConversion.ToOci(manifest)), ImageError.UnsupportedConversion);
            Documented.Try(() => Check(manifest, ManifestConversion.ToDocker(manifest)), ImageError.UnsupportedConversion);
        }
    }

    private static void Check(ImageManifest from, ImageManifest to) => Documented.Require(
        from.Config.Digest == to.Config.Digest && from.Layers.Count == to.Layers.Count, "A conversion has lost something.");
}
