using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Interop;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>Looking into the real registry without pulling.</summary>
public sealed class RemoteSearchTests : IDisposable
{
    private readonly PullBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [SkippableFact]
    public async Task The_tags_of_a_repository_are_found_all_or_by_a_pattern()
    {
        foreach (var tag in new[] { "1.0", "1.1", "2.0", "latest" })
        {
            await _bench.PushAsync(TestImage.Of("a"), tag);
        }

        var repository = $"{_bench.Proxy.Address}/team/app";
        Assert.Equal(["1.0", "1.1", "2.0", "latest"], Find(repository).Select(image => image.Tag).Order());
        Assert.Equal([$"{repository}:1.0", $"{repository}:1.1"], Find($"{repository}:1.*").Select(image => image.Reference).Order());
        Assert.Equal([$"{repository}:latest"], Find($"docker://{repository}:L?test").Select(image => image.Reference));
        Assert.Empty(Find($"{repository}:3*"));
        var first = Find(repository)[0];
        Assert.Equal((_bench.Proxy.Address, "team/app", null, null), (first.Registry, first.Repository, first.Digest, first.Size));
        Assert.Empty(_bench.Asked("GET", "/manifests/"));
    }

    [SkippableFact]
    public async Task A_literal_is_there_or_it_is_an_error()
    {
        var image = TestImage.Of("a");
        await _bench.PushAsync(image);

        var found = Assert.Single(Find(_bench.Name));
        Assert.Equal((_bench.Name, image.Digest.ToString(), MediaTypes.OciManifest), (found.Reference, found.Digest, found.MediaType));
        var byDigest = Assert.Single(Find($"{_bench.Proxy.Address}/team/app@{image.Digest}"));
        Assert.Null(byDigest.Tag);
        Assert.Equal($"{_bench.Proxy.Address}/team/app@{image.Digest}", byDigest.Reference);

        Refuses(ImageError.RemoteImageNotFound, $"{_bench.Proxy.Address}/team/app:2");
        Refuses(ImageError.RemoteImageNotFound, $"{_bench.Proxy.Address}/team/none");
        Refuses(ImageError.RemoteImageNotFound, $"{_bench.Proxy.Address}/team/none:*");
    }

    [SkippableTheory]
    [InlineData("registry.example.com/team/*")]
    [InlineData("registry.example.com/*:1")]
    [InlineData("registry.example.com/app:[1")]
    [InlineData("Registry.example.com/App")]
    [InlineData("oci:./folder")]
    public void Names_that_mean_no_repository_are_refused(string text) => Refuses(ImageError.InvalidReference, text);

    [SkippableFact]
    public async Task Repositories_are_listed()
    {
        foreach (var repository in new[] { "team/app", "team/base", "other" })
        {
            await _bench.PushAsync(TestImage.Of("a"), repository: repository);
        }

        Assert.Equal(["other", "team/app", "team/base"], List().Select(image => image.Repository));
        Assert.Equal([$"{_bench.Proxy.Address}/team/app", $"{_bench.Proxy.Address}/team/base"], List("team/*").Select(image => image.Reference));
        Assert.Equal(["other"], List("OTHER", "none*").Select(image => image.Repository));
        Assert.Null(List()[0].Tag);
    }

    [SkippableFact]
    public async Task Search_registries_are_tried_in_order_and_each_failure_is_told()
    {
        await _bench.PushAsync(TestImage.Of("a"));
        using var empty = FaultProxy.Start(_bench.Registry.Address);
        empty.Answer("GET", "/tags/", new ServerReply(404), times: 10);
        _bench.RegistriesConf = $"unqualified-search-registries = ['{empty.Address}', '{_bench.Proxy.Address}']";

        Assert.Equal([_bench.Name], Find("team/app").Select(image => image.Reference));
        var error = Refuses(ImageError.RemoteImageNotFound, "team/none");
        Assert.Equal(2, error.Candidates.Count);
    }

    [SkippableFact]
    public async Task A_name_that_reads_as_a_host_is_what_the_configuration_says()
    {
        await _bench.PushAsync(TestImage.Of("a"));
        Assert.EndsWith("lists its repositories.", Refuses(ImageError.InvalidReference, "my.app:1").Message, StringComparison.Ordinal);

        _bench.RegistriesConf = $"[aliases]\n'my.app' = '{_bench.Proxy.Address}/team/app'";

        Assert.Equal(_bench.Name, Assert.Single(Find("my.app:1")).Reference);
        Assert.Equal(_bench.Name, Assert.Single(Find("my.app")).Reference);
    }

    [SkippableTheory]
    [InlineData(InteropSources.GzipLayout)]
    [InlineData(InteropSources.MultiPlatform)]
    public void Details_are_those_that_skopeo_tells(string source)
    {
        var export = InteropSources.Get(source);
        using var bench = new Workbench();
        var name = $"{_bench.Registry.Address}/team/app:1";
        bench.Peers.Skopeo("copy", "--all", "--preserve-digests", "--dest-tls-verify=false", $"oci:{export.Path}", $"docker://{name}");

        var details = Assert.Single(Describe(_bench.Name));

        var wanted = InteropSources.ForThisHost(export);
        var inspected = bench.Peers.Skopeo("inspect", "--tls-verify=false", $"docker://{name}").Json;
        Assert.Equal(inspected.GetProperty("Digest").GetString(), details.Digest);
        Assert.Equal(inspected.GetProperty("Created").GetDateTimeOffset(), details.Created);
        var sizes = wanted.Manifest.GetProperty("layers").EnumerateArray().Append(wanted.Manifest.GetProperty("config"))
            .DistinctBy(blob => blob.GetProperty("digest").GetString())
            .Sum(blob => blob.GetProperty("size").GetInt64());
        Assert.Equal(sizes + wanted.ManifestBytes.Length, details.Size);
        Assert.Equal(
            export.Images.Select(image => $"linux/{image.Config.GetProperty("architecture").GetString()}"),
            details.Platforms!.Select(platform => string.Join('/', platform.Split('/')[..2])));
    }

    [SkippableFact]
    public async Task What_cannot_be_described_is_told_beside_what_can()
    {
        await _bench.PushAsync(TestImage.Of("a"), "1");
        await _bench.PushAsync(TestImage.Of("b"), "2");
        await _bench.PushAsync(new TestIndex(TestImage.Of("c")) { Edit = index => index["manifests"]![0]!.AsObject().Remove("platform") }, "3");
        _bench.Proxy.Answer("GET", "/manifests/2", new ServerReply(200, "{\"schemaVersion\":1}"));

        var described = Describe($"{_bench.Proxy.Address}/team/app", out var errors).OrderBy(image => image.Tag).ToList();

        Assert.Equal(["1", "3"], described.Select(image => image.Tag));
        Assert.All(described, image => Assert.Equal(["linux/amd64"], image.Platforms));
        Assert.Equal(ImageError.UnsupportedContent, Assert.Single(errors).Error);

        // Their configs, and no layer.
        Assert.Equal(2, _bench.Asked("GET", "/blobs/").Count);
    }

    private List<RemoteImage> Find(string text)
    {
        using var access = _bench.Access();
        return ReadAll(new RemoteSearch(access, default).Find(text));
    }

    private List<RemoteImage> List(params string[] patterns)
    {
        using var access = _bench.Access();
        return ReadAll(new RemoteSearch(access, default).ListRepositories(_bench.Proxy.Address, patterns));
    }

    private List<RemoteImage> Describe(string text) => Describe(text, out _);

    private List<RemoteImage> Describe(string text, out List<ContainerImageException> errors)
    {
        using var access = _bench.Access();
        var pages = new RemoteSearch(access, default).Find(text);
        var described = new RemoteDetails(pages.Client, new CopyOptions { ThrottleLimit = 2 }).Describe(ReadAll(pages));
        errors = described.Select(pair => pair.Error).OfType<ContainerImageException>().ToList();
        return described.Where(pair => pair.Error is null).Select(pair => pair.Image).ToList();
    }

    private static List<RemoteImage> ReadAll(RemotePages pages)
    {
        var all = new List<RemoteImage>();
        while (pages.Read() is { } page)
        {
            all.AddRange(page);
        }

        return all;
    }

    private ContainerImageException Refuses(ImageError error, string text)
    {
        var thrown = Assert.ThrowsAny<ContainerImageException>(() => Find(text));
        Assert.Equal(error, thrown.Error);
        return thrown;
    }
}
