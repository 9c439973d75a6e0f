using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>Indexes within indexes, in circles as far as digests allow, and wider than any image has platforms.</summary>
internal static class IndexCases
{
    private static readonly string _absent = Digest.Compute("absent"u8.ToArray()).ToString();

    public static IEnumerable<HostileCase> All()
    {
        foreach (var depth in new[] { 1, 2, 3, 4 })
        {
            yield return Layout($"indexes {depth} deep", () => [Nest(depth)]);
        }

        foreach (var depth in new[] { 5, 6, 100 })
        {
            yield return Layout($"indexes {depth} deep", () => [Nest(depth)], ImageError.ContentTooLarge);
        }

        yield return Layout("an index of one manifest 1,000 times", () => [Wide(1000, SoundInputs.Image.Digest.ToString(), SoundInputs.Image)]);
        yield return Layout("an index of nothing", () => [new TestIndex()], ImageError.ContentMissing);
        yield return Layout("an index of what is not there", () => [Wide(1, _absent)], ImageError.ContentMissing);
        yield return Layout("an index of 10,000 of which one is there", () => [Wide(9_999, null, SoundInputs.Image)]);
        yield return Layout("an index of 10,001", () => [Wide(10_001, null)], ImageError.ContentTooLarge);
        yield return Layout("an index of itself, as it says", () => [OfItself()]);
        yield return Layout("an index of a config", () => [Wide(1, SoundInputs.Image.Id.ToString(), SoundInputs.Image)]);
        yield return Layout("an index of a layer", () => [Wide(1, SoundInputs.Upper.Digest.ToString(), SoundInputs.Image)]);
        yield return Layout("an index whose children have each other's types", () => [Crossed()]);
        yield return HostileCase.OfArchive("two indexes of each other, under wrong digests", Liars, ImageError.ContentMismatch);
        yield return HostileCase.OfArchive(
            "300 indexes of one index of 1,000", () => Many(300, 1000), ImageError.ContentTooLarge);
        yield return HostileCase.OfArchive("30 indexes of one index of 1,000", () => Many(30, 1000));
    }

    private static HostileCase Layout(string name, System.Func<TestRoot[]> roots, params ImageError[] errors) =>
        HostileCase.OfArchive(name, () => TestArchive.OciLayout(roots()).ToTar(), errors);

    // So many indexes are around the image.
    private static TestRoot Nest(int depth) => Enumerable.Range(0, depth).Aggregate((TestRoot)SoundInputs.Image, (child, _) => new TestIndex(child));

    private static TestIndex Wide(int count, string? digest, params TestRoot[] there) => new(there)
    {
        Edit = index =>
        {
            for (var i = 0; i < count; i++)
            {
                index["manifests"]!.AsArray().Add(new JsonObject
                {
                    ["mediaType"] = MediaTypes.OciManifest,
                    ["digest"] = digest ?? Digest.Compute(Encoding.ASCII.GetBytes($"absent {i}")).ToString(),
                    ["size"] = digest == SoundInputs.Image.Digest.ToString() ? SoundInputs.Image.Bytes.Length : 7,
                });
            }
        },
    };

    private static TestIndex OfItself() => new(SoundInputs.Image)
    {
        Edit = index =>
        {
            var own = Digest.Compute(Encoding.UTF8.GetBytes(index.ToJsonString()));
            index["manifests"]!.AsArray().Add(TestRoot.Describe(MediaTypes.OciIndex, own, 1));
        },
    };

    private static TestIndex Crossed() => new(SoundInputs.Image, new TestIndex(SoundInputs.Arm))
    {
        Edit = index =>
        {
            index["manifests"]![0]!["mediaType"] = MediaTypes.OciIndex;
            index["manifests"]![1]!["mediaType"] = MediaTypes.OciManifest;
        },
    };

    private static byte[] Liars()
    {
        var (a, b) = (Digest.Compute("a"u8.ToArray()), Digest.Compute("b"u8.ToArray()));
        byte[] Of(Digest other) => Encoding.UTF8.GetBytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["manifests"] = new JsonArray(TestRoot.Describe(MediaTypes.OciIndex, other, 250)),
        }.ToJsonString().PadRight(250));
        return TestArchive.OciLayout()
            .Add(TestArchive.BlobPath(a), Of(b))
            .Add(TestArchive.BlobPath(b), Of(a))
            .EditJson("index.json", json => json["manifests"]!.AsArray().Add(TestRoot.Describe(MediaTypes.OciIndex, a, 250)))
            .ToTar();
    }

    private static byte[] Many(int count, int width)
    {
        var shared = Wide(width, null, SoundInputs.Image);
        return TestArchive.OciLayout([.. Enumerable.Range(0, count).Select(i => new TestIndex(shared)
        {
            Edit = index => index["annotations"] = new JsonObject { ["number"] = i.ToString(null, null) },
        })]).ToTar();
    }
}
