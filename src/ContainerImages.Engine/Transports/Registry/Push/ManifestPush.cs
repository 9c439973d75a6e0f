using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.References;

namespace ContainerImages.Transports;

/// <summary>
/// The manifests and indexes of a push, written when all blobs are there: what an index names before the index, what refers to
/// something after all that, and what gets a tag last, so that no tag leads to what is not whole.
/// </summary>
/// <param name="client">The repository.</param>
/// <param name="verbose">Told what was done; null for nobody.</param>
internal sealed class ManifestPush(RegistryClient client, Action<string>? verbose)
{
    private readonly Dictionary<Digest, ManifestDocument> _documents = [];
    private readonly List<ManifestDocument> _order = [];
    private readonly List<(Digest Root, IReadOnlyList<ImageReference> Names)> _roots = [];
    private readonly HashSet<Digest> _written = [];

    public void Add(ManifestDocument document)
    {
        if (!_documents.ContainsKey(document.Digest))
        {
            _documents.Add(document.Digest, document);
            _order.Add(document);
        }
    }

    /// <summary>Says which document is a root, and its names in the repository; none for one that is known by its digest alone.</summary>
    public void AddRoot(Digest root, IReadOnlyList<ImageReference> names) => _roots.Add((root, names));

    /// <summary>The document that a name leads to; null if none of the roots has it.</summary>
    public ManifestDocument? FindRoot(ImageReference name) => _roots
        .Where(root => root.Names.Contains(name))
        .Select(root => _documents[root.Root])
        .FirstOrDefault();

    /// <summary>Writes all of it.</summary>
    /// <exception cref="ContainerImageException">Any Registry*; ContentMismatch; UnsupportedConversion.</exception>
    public async Task WriteAsync(CancellationToken cancellation)
    {
        foreach (var (root, name) in _roots.SelectMany(root => root.Names, (root, name) => (root.Root, name)))
        {
            if (name.Digest is { } wanted && wanted != root)
            {
                throw new ContainerImageException(
                    ImageError.UnsupportedConversion, $"'{name}' is made of a digest, and what is pushed has another one: {root}.");
            }
        }

        var tagged = _roots.Where(root => root.Names.Any(name => name.Tag is not null)).ToList();
        var last = new HashSet<Digest>(tagged.Select(root => root.Root));
        foreach (var document in _order.OrderBy(document => document.Subject is not null))
        {
            await WriteWithChildrenAsync(document, last, cancellation).ConfigureAwait(false);
        }

        foreach (var (root, names) in tagged)
        {
            foreach (var tag in names.Select(name => name.Tag).OfType<string>().Distinct())
            {
                await PutAsync(_documents[root], tag, cancellation).ConfigureAwait(false);
                verbose?.Invoke($"'{client.Name}:{tag}' is {root}.");
            }
        }
    }

    private async Task WriteWithChildrenAsync(ManifestDocument document, HashSet<Digest> last, CancellationToken cancellation)
    {
        if (!_written.Add(document.Digest))
        {
            return;
        }

        foreach (var child in (document as ImageIndex)?.Manifests ?? [])
        {
            if (_documents.TryGetValue(child.Digest, out var present))
            {
                await WriteWithChildrenAsync(present, last, cancellation).ConfigureAwait(false);
            }
        }

        if (!last.Contains(document.Digest))
        {
            await PutAsync(document, document.Digest.ToString(), cancellation).ConfigureAwait(false);
        }
    }

    private async Task PutAsync(ManifestDocument document, string reference, CancellationToken cancellation) =>
        await client.PutManifestAsync(document, reference, cancellation).ConfigureAwait(false);
}
