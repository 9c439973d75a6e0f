using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ContainerImages.Benchmarks.Inputs;

/// <summary>One image, in the formats that it is measured in.</summary>
/// <param name="Folder">Where its files are.</param>
/// <param name="Title">Its size, as the table shows it.</param>
internal sealed record BigImage(string Folder, string Title)
{
    public const string Name = "docker.io/bench/big:1.0";

    /// <summary>A docker-archive, whose layers are plain.</summary>
    public string Archive => Path.Combine(Folder, "docker.tar");

    /// <summary>An OCI layout with plain layers.</summary>
    public string PlainLayout => Path.Combine(Folder, "plain");

    /// <summary>The same image in an OCI layout with gzip layers; same ID, another digest.</summary>
    public string GzipLayout => Path.Combine(Folder, "gzip");

    /// <summary>Its ID, with which every tool must end up that imported it.</summary>
    public string Id => File.ReadAllText(Path.Combine(Folder, "id"));

    /// <summary>The layers' files in the gzip layout.</summary>
    public IEnumerable<string> GzipLayers => Directory.EnumerateFiles(Path.Combine(GzipLayout, "blobs", "sha256")).Where(IsGzip);

    public void Write(IEnumerable<LayerShape> shapes)
    {
        var plain = new LayoutWriter(PlainLayout);
        var gzip = new LayoutWriter(GzipLayout);
        var layers = shapes.AsParallel().AsOrdered().Select(plain.AddLayer).ToArray();
        var config = plain.AddImage(Name, ImageConfigs.Create(Name, layers), layers);
        plain.Complete();

        var gzipped = layers.AsParallel().AsOrdered().Select(layer => gzip.AddGzipped(layer, plain.BlobPath(layer.Blob.Hex))).ToArray();
        gzip.AddImage(Name, ImageConfigs.Create(Name, layers), gzipped);
        gzip.Complete();

        DockerArchive.Write(Archive, plain, [new PlainImage(Name, config, layers)]);
        File.WriteAllText(Path.Combine(Folder, "id"), config.Hex);
    }

    private static bool IsGzip(string path)
    {
        using var file = File.OpenRead(path);
        return file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
    }
}
