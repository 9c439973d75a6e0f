using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>The client against the real registry: everything it does there when nothing goes wrong.</summary>
public sealed class RegistryClientTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly RegistryBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [SkippableFact]
    public async Task What_is_pushed_is_found_and_read_again()
    {
        using var registry = LocalRegistry.Start();
        var client = _bench.Open(registry.Address, isForPush: true);
        var (config, configBytes) = RegistryBench.NewBlob(300);
        var (layer, layerBytes) = RegistryBench.NewBlob(300_000);
        var manifest = RegistryBench.ManifestOf(config, layer);

        Assert.False(await client.HasBlobAsync(layer, None));
        await client.PushBlobAsync(config, Bytes(configBytes), null, 0, null, None);
        await client.PushBlobAsync(layer, Bytes(layerBytes), null, 0, null, None);
        Assert.Null(await client.FindManifestAsync("1", None));
        await client.PutManifestAsync(manifest, "1", None);

        Assert.True(await client.HasBlobAsync(layer, None));
        Assert.False(await client.HasBlobAsync(new Descriptor(layer.MediaType, layer.Digest, layer.Size + 1), None));
        Assert.Equal(layerBytes, RegistryBench.ReadAll(client.OpenBlob(layer, 0, None)));
        Assert.Equal(layerBytes[1000..], RegistryBench.ReadAll(client.OpenBlob(layer, 1000, None)));
        var found = await client.FindManifestAsync("1", None);
        Assert.Equal((manifest.MediaType, manifest.Digest, (long)manifest.Bytes.Length), (found!.MediaType, found.Digest, found.Size));
        Assert.Equal(manifest.Bytes, (await client.GetManifestAsync("1", None)).Bytes);
        Assert.Equal(manifest.Bytes, (await client.GetManifestAsync(manifest.Digest.ToString(), None)).Bytes);
    }

    [SkippableFact]
    public async Task Tags_and_repositories_are_listed()
    {
        using var registry = LocalRegistry.Start();
        var client = _bench.Open(registry.Address, isForPush: true);
        var (config, bytes) = RegistryBench.NewBlob(10);
        await client.PushBlobAsync(config, Bytes(bytes), null, 0, null, None);
        foreach (var tag in new[] { "1", "2", "latest" })
        {
            await client.PutManifestAsync(RegistryBench.ManifestOf(config), tag, None);
        }

        Assert.Equal(["1", "2", "latest"], (await ReadAsync(client.ListTags())).Order());
        Assert.Equal(["team/app"], await ReadAsync(client.ListRepositories()));
        await RegistryBench.FailsAsync(ImageError.RemoteImageNotFound, () => ReadAsync(_bench.Open(registry.Address, "no/such").ListTags()));
    }

    [SkippableFact]
    public async Task A_blob_is_mounted_from_another_repository_and_sent_where_it_is_not_there()
    {
        using var registry = LocalRegistry.Start();
        var (blob, bytes) = RegistryBench.NewBlob(5000);
        RegistryBench.Seed(registry, "team/base", bytes);
        var client = _bench.Open(registry.Address, isForPush: true);

        Assert.Null(await client.MountBlobAsync(blob.Digest, "team/base", None));
        Assert.True(await client.HasBlobAsync(blob, None));

        var (other, otherBytes) = RegistryBench.NewBlob(5000);
        var begun = await client.MountBlobAsync(other.Digest, "team/base", None);
        await client.PushBlobAsync(other, Bytes(otherBytes), begun, 0, null, None);
        Assert.Equal(otherBytes, RegistryBench.ReadAll(client.OpenBlob(other, 0, None)));
    }

    [SkippableFact]
    public async Task A_blob_is_sent_in_chunks_and_as_a_stream_of_unknown_length()
    {
        using var registry = LocalRegistry.Start();
        var client = _bench.Open(registry.Address, isForPush: true);
        var (blob, bytes) = RegistryBench.NewBlob(100_001);
        var progress = new Sum();

        await client.PushBlobAsync(blob, Bytes(bytes), null, chunkSize: 30_000, progress, None);

        Assert.Equal(bytes, RegistryBench.ReadAll(client.OpenBlob(blob, 0, None)));
        Assert.Equal(bytes.Length, progress.Value);

        var (streamed, streamedBytes) = RegistryBench.NewBlob(70_000);
        var upload = await client.StartUploadAsync(None);
        await upload.AppendAsync(stream => stream.Write(streamedBytes, 0, streamedBytes.Length), None);
        Assert.Equal(70_000, upload.Offset);
        await upload.CompleteAsync(streamed.Digest, null, 0, null, None);
        Assert.Equal(streamedBytes, RegistryBench.ReadAll(client.OpenBlob(streamed, 0, None)));
    }

    [SkippableFact]
    public async Task An_upload_that_is_given_up_is_gone()
    {
        using var registry = LocalRegistry.Start();
        var client = _bench.Open(registry.Address, isForPush: true);
        var upload = await client.StartUploadAsync(None);
        await upload.AppendAsync(() => new MemoryStream(new byte[1000]), 1000, null, None);
        Assert.True(await upload.FindOffsetAsync(None));
        Assert.Equal(1000, upload.Offset);

        await upload.CancelAsync();

        Assert.False(await upload.FindOffsetAsync(None));
    }

    [SkippableFact]
    public async Task A_blob_of_another_digest_than_was_said_is_refused_by_the_registry_and_not_left_there()
    {
        using var registry = LocalRegistry.Start();
        var client = _bench.Open(registry.Address, isForPush: true);
        var (blob, _) = RegistryBench.NewBlob(1000);

        var error = await RegistryBench.FailsAsync(
            ImageError.RegistryProtocol, () => client.PushBlobAsync(blob, Bytes(new byte[1000]), null, 0, null, None));

        Assert.Contains("DIGEST_INVALID", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{registry.Address}/team/app", error.Message, StringComparison.Ordinal);
        Assert.False(await client.HasBlobAsync(blob, None));
    }

    [SkippableFact]
    public async Task Referrers_are_found_by_the_tag_of_a_registry_without_lists_of_them()
    {
        using var registry = LocalRegistry.Start();
        var client = _bench.Open(registry.Address, isForPush: true);
        var (config, bytes) = RegistryBench.NewBlob(10);
        await client.PushBlobAsync(config, Bytes(bytes), null, 0, null, None);
        var subject = RegistryBench.ManifestOf(config);
        Assert.Empty(await client.ListReferrersAsync(subject.Digest, null, None));
        var signature = RegistryBench.ManifestOf(config, config);
        await client.PutManifestAsync(signature, "signature", None);
        var index = ManifestDocument.Parse(
            Encoding.UTF8.GetBytes($$"""
                {"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{"mediaType":"{{signature.MediaType}}",
                "digest":"{{signature.Digest}}","size":{{signature.Bytes.Length}},"artifactType":"application/x.signature"}]}
                """),
            null,
            "the index");
        await client.PutManifestAsync(index, RegistryClient.FallbackTag(subject.Digest), None);

        Assert.Equal(signature.Digest, Assert.Single(await client.ListReferrersAsync(subject.Digest, null, None)).Digest);
        Assert.Single(await client.ListReferrersAsync(subject.Digest, "application/x.signature", None));
        Assert.Empty(await client.ListReferrersAsync(subject.Digest, "application/x.other", None));
    }

    [SkippableFact]
    public async Task What_is_not_there_is_not_found_with_the_registrys_own_words()
    {
        using var registry = LocalRegistry.Start();
        var client = _bench.Open(registry.Address);

        var error = await RegistryBench.FailsAsync(ImageError.RemoteImageNotFound, () => client.GetManifestAsync("1", None));

        Assert.Equal(
            $"Reading manifest '1' of '{registry.Address}/team/app' failed: {registry.Address} answered 404 Not Found (MANIFEST_UNKNOWN: manifest unknown).",
            error.Message);
    }

    [SkippableFact]
    public async Task What_is_done_is_said()
    {
        using var registry = LocalRegistry.Start();

        await _bench.Open(registry.Address).FindManifestAsync("1", None);

        Assert.Contains($"GET /v2/ at {registry.Address}: 200 OK", _bench.Said);
        Assert.Contains($"HEAD /v2/team/app/manifests/1 at {registry.Address}: 404 NotFound", _bench.Said);
    }

    private static Func<long, Stream> Bytes(byte[] bytes) => offset => new MemoryStream(bytes, (int)offset, bytes.Length - (int)offset);

    private static async Task<List<string>> ReadAsync(RegistryList list)
    {
        var names = new List<string>();
        while (await list.ReadPageAsync(None) is { } page)
        {
            names.AddRange(page);
        }

        return names;
    }

    private sealed class Sum : IProgress<long>
    {
        public long Value { get; private set; }

        public void Report(long value) => Value += value;
    }
}
