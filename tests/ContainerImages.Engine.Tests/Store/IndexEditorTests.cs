using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>Many changes of an index in one commit, held against a plain account of names and roots.</summary>
public class IndexEditorTests
{
    private static readonly Descriptor[] _roots =
        [.. Enumerable.Range(0, 6).Select(i => new Descriptor(MediaTypes.OciManifest, Digest.Compute([(byte)i]), 1))];

    [Fact]
    public void Whatever_is_named_unnamed_added_and_removed_every_root_that_is_left_is_there_with_its_names()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var editor = new IndexEditor(new StoreSnapshot(StoreIndex.Empty, new NoBlobs()));
            Dictionary<string, Digest> names = [];
            HashSet<Digest> there = [];
            for (var step = 0; step < 40; step++)
            {
                var root = _roots[random.Next(_roots.Length)];
                var name = $"docker.io/library/n:{random.Next(8)}";
                switch (random.Next(5))
                {
                    case 0 or 1:
                        Digest? holder = names.TryGetValue(name, out var digest) && digest != root.Digest ? digest : null;
                        Assert.Equal(holder, editor.SetName(name, root, null));
                        names[name] = root.Digest;
                        there.Add(root.Digest);
                        break;
                    case 2:
                        Assert.Equal(names.Remove(name), editor.RemoveName(name));
                        break;
                    case 3:
                        editor.AddRoot(root, null);
                        there.Add(root.Digest);
                        break;
                    default:
                        editor.RemoveRoot(root.Digest);
                        there.Remove(root.Digest);
                        names.Where(pair => pair.Value == root.Digest).ToList().ForEach(pair => names.Remove(pair.Key));
                        break;
                }

                Assert.Equal(names.OrderBy(pair => pair.Key), Named(editor).OrderBy(pair => pair.Key));
                Assert.Equal(
                    there.Except(names.Values).Select(d => $"{d}").Order(),
                    editor.Entries.Where(entry => entry.Name is null).Select(entry => $"{entry.Root.Digest}").Order());
            }
        }
    }

    [Fact]
    public void A_name_that_another_tool_gave_to_several_is_taken_from_all()
    {
        var entries = _roots.Take(3).Append(_roots[0]).Select(root => IndexEntry.Create(root, "docker.io/library/n:1", null));
        var editor = new IndexEditor(new StoreSnapshot(Parse([.. entries]), new NoBlobs()));

        Assert.True(editor.RemoveName("docker.io/library/n:1"));

        Assert.Equal(_roots.Take(3).Select(root => $"{root.Digest}").Order(), editor.Entries.Select(entry => $"{entry.Root.Digest}").Order());
        Assert.All(editor.Entries, entry => Assert.Null(entry.Name));
    }

    private static StoreIndex Parse(IReadOnlyList<IndexEntry> entries) =>
        StoreIndex.Parse(StoreIndex.Empty.Rewrite(entries), "index.json");

    private static IEnumerable<KeyValuePair<string, Digest>> Named(IndexEditor editor) => editor.Entries
        .Where(entry => entry.Name is not null)
        .Select(entry => KeyValuePair.Create(entry.Name!, entry.Root.Digest));

    private sealed class NoBlobs : IBlobReader
    {
        public IStoreSystem System => StoreSystem.Current;

        public string? Find(Digest digest, long size) => null;
    }
}
