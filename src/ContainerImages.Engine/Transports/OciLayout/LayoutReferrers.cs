using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// What in a layout refers to another manifest or index of it (OCI's <c>subject</c>) and has no name: it goes where that goes,
/// and is no image of the layout by itself.
/// </summary>
internal sealed class LayoutReferrers
{
    private readonly Func<Descriptor, ManifestDocument?> _read;
    private readonly Dictionary<Digest, List<Descriptor>> _bySubject = [];
    private long _bytesRead;

    /// <param name="roots">What the layout's index names.</param>
    /// <param name="read">Reads a manifest or index; null where it is not there.</param>
    public LayoutReferrers(IReadOnlyList<SourceRoot> roots, Func<Descriptor, ManifestDocument?> read)
    {
        _read = read;
        var waiting = roots
            .Where(root => root.Names.Count == 0)
            .Select(root => (Root: root, Subject: SubjectOf(root.Descriptor!)))
            .Where(pair => pair.Subject is not null)
            .ToLookup(pair => pair.Subject!.Value, pair => pair.Root);
        if (waiting.Count == 0)
        {
            Images = roots;
            return;
        }

        // From what refers to nothing to what refers to it, and so on; the rest refers to nothing that is here.
        HashSet<SourceRoot> attached = [.. waiting.SelectMany(group => group)];
        var documents = new Queue<Digest>(roots.Where(root => !attached.Contains(root)).SelectMany(root => DocumentsOf(root.Descriptor!)));
        attached.Clear();
        while (documents.Count > 0)
        {
            var subject = documents.Dequeue();
            foreach (var root in waiting[subject].Where(attached.Add))
            {
                if (!_bySubject.TryGetValue(subject, out var referrers))
                {
                    _bySubject.Add(subject, referrers = []);
                }

                referrers.Add(root.Descriptor!);
                DocumentsOf(root.Descriptor!).ToList().ForEach(documents.Enqueue);
            }
        }

        Images = roots.Where(root => !attached.Contains(root)).ToList();
    }

    /// <summary>The roots that refer to nothing here, in the layout's order.</summary>
    public IReadOnlyList<SourceRoot> Images { get; }

    /// <summary>What refers to a document.</summary>
    public IReadOnlyList<Descriptor> Of(Digest subject) => _bySubject.TryGetValue(subject, out var referrers) ? referrers : [];

    private Digest? SubjectOf(Descriptor descriptor) => Read(descriptor)?.Subject?.Digest;

    private IEnumerable<Digest> DocumentsOf(Descriptor root)
    {
        List<ImageIndex> indexes = [];
        try
        {
            return RootWalk.Manifests(root, Read, indexes)
                .Select(pair => pair.Descriptor.Digest)
                .Concat(indexes.Select(index => index.Digest));
        }
        catch (ContainerImageException)
        {
            return [root.Digest];
        }
    }

    // Who copies the root says what is wrong with it, and within which limits.
    private ManifestDocument? Read(Descriptor descriptor)
    {
        try
        {
            var document = _bytesRead < Limits.Manifests ? _read(descriptor) : null;
            _bytesRead += document?.Bytes.Length ?? 0;
            return document;
        }
        catch (ContainerImageException)
        {
            return null;
        }
    }
}
