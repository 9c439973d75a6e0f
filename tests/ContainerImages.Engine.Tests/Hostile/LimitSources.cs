using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>A source that gives one manifest for every digest, and any number of configs, all of one size.</summary>
internal sealed class OneDocument(int size) : IImageSource
{
    private readonly ManifestDocument _manifest = ManifestDocument.Parse(Encoding.ASCII.GetBytes("{\"schemaVersion\":2,\"manifests\":[]}".PadRight(size)), null, "it");
    private readonly Dictionary<Digest, byte[]> _configs = [];

    public string Name => "The input";

    public IReadOnlyList<SourceRoot> Roots => [];

    public IReadOnlyList<string> LeftBehind => [];

    public ManifestDocument? ReadManifest(Descriptor descriptor) => _manifest;

    public SourceBlob? FindBlob(Descriptor descriptor) => new(size, () => new MemoryStream(_configs[descriptor.Digest]));

    public IReadOnlyList<Descriptor> FindReferrers(Digest subject) => [];

    /// <summary>A manifest with a config of its own.</summary>
    public ImageManifest ManifestOf(int number)
    {
        var config = Encoding.ASCII.GetBytes($"{{\"author\":\"{number}\"}}".PadRight(size));
        var digest = Digest.Compute(config);
        _configs.Clear();
        _configs.Add(digest, config);
        return ImageManifest.Create(MediaTypes.OciManifest, new Descriptor(MediaTypes.OciConfig, digest, size), []);
    }

    public void Dispose()
    {
    }
}

/// <summary>A tar of links and nothing else, of which not all need be in memory at once.</summary>
internal sealed class ManyLinks(long count, int length) : ReadOnlyStream
{
    private readonly byte[] _entry = TarBytes.Join(
        TarBytes.Entry("././@LongLink", Encoding.ASCII.GetBytes(new string('0', length)), 'L'),
        TarBytes.Header("x", type: '2', edit: block => TarBytes.Put(block, 157, "x")));

    private long _number;
    private int _at;

    public override int Read(byte[] buffer, int offset, int wanted)
    {
        if (_number == count)
        {
            return 0;
        }

        if (_at == 0)
        {
            Encoding.ASCII.GetBytes(_number.ToString("d10", null)).CopyTo(_entry, 512);
        }

        var read = Math.Min(wanted, _entry.Length - _at);
        Buffer.BlockCopy(_entry, _at, buffer, offset, read);
        _at = (_at + read) % _entry.Length;
        _number += _at == 0 ? 1 : 0;
        return read;
    }
}
