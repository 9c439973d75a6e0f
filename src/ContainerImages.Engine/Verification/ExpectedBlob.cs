using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Verification;

/// <summary>Where a blob is used.</summary>
/// <param name="Scope">Which of the roots under verification, by position.</param>
/// <param name="Image">The image's ID, or what stands for one.</param>
internal readonly record struct BlobUse(int Scope, Digest Image);

/// <summary>What one manifest says of one of its blobs.</summary>
/// <param name="Size">How many bytes it has.</param>
/// <param name="DiffId">The digest of its plain bytes; empty where nothing is said.</param>
/// <param name="IsOptional">Whether it may be absent, since it is to be had elsewhere.</param>
/// <param name="Use">Who says so.</param>
internal readonly record struct BlobClaim(long Size, Digest DiffId, bool IsOptional, BlobUse Use);

/// <summary>A blob, with all that is said of it by all that name it: it is read once to check every claim.</summary>
internal sealed class ExpectedBlob(Digest digest, string kind)
{
    private readonly List<BlobClaim> _claims = [];

    public Digest Digest { get; } = digest;

    /// <summary>What it is to those who name it, for messages.</summary>
    public string Kind { get; } = kind;

    public IReadOnlyList<BlobClaim> Claims => _claims;

    /// <summary>Bytes as they are stored, by the first claim.</summary>
    public long Size => _claims[0].Size;

    /// <summary>Bytes unpacked, once that was seen; else null.</summary>
    public long? PlainSize { get; set; }

    public IReadOnlyList<BlobUse> Uses => UsesOf(_ => true);

    /// <summary>Who says what; a claim that nobody makes has no user.</summary>
    public IReadOnlyList<BlobUse> UsesOf(Func<BlobClaim, bool> isMeant) =>
        _claims.Where(isMeant).Select(claim => claim.Use).Where(use => !use.Image.IsEmpty).ToList();

    public void Add(BlobClaim claim)
    {
        lock (_claims)
        {
            _claims.Add(claim);
        }
    }
}

/// <summary>The blobs that the roots under verification need, and every digest that they name. From several threads at once.</summary>
internal sealed class ExpectedBlobs
{
    private readonly ConcurrentDictionary<Digest, ExpectedBlob> _blobs = new();
    private readonly ConcurrentDictionary<Digest, long> _named = new();

    /// <summary>Layers and the like; manifests, indexes and configs are read while the roots are followed.</summary>
    public ICollection<ExpectedBlob> Blobs => _blobs.Values;

    public void Claim(Digest digest, string kind, BlobClaim claim)
    {
        Name(digest, claim.Size);
        _blobs.GetOrAdd(digest, d => new ExpectedBlob(d, kind)).Add(claim);
    }

    /// <summary>Notes that a digest is named, whether it is there or not, and as how long.</summary>
    public void Name(Digest digest, long size) => _named[digest] = size;

    /// <summary>How long a blob is, as one who names it says.</summary>
    public long SizeOf(Digest digest) => _named.TryGetValue(digest, out var size) ? size : 0;

    public ExpectedBlob? Find(Digest digest) => _blobs.TryGetValue(digest, out var blob) ? blob : null;

    public bool IsNamed(Digest digest) => _named.ContainsKey(digest);

    public long? PlainSize(Digest digest) => _blobs.TryGetValue(digest, out var blob) ? blob.PlainSize : null;
}
