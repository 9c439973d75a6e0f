using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace ContainerImages.Content;

/// <summary>
/// The digest of some content, <c>algorithm:hex</c> (OCI image-spec, descriptor.md "Digests"). Only what can be checked is a
/// digest: the algorithm is one of sha256, sha384 and sha512, the hex has exactly its length and is lower case, as
/// go-digest demands. <c>default</c> stands for "no digest" and is safe to use.
/// </summary>
public readonly struct Digest : IEquatable<Digest>
{
    /// <summary>The algorithm that all registries and tools know, and the one used for what this library makes.</summary>
    public const string Sha256 = "sha256";

    private const string Sha384 = "sha384";
    private const string Sha512 = "sha512";
    private const int AlgorithmLength = 6;
    private const int ShortIdLength = 12;

    // The whole text, null for default. Algorithm names are all six long, so the parts follow from the total length.
    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary>True for <c>default</c>: no digest.</summary>
    public bool IsEmpty => _text is null;

    /// <summary>The name of the algorithm, such as <c>sha256</c>; empty for <c>default</c>.</summary>
    public string Algorithm => _text is null ? "" : AlgorithmOfHexLength(_text.Length - AlgorithmLength - 1);

    /// <summary>The lower-case hex digits alone; empty for <c>default</c>.</summary>
    public string Hex => _text is null ? "" : _text.Substring(AlgorithmLength + 1);

    /// <summary>The first 12 hex digits, as tools print IDs; empty for <c>default</c>.</summary>
    public string ShortId => _text is null ? "" : _text.Substring(AlgorithmLength + 1, ShortIdLength);

    /// <summary>Reads a digest.</summary>
    /// <param name="text">The text, such as <c>sha256:e3b0…</c>; null and empty are refused.</param>
    /// <returns>The digest, never empty.</returns>
    /// <exception cref="ContainerImageException">
    /// <see cref="ImageError.InvalidReference"/>: the text breaks a rule, which the message names.
    /// </exception>
    public static Digest Parse(string text) => TryParse(text, out var digest, out var reason)
        ? digest
        : throw new ContainerImageException(ImageError.InvalidReference, $"{QuotedText.Quote(text)} is not a digest: {reason}.");

    /// <summary>Reads a digest.</summary>
    /// <param name="text">The text, or null, which is no digest.</param>
    /// <param name="digest">The digest, or <c>default</c>.</param>
    /// <returns>True if the text is a digest.</returns>
    public static bool TryParse(string? text, out Digest digest)
    {
        digest = IsDigest(text) ? new Digest(text!) : default;
        return !digest.IsEmpty;
    }

    /// <summary>Reads a digest, saying which rule is broken where it is none.</summary>
    /// <param name="text">The text, or null, which is no digest.</param>
    /// <param name="digest">The digest, or <c>default</c>.</param>
    /// <param name="reason">The broken rule, without a full stop; null if there is none.</param>
    /// <returns>True if the text is a digest.</returns>
    public static bool TryParse(string? text, out Digest digest, [NotNullWhen(false)] out string? reason)
    {
        reason = TryParse(text, out digest) ? null : BrokenRule(text);
        return reason is null;
    }

    /// <summary>Works out the digest of some bytes.</summary>
    /// <param name="bytes">The content.</param>
    /// <param name="algorithm">sha256, sha384 or sha512.</param>
    /// <returns>The digest of the content.</returns>
    /// <exception cref="ContainerImageException">
    /// <see cref="ImageError.InvalidReference"/>: the algorithm is not known.
    /// </exception>
    public static Digest Compute(byte[] bytes, string algorithm = Sha256)
    {
        using var hash = CreateHash(algorithm);
        hash.AppendData(bytes);
        return FromHash(algorithm, hash.GetHashAndReset());
    }

    /// <summary>Makes a digest of a hash that was worked out elsewhere.</summary>
    /// <param name="algorithm">sha256, sha384 or sha512.</param>
    /// <param name="hash">The hash, of the algorithm's length.</param>
    /// <returns>The digest.</returns>
    /// <exception cref="ContainerImageException">
    /// <see cref="ImageError.InvalidReference"/>: the algorithm is not known, or the hash is not of its length.
    /// </exception>
    public static Digest FromHash(string algorithm, byte[] hash)
    {
        var hexLength = HexLength(algorithm);
        if (hexLength == 0 || hash.Length * 2 != hexLength)
        {
            var reason = hexLength == 0
                ? UnknownAlgorithm(algorithm)
                : $"a {algorithm} hash has {hexLength / 2} bytes, not {hash.Length}";
            throw NoDigest(reason);
        }

        var text = new char[AlgorithmLength + 1 + hexLength];
        algorithm.CopyTo(0, text, 0, AlgorithmLength);
        text[AlgorithmLength] = ':';
        for (var i = 0; i < hash.Length; i++)
        {
            text[AlgorithmLength + 1 + (2 * i)] = HexDigit(hash[i] >> 4);
            text[AlgorithmLength + 2 + (2 * i)] = HexDigit(hash[i] & 0xF);
        }

        return new Digest(new string(text));
    }

    /// <summary>Two digests are equal if algorithm and hex are.</summary>
    /// <param name="left">One digest.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    /// <summary>Two digests differ if algorithm or hex does.</summary>
    /// <param name="left">One digest.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Digest other) => string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Digest other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _text is null ? 0 : StringComparer.Ordinal.GetHashCode(_text);

    /// <summary>The whole text, <c>sha256:…</c>; empty for <c>default</c>.</summary>
    public override string ToString() => _text ?? "";

    /// <summary>A running hash, for content that streams by; ask <see cref="FromHash"/> for its digest.</summary>
    /// <exception cref="ContainerImageException">
    /// <see cref="ImageError.InvalidReference"/>: the algorithm is not known.
    /// </exception>
    internal static IncrementalHash CreateHash(string algorithm) => IncrementalHash.CreateHash(algorithm switch
    {
        Sha256 => HashAlgorithmName.SHA256,
        Sha384 => HashAlgorithmName.SHA384,
        Sha512 => HashAlgorithmName.SHA512,
        _ => throw NoDigest(UnknownAlgorithm(algorithm)),
    });

    [MethodImpl(Compiled.Well)]
    private static bool IsDigest([NotNullWhen(true)] string? text)
    {
        if (text is null || text.Length <= AlgorithmLength + 1 || text[AlgorithmLength] != ':')
        {
            return false;
        }

        var algorithm = AlgorithmOfHexLength(text.Length - AlgorithmLength - 1);
        return algorithm.Length > 0
            && string.CompareOrdinal(text, 0, algorithm, 0, AlgorithmLength) == 0
            && FirstNonHex(text, AlgorithmLength + 1) < 0;
    }

    private static string BrokenRule(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "it is empty";
        }

        var colon = text!.IndexOf(':');
        if (colon < 0)
        {
            return "it has no ':' between algorithm and hex digits, as in 'sha256:…'";
        }

        var algorithm = text.Substring(0, colon);
        var wanted = HexLength(algorithm);
        if (wanted == 0)
        {
            return UnknownAlgorithm(algorithm);
        }

        var length = text.Length - colon - 1;
        if (length != wanted)
        {
            return $"{algorithm} has {wanted} hex digits, not {length}";
        }

        var position = FirstNonHex(text, colon + 1);
        return "its hex digits are 0-9 and a-f in lower case, "
            + $"but {QuotedText.QuoteAt(text, position)} is at position {position + 1}";
    }

    private static ContainerImageException NoDigest(string reason) =>
        new(ImageError.InvalidReference, $"No digest can be made: {reason}.");

    private static string UnknownAlgorithm(string? algorithm) =>
        $"the algorithm {QuotedText.Quote(algorithm)} is not supported; sha256, sha384 and sha512 are";

    private static int HexLength(string? algorithm) => algorithm switch
    {
        Sha256 => 64,
        Sha384 => 96,
        Sha512 => 128,
        _ => 0,
    };

    private static string AlgorithmOfHexLength(int length) => length switch
    {
        64 => Sha256,
        96 => Sha384,
        128 => Sha512,
        _ => "",
    };

    [MethodImpl(Compiled.Well)]
    private static int FirstNonHex(string text, int start)
    {
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] is not ((>= '0' and <= '9') or (>= 'a' and <= 'f')))
            {
                return i;
            }
        }

        return -1;
    }

    private static char HexDigit(int value) => (char)(value < 10 ? '0' + value : 'a' + value - 10);
}
