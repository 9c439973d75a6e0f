using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>Finds manifests and indexes among the blobs of a store by looking into them, where no index says which they are.</summary>
internal sealed class ManifestHunt(BlobStore blobs, BlobScan scan)
{
    private static readonly string[] _algorithms = ["sha256", "sha384", "sha512"];

    private Dictionary<Digest, ManifestDocument>? _found;

    public bool HasManifests(CancellationToken cancellation) => Found(cancellation).Count > 0;

    public IEnumerable<ManifestDocument> All(CancellationToken cancellation) => Found(cancellation).Values;

    /// <summary>The one with these digits in its digest, if they are all of them.</summary>
    public ManifestDocument? Find(string hex, CancellationToken cancellation) => _algorithms
        .Select(algorithm => Digest.TryParse($"{algorithm}:{hex}", out var digest) && Found(cancellation).TryGetValue(digest, out var document) ? document : null)
        .FirstOrDefault(document => document is not null);

    /// <summary>The one whose digest differs from a broken one in the fewest places, if they are few.</summary>
    public ManifestDocument? Nearest(string broken, int most, CancellationToken cancellation) => Found(cancellation).Values
        .Select(document => (Document: document, Distance: Distance(document.Digest.ToString(), broken)))
        .Where(pair => pair.Distance <= most)
        .OrderBy(pair => pair.Distance)
        .Select(pair => pair.Document)
        .FirstOrDefault();

    private static int Distance(string one, string other) =>
        one.Length != other.Length ? int.MaxValue : one.Where((c, i) => c != other[i]).Count();

    private Dictionary<Digest, ManifestDocument> Found(CancellationToken cancellation)
    {
        if (_found is not null)
        {
            return _found;
        }

        var found = new Dictionary<Digest, ManifestDocument>();
        foreach (var (digest, size) in scan.Blobs.Select(blob => (blob.Key, blob.Value.Size)).Where(blob => blob.Size <= Limits.Manifest))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                if (BeginsAsObject(digest, size))
                {
                    found.Add(digest, blobs.ReadManifest(new Descriptor("", digest, size)));
                }
            }
            catch (Exception e) when (e is ContainerImageException or IOException or UnauthorizedAccessException)
            {
                // A config, some other JSON, or a manifest that is damaged.
            }
        }

        return _found = found;
    }

    private bool BeginsAsObject(Digest digest, long size)
    {
        using var file = blobs.Open(digest, size);
        int first;
        do
        {
            first = file.ReadByte();
        }
        while (first is ' ' or '\t' or '\r' or '\n');

        return first == '{';
    }
}
