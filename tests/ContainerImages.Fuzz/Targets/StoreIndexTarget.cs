using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Fuzz.Mutation;
using ContainerImages.Store;

namespace ContainerImages.Fuzz.Targets;

/// <summary>A store's index.json, of which other tools write some: what is listed of it, and how it is changed.</summary>
internal sealed class StoreIndexTarget : FuzzTarget
{
    private const string NewName = "docker.io/library/new:1";

    private readonly BlobStore _none = new(new StorePaths(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))), StoreSystem.Current);

    public override string Name => "index";

    public override string Purpose => "a store's index.json: listing it, and changing it";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        "manifests", "mediaType", "digest", "size", "annotations", IndexEntry.NameAnnotation, RootSummary.Annotation, MediaTypes.OciManifest, "sha256:",
        "1 ", "2 ", ";i = oci", ";a = ", ";x = ", "linux/amd64", "%", "-", "?", "=", ":9223372036854775807", "9223372036854775807", "\\ud800", "\\u0000", "\ufeff");

    public override byte[] Mutate(byte[] input, Mutator mutator) => mutator.MutateJson(input, Tokens);

    public override void Run(byte[] input)
    {
        StoreIndex? index = null;
        if (!Documented.Try(() => index = StoreIndex.Parse(input, "index.json"), ImageError.StoreInvalid))
        {
            return;
        }

        var snapshot = new StoreSnapshot(index!, _none);
        foreach (var root in snapshot.Roots.ToList())
        {
            foreach (var image in root.Present)
            {
                _ = (image.Size, image.Created?.UtcDateTime, image.Platform, snapshot.NamesOf(image.Id), snapshot.ParentOf(image), snapshot.ChildrenOf(image).Count());
            }

            var summary = root.Summary.Encode();
            Documented.Require(RootSummary.Decode(summary, root.Digest)?.Encode() == summary, "A summary is read as another than it was written for.");
        }

        Change(snapshot, editor => editor.SetName(NewName, snapshot.Roots.FirstOrDefault()?.Descriptor ?? new Descriptor("", Digest.Compute([]), 0), null));
        Change(snapshot, editor => snapshot.Names.ToList().ForEach(name => editor.RemoveName(name)));
        Change(snapshot, editor => snapshot.Roots.ToList().ForEach(root => editor.SetSummary(root.Summary)));
        Change(snapshot, editor => snapshot.Roots.ToList().ForEach(root => editor.RemoveRoot(root.Digest)));
    }

    private static void Change(StoreSnapshot snapshot, Action<IndexEditor> change)
    {
        var editor = new IndexEditor(snapshot);
        change(editor);
        var again = StoreIndex.Parse(snapshot.Index.Rewrite(editor.Entries), "index.json");
        Documented.Require(
            again.Entries.Select(entry => (entry.Root.Digest, entry.Name)).SequenceEqual(editor.Entries.Select(entry => (entry.Root.Digest, entry.Name))),
            "The index is read as another than it was written for.");
    }
}
