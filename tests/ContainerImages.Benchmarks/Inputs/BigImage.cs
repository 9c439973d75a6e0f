using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ContainerImages.Benchmarks.Inputs;

/// <summary>One image, in the formats that it is measured in.</summary>
/// <param name="title">Its size, as the table shows it.</param>
/// <param name="folder">Where its files are; they are made when it is first asked for.</param>
internal sealed class BigImage(string title, Lazy<string> folder)
{
    public const string Name = "docker.io/bench/big:1.0";

    private const string ArchiveName = "docker.tar";
    private const string PlainName = "plain";
    private const string GzipName = "gzip";
    private const string IdName = "id";

    public string Title => title;

    /// <summary>A docker-archive, whose layers are plain.</summary>
    public string Archive => Path.Combine(folder.Value, ArchiveName);

    /// <summary>An OCI layout with plain layers.</summary>
    public string PlainLayout => Path.Combine(folder.Value, PlainName);

    /// <summary>The same image in an OCI layout with gzip layers; same ID, another digest.</summary>
    public string GzipLayout => Path.Combine(folder.Value, GzipName);

    /// <summary>Its ID, with which every tool must end up that imported it.</summary>
    public string Id => File.ReadAllText(Path.Combine(folder.Value, IdName));

    /// <summary>The layers' files in the gzip layout.</summary>
    public IEnumerable<string> GzipLayers => Directory.EnumerateFiles(Path.Combine(GzipLayout, "blobs", "sha256")).Where(IsGzip);

    public static void Write(string folder, IEnumerable<LayerShape> shapes)
    {
        var plain = new LayoutWriter(Path.Combine(folder, PlainName));
        var gzip = new LayoutWriter(Path.Combine(folder, GzipName));
        var layers = shapes.AsParallel().AsOrdered().Select(plain.AddLayer).ToArray();
        var config = plain.AddImage(Name, ImageConfigs.Create(Name, layers), layers);
        plain.Complete();

        var gzipped = layers.AsParallel().AsOrdered().Select(layer => gzip.AddGzipped(layer, plain.BlobPath(layer.Blob.Hex))).ToArray();
        gzip.AddImage(Name, ImageConfigs.Create(Name, layers), gzipped);
        gzip.Complete();

        DockerArchive.Write(Path.Combine(folder, ArchiveName), plain, [new PlainImage(Name, config, layers)]);
        File.WriteAllText(Path.Combine(folder, IdName), config.Hex);
    }

    private static bool IsGzip(string path)
    {
        using var file = File.OpenRead(path);
        return file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
    }
}
