using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;
using Xunit;

namespace ContainerImages.Engine.Tests.Manifests;

public class ManifestConversionTests
{
    private static readonly Digest Config = Digest.Compute("config"u8.ToArray());
    private static readonly Digest Layer = Digest.Compute("layer"u8.ToArray());

    [Theory]
    [InlineData(MediaTypes.OciLayer, MediaTypes.DockerLayer)]
    [InlineData(MediaTypes.OciLayerGzip, MediaTypes.DockerLayerGzip)]
    [InlineData(MediaTypes.OciForeignLayer + "+gzip", MediaTypes.DockerForeignLayerGzip)]
    public void Layers_change_their_type_and_keep_their_bytes_both_ways(string oci, string docker)
    {
        var manifest = Make(MediaTypes.OciManifest, MediaTypes.OciConfig, oci);
        var converted = ManifestConversion.ToDocker(manifest);

        Assert.Equal(MediaTypes.DockerManifest, converted.MediaType);
        Assert.Equal(MediaTypes.DockerConfig, converted.Config.MediaType);
        Assert.Equal(Config, converted.Config.Digest);
        Assert.Equal((docker, Layer, 7L), (converted.Layers[0].MediaType, converted.Layers[0].Digest, converted.Layers[0].Size));
        Assert.Equal(manifest.Digest, ManifestConversion.ToOci(converted).Digest);
    }

    [Fact]
    public void The_same_manifest_always_gives_the_same_bytes()
    {
        var manifest = Make(MediaTypes.OciManifest, MediaTypes.OciConfig, MediaTypes.OciLayerGzip);

        Assert.Equal(ManifestConversion.ToDocker(manifest).Bytes, ManifestConversion.ToDocker(manifest).Bytes);
        Assert.Same(manifest, ManifestConversion.ToOci(manifest));
    }

    [Theory]
    [InlineData(MediaTypes.OciConfig, MediaTypes.OciLayerZstd)]
    [InlineData(MediaTypes.OciConfig, MediaTypes.OciForeignLayer)]
    [InlineData("application/vnd.example.config+json", MediaTypes.OciLayerGzip)]
    public void What_docker_has_no_type_for_is_refused(string config, string layer)
    {
        var error = Assert.Throws<ContainerImageException>(
            () => ManifestConversion.ToDocker(Make(MediaTypes.OciManifest, config, layer)));

        Assert.Equal(ImageError.UnsupportedConversion, error.Error);
    }

    [Fact]
    public void Urls_of_foreign_layers_stay()
    {
        var layer = new Descriptor(MediaTypes.DockerForeignLayerGzip, Layer, 7) { Urls = ["https://example.com/layer"] };
        var manifest = ImageManifest.Create(MediaTypes.DockerManifest, new Descriptor(MediaTypes.DockerConfig, Config, 2), [layer]);

        Assert.Equal("https://example.com/layer", ManifestConversion.ToOci(manifest).Layers.Single().Urls.Single());
    }

    private static ImageManifest Make(string type, string config, string layer) => ImageManifest.Create(
        type, new Descriptor(config, Config, 2), [new Descriptor(layer, Layer, 7)]);
}
