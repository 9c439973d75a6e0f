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
/// something after all that, and what gets a tag last, so that no tag leads to what is not whole. A registry that takes no
/// manifests of OCI's gets Docker's.
/// </summary>
/// <param name="client">The repository.</param>
/// <param name="verbose">Told what was done; null for nobody.</param>
internal sealed class ManifestPush(RegistryClient client, Action<string>? verbose)
{
    private readonly ReferrersTag _referrers = new(client, verbose);
    private Dictionary<Digest, ManifestDocument> _documents = [];
    private List<ManifestDocument> _order = [];
    private List<(Digest Root, IReadOnlyList<ImageReference> Names)> _roots = [];

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

    /// <summary>The manifests of the images.</summary>
    public IEnumerable<ImageManifest> Images => _order.OfType<ImageManifest>().Where(manifest => manifest.IsImage);

    /// <summary>Writes all of it.</summary>
    /// <exception cref="ContainerImageException">Any Registry*; ContentMismatch; UnsupportedConversion.</exception>
    public async Task WriteAsync(CancellationToken cancellation)
    {
        try
        {
            await WriteAllAsync(cancellation).ConfigureAwait(false);
        }
        catch (RegistryException e) when (IsOfType(e) && _order.Any(document => !MediaTypes.IsDocker(document.MediaType)))
        {
            verbose?.Invoke($"{e.Message} Docker's manifests are tried instead.");
            ConvertToDocker(e);
            try
            {
                await WriteAllAsync(cancellation).ConfigureAwait(false);
            }
            catch (RegistryException again) when (IsOfType(again))
            {
                // Then it was not their kind.
                throw e;
            }
        }
    }

    private async Task WriteAllAsync(CancellationToken cancellation)
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
        HashSet<Digest> done = [.. tagged.Select(root => root.Root)];
        foreach (var document in _order.OrderBy(document => document.Subject is not null).SelectMany(WithChildren).Where(document => done.Add(document.Digest)))
        {
            await PutAsync(document, document.Digest.ToString(), cancellation).ConfigureAwait(false);
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

    private IEnumerable<ManifestDocument> WithChildren(ManifestDocument document)
    {
        foreach (var child in (document as ImageIndex)?.Manifests ?? [])
        {
            foreach (var present in _documents.TryGetValue(child.Digest, out var found) ? WithChildren(found) : [])
            {
                yield return present;
            }
        }

        yield return document;
    }

    private async Task PutAsync(ManifestDocument document, string reference, CancellationToken cancellation)
    {
        try
        {
            if (!await client.PutManifestAsync(document, reference, cancellation).ConfigureAwait(false) && document.Subject is not null)
            {
                await _referrers.AddAsync(document, cancellation).ConfigureAwait(false);
            }
        }
        catch (RegistryException e) when (e.Status is 400 or 404 or 500 && (document as ImageManifest)?.Layers.FirstOrDefault(layer => layer.IsForeign) is { } foreign)
        {
            throw new RegistryException(
                e.Error, $"{e.Message} Layer {foreign.Digest} is not to be distributed, and so was not pushed; the registry has to allow for its address.", e)
            {
                Status = e.Status,
                Code = e.Code,
            };
        }
    }

    // By the status of HTTP, or as older registries say it: that they cannot make sense of it.
    private static bool IsOfType(RegistryException e) => e.Status == 415 || (e.Status is 400 or 404 or 405 && e.Code is "MANIFEST_INVALID" or "UNSUPPORTED");

    // The config stays, and with it the image's ID.
    private void ConvertToDocker(RegistryException refusal)
    {
        if (_order.Any(document => document.Subject is not null) || _roots.Any(root => root.Names.Any(name => name.Digest is not null)))
        {
            throw Unsupported(refusal, "and digests must stay, as something refers to them", null);
        }

        Dictionary<Digest, ManifestDocument> converted = [];
        try
        {
            foreach (var document in _order.SelectMany(WithChildren).Where(document => !converted.ContainsKey(document.Digest)).ToList())
            {
                converted[document.Digest] = document is ImageManifest manifest
                    ? ManifestConversion.ToDocker(manifest)
                    : ManifestEdit.WithManifests(
                        (ImageIndex)document, converted.ToDictionary(pair => pair.Key, pair => pair.Value.ToDescriptor()), MediaTypes.DockerManifestList);
            }
        }
        catch (ContainerImageException e) when (e.Error == ImageError.UnsupportedConversion)
        {
            throw Unsupported(refusal, $"and they cannot be made Docker's: {e.Message.TrimEnd('.')}", e);
        }

        _roots = _roots.Select(root => (converted[root.Root].Digest, root.Names)).ToList();
        _order = [.. converted.Values];
        _documents = _order.GroupBy(document => document.Digest).ToDictionary(group => group.Key, group => group.First());
    }

    private ContainerImageException Unsupported(RegistryException refusal, string why, Exception? inner) => new(
        ImageError.UnsupportedConversion, $"'{client.Name}' takes no manifests of OCI's ({refusal.Message.TrimEnd('.')}), {why}.", inner ?? refusal);
}
