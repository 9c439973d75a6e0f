using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Security.Cryptography;
using System.Text.Json;

namespace ContainerImages.Testing;

/// <summary>An image, as skopeo reports it where it lies.</summary>
/// <param name="Id">The digest of its config, 64 hex digits.</param>
/// <param name="Names">The full names it has there, in the order in which they were given.</param>
/// <param name="DiffIds">The digests of its layers' plain tars, from the bottom up, each with its algorithm.</param>
/// <param name="ManifestBytes">The manifest; a docker-archive holds none, so there it is one that skopeo makes up.</param>
/// <param name="ConfigBytes">The config.</param>
public sealed record PeerImage(
    string Id,
    IReadOnlyList<string> Names,
    IReadOnlyList<string> DiffIds,
    byte[] ManifestBytes,
    byte[] ConfigBytes)
{
    /// <summary>The digest of the manifest, with its algorithm.</summary>
    public string Digest => "sha256:" + Hash(ManifestBytes);

    public JsonElement Manifest => JsonElement.Parse(ManifestBytes);

    public JsonElement Config => JsonElement.Parse(ConfigBytes);

    /// <summary>Reads an image by a reference with a transport, as skopeo takes it.</summary>
    internal static PeerImage Read(PeerSandbox peers, string reference, IEnumerable<string> names)
    {
        var manifest = peers.Skopeo("inspect", "--raw", reference).Bytes;
        var config = peers.Skopeo("inspect", "--config", "--raw", reference).Bytes;
        return Create(manifest, config, names);
    }

    /// <summary>Reads one of the images of a multi-platform index.</summary>
    /// <remarks>Here skopeo's <c>--raw</c> prints the index, so the manifest is copied out to be seen.</remarks>
    internal static PeerImage ReadPlatform(PeerSandbox peers, string reference, string architecture, IEnumerable<string> names)
    {
        using var folder = new TempFolder();
        var copy = $"dir:{folder.Combine("copy")}";
        peers.Skopeo("--override-os", "linux", "--override-arch", architecture, "copy", "--preserve-digests", reference, copy);
        return Read(peers, copy, names);
    }

    private static PeerImage Create(byte[] manifest, byte[] config, IEnumerable<string> names)
    {
        var diffIds = JsonElement.Parse(config).GetProperty("rootfs").GetProperty("diff_ids").EnumerateArray();
        return new PeerImage(Hash(config), [.. names], [.. diffIds.Select(diffId => diffId.GetString()!)], manifest, config);
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}

/// <summary>A file or folder that a peer wrote, and the images in it.</summary>
public sealed record PeerExport(string Path, params ImmutableArray<PeerImage> Images)
{
    /// <summary>The only image.</summary>
    public PeerImage Image => Images.Single();
}
