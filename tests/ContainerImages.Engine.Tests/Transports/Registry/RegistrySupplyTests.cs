using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Verification;
using ContainerImages.References;
using ContainerImages.Transports;
using ContainerImages.Verification;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>A store is mended out of a registry: which blobs are asked for, and what becomes of registries that cannot be asked.</summary>
public sealed class RegistrySupplyTests : IDisposable
{
    private static readonly TestImage _image = new(TestLayer.Of("gzip", Compression.Gzip), TestLayer.Of("plain"));

    private readonly PullBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [SkippableFact]
    public async Task Exactly_the_bad_blobs_are_fetched_by_their_digests()
    {
        await PullAsync(_image);
        var before = _bench.Store.Files();
        _bench.Store.Damage(_image.Id);
        File.Delete(_bench.Store.Paths.Blob(_image.Layers[0].Digest));
        var asked = _bench.Proxy.Requests.Count;

        var (done, flaws, errors) = Repair();

        Assert.Equal(new[] { _image.Id.ShortId, _image.Layers[0].Digest.ShortId }.Order(), done.Select(line => line.Split(' ')[0]).Order());
        Assert.All(done, line => Assert.EndsWith($"{_bench.Proxy.Address}/team/app", line, StringComparison.Ordinal));
        Assert.All(flaws, flaw => Assert.True(flaw.Finding.Repaired));
        Assert.Empty(errors);
        Assert.Equal(before, _bench.Store.Files());
        Assert.Equal(
            new[] { _image.Id, _image.Layers[0].Digest }.Select(digest => digest.ToString()).Order(),
            _bench.Proxy.Requests.Skip(asked).Where(request => request.Path.Contains("/blobs/", StringComparison.Ordinal)).Select(request => request.Path.Split('/')[^1]).Order());
        Assert.DoesNotContain(_bench.Proxy.Requests.Skip(asked), request => request.Path.Contains("/manifests/", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Manifests_and_indexes_come_back_and_what_they_need_too()
    {
        var index = new TestIndex(_image, new TestImage(TestLayer.Of("arm")) { Architecture = "arm64" });
        await _bench.PushAsync(index);
        _bench.Pull(new PullRequest(_bench.Name) { AllPlatforms = true });
        var before = _bench.Store.Files();
        Directory.EnumerateFiles(_bench.Store.Paths.Blobs, "*", SearchOption.AllDirectories).ToList().ForEach(File.Delete);

        Repair();

        Assert.Equal(before, _bench.Store.Files());
        Assert.Empty(_bench.Store.Verify().Flaws);
    }

    [SkippableFact]
    public async Task A_repository_that_is_named_is_asked_for_the_blobs_of_any_image()
    {
        await _bench.PushAsync(_image);
        _bench.Store.Import(_image.Named("localhost/mine:1"));
        _bench.Store.Damage(_image.Layers[1].Digest);
        Assert.Empty(Repair().Done);

        var (done, _, _) = Repair(_bench.Name);

        Assert.Single(done);
        Assert.Empty(_bench.Store.Verify().Flaws);
    }

    [SkippableFact]
    public async Task What_the_registry_has_not_or_has_otherwise_stays_bad()
    {
        await _bench.PushAsync(_image);
        var other = TestImage.Of("other", _bench.Name);
        _bench.Store.Import(other);
        _bench.Store.Damage(other.Layers[0].Digest);
        _bench.Store.Damage(other.Digest);

        var (done, flaws, errors) = Repair();

        Assert.NotEmpty(done);
        Assert.All(flaws, flaw => Assert.Equal((false, "none of the sources has it"), (flaw.Finding.Repaired, flaw.WhyOpen)));
        Assert.Empty(errors);
    }

    [SkippableFact]
    public void A_registry_that_cannot_be_asked_is_one_error_for_all_its_blobs()
    {
        // Nobody listens there.
        _bench.Store.Import(_image.Named("127.0.0.1:1/team/app:1"));
        _bench.Store.Damage(_image.Id);
        _bench.Store.Damage(_image.Layers[0].Digest);
        _bench.Store.Damage(_image.Layers[1].Digest);

        var (_, flaws, errors) = Repair();

        Assert.All(flaws, flaw => Assert.False(flaw.Finding.Repaired));
        var error = Assert.Single(errors);
        Assert.Equal(("127.0.0.1:1/team/app", ImageError.RegistryUnreachable), (error.Key, error.Value.Error));
    }

    [Fact]
    public void Only_names_of_registries_lead_to_one() => Assert.Equal(
        ["docker.io/library/a", "127.0.0.1:5000/b/c"],
        RegistrySupply.RepositoriesOf(["docker.io/library/a:1", "docker.io/library/a:2", "localhost/x:1", "127.0.0.1:5000/b/c:1", "Not a name"])
            .Select(repository => repository.ToString()));

    private async Task PullAsync(TestImage image)
    {
        await _bench.PushAsync(image);
        _bench.Pull();
    }

    /// <summary>Repairs out of a repository, or out of those that the images are named after.</summary>
    private (IReadOnlyList<string> Done, IReadOnlyList<RepairedFlaw> Flaws, IReadOnlyDictionary<string, ContainerImageException> Errors) Repair(
        string? from = null)
    {
        using var access = _bench.Access();
        var options = new CopyOptions { ThrottleLimit = 1 };
        var done = new List<string>();
        using var repair = new StoreRepair(_bench.Store);
        repair.Begin(options);
        var repositories = from is null ? RegistrySupply.RepositoriesOf(repair.WantedBlobs.SelectMany(blob => blob.Names)) : [ImageReference.Parse(from)];
        foreach (var repository in repositories)
        {
            repair.AddSupply(_ => new RegistrySupply(access, repository, isForAll: from is not null), options);
        }

        while (repair.OfferBlobs() is { Count: > 0 } offers)
        {
            foreach (var offer in offers)
            {
                offer.IsApproved = true;
                done.Add($"{offer.Blob!.Digest.ShortId} from {offer.SupplyName}");
            }

            repair.Fetch(offers, options);
        }

        var outcome = repair.Commit([], options);
        return (done, outcome, repair.SupplyErrors);
    }
}
