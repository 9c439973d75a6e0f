using System.Globalization;
using System.IO;
using System.Linq;

namespace ContainerImages.Benchmarks.Inputs;

/// <summary>Many small images that share their layers, each with a name and a config of its own.</summary>
internal sealed record SmallImages(string Folder, int Count)
{
    private const int Pool = 50;
    private const int LayersPerImage = 5;

    /// <summary>An OCI layout with all of them, under full names.</summary>
    public string Layout => Path.Combine(Folder, "layout");

    /// <summary>A docker-archive with all of them.</summary>
    public string Archive => Path.Combine(Folder, "docker.tar");

    /// <summary>The name of one in the middle.</summary>
    public string SomeName => NameOf(Count / 2);

    public void Write()
    {
        var layout = new LayoutWriter(Layout);
        var pool = Enumerable.Range(0, Pool).Select(i => layout.AddLayer(new LayerShape(i, 8 * 1024, 2 * 1024))).ToArray();
        var images = Enumerable.Range(0, Count).Select(i =>
        {
            var layers = Enumerable.Range(0, LayersPerImage).Select(j => pool[(i + (j * j)) % Pool]).ToArray();
            return new PlainImage(NameOf(i), layout.AddImage(NameOf(i), ImageConfigs.Create(NameOf(i), layers), layers), layers);
        }).ToArray();
        layout.Complete();
        DockerArchive.Write(Archive, layout, images);
    }

    private static string NameOf(int i) => string.Create(CultureInfo.InvariantCulture, $"docker.io/bench/image-{i:D5}:1.0");
}
