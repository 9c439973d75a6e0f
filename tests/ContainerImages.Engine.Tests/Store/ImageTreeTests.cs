using System;
using System.Linq;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Engine.Tests.Verification;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

public sealed class ImageTreeTests : IDisposable
{
    private static readonly TestImage[] _images = [.. "abc".Select(name => TestImage.Of($"{name}", $"docker.io/library/{name}:1"))];

    private readonly TestStore _test = new();

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("ABC", "0 a, 1 b, 2 c")]
    [InlineData("AC", "0 a, 1 c")]
    [InlineData("C", "0 c")]
    public void Images_that_claim_to_be_built_on_each_other_are_all_shown(string chosen, string tree)
    {
        _test.Store.Import(_images);
        var (first, second, third) = (new string('1', ManifestSummary.ShortHash), new string('2', ManifestSummary.ShortHash), new string('3', ManifestSummary.ShortHash));
        var claims = new (string History, string Parent)[] { (first, second), (second, first), (third, second) };
        var summaries = _images.Select((image, i) => Summary(image) with
        {
            TopChain = _images[0].Digest.Hex,
            History = claims[i].History,
            ParentHistory = claims[i].Parent,
        }).ToList();
        _test.Store.EditIndex(roots =>
        {
            for (var i = 0; i < roots.Count; i++)
            {
                roots[i]!["annotations"]![RootSummary.Annotation] = new RootSummary(_images[i].Digest, null, [summaries[i]]).Encode();
            }
        });

        var snapshot = _test.Store.ReadSnapshot();
        var matches = new ImageResolver(snapshot, null, null).All()
            .Where(match => chosen.Contains(char.ToUpperInvariant(match.Root.Names[0]["docker.io/library/".Length])))
            .OrderBy(match => match.Root.Names[0], StringComparer.Ordinal)
            .ToList();

        Assert.Equal(tree, string.Join(", ", ImageTree.Of(_test.Store, snapshot, matches).Select(image => $"{image.Depth} {image.Reference![18]}")));
    }

    private ManifestSummary Summary(TestImage image) =>
        RootSummary.Decode(_test.Store.ReadSnapshot().FindRoot(image.Digest)!.SummaryText, image.Digest)!.Manifests[0];
}
