using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ContainerImages.Benchmarks.Inputs;

/// <summary>Writes an OCI image layout. Layers may be added from several threads at once.</summary>
internal sealed class LayoutWriter
{
    private const int FilesPerFolder = 200;

    private static readonly DateTimeOffset _time = new(2024, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly string _folder;
    private readonly JsonArray _manifests = [];

    public LayoutWriter(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(BlobPath(string.Empty));
    }

    public string BlobPath(string hex) => Path.Combine(_folder, "blobs", "sha256", hex);

    public Layer AddLayer(LayerShape shape)
    {
        var blob = AddBlob(file => WriteTar(file, shape));
        return new Layer(blob, blob.Digest, Layer.Plain);
    }

    /// <summary>Adds a plain layer of another layout, compressed.</summary>
    public Layer AddGzipped(Layer plain, string path)
    {
        var blob = AddBlob(file =>
        {
            using var source = File.OpenRead(path);
            using var gzip = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
            source.CopyTo(gzip);
        });
        return new Layer(blob, plain.DiffId, Layer.Gzip);
    }

    public Blob AddImage(string name, JsonObject config, IReadOnlyList<Layer> layers)
    {
        var configBlob = AddJson(config);
        var manifest = AddJson(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = Descriptor("application/vnd.oci.image.config.v1+json", configBlob),
            ["layers"] = new JsonArray([.. layers.Select(layer => Descriptor(layer.MediaType, layer.Blob))]),
        });
        var descriptor = Descriptor("application/vnd.oci.image.manifest.v1+json", manifest);
        descriptor["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = name };
        _manifests.Add(descriptor);
        return configBlob;
    }

    public void Complete()
    {
        File.WriteAllText(Path.Combine(_folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        var index = new JsonObject { ["schemaVersion"] = 2, ["manifests"] = _manifests };
        File.WriteAllBytes(Path.Combine(_folder, "index.json"), JsonSerializer.SerializeToUtf8Bytes(index));
    }

    private static JsonObject Descriptor(string mediaType, Blob blob) =>
        new() { ["mediaType"] = mediaType, ["digest"] = blob.Digest, ["size"] = blob.Size };

    private static void WriteTar(Stream file, LayerShape shape)
    {
        var data = new MixedData(shape.Seed);
        using var writer = new TarWriter(file, TarEntryFormat.Ustar, leaveOpen: true);
        long written = 0;
        for (var i = 0; written < shape.Bytes; i++)
        {
            var content = new byte[Math.Min(data.NextLength(shape.MeanFileBytes), shape.Bytes - written)];
            data.Fill(content);
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, $"srv/{shape.Seed}/{i / FilesPerFolder}/file-{i}")
            {
                DataStream = new MemoryStream(content),
                Mode = (UnixFileMode)0x1A4,
                ModificationTime = _time,
            });
            written += content.Length;
        }
    }

    private Blob AddJson(JsonObject value)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(value);
        return AddBlob(file => file.Write(bytes));
    }

    private Blob AddBlob(Action<Stream> write)
    {
        var path = BlobPath(Guid.NewGuid().ToString("N"));
        Blob blob;
        using (var file = File.Create(path))
        {
            write(file);
            file.Position = 0;
            blob = new Blob(Convert.ToHexStringLower(SHA256.HashData(file)), file.Length);
        }

        File.Move(path, BlobPath(blob.Hex), overwrite: true);
        return blob;
    }
}
