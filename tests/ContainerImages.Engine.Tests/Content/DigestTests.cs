using System;
using System.Text;
using ContainerImages.Content;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

public class DigestTests
{
    private const string EmptyHex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("sha256", 64)]
    [InlineData("sha384", 96)]
    [InlineData("sha512", 128)]
    public void Digest_of_a_registered_algorithm_is_read(string algorithm, int length)
    {
        var hex = string.Concat("0123456789abcdef", new string('f', length - 16));
        var digest = Digest.Parse(algorithm + ":" + hex);

        Assert.Equal(algorithm, digest.Algorithm);
        Assert.Equal(hex, digest.Hex);
        Assert.Equal("0123456789ab", digest.ShortId);
        Assert.Equal(algorithm + ":" + hex, digest.ToString());
        Assert.False(digest.IsEmpty);
    }

    [Theory]
    [InlineData(null, "it is empty")]
    [InlineData("", "it is empty")]
    [InlineData("abc", "it has no ':' between algorithm and hex digits, as in 'sha256:…'")]
    [InlineData(EmptyHex, "it has no ':' between algorithm and hex digits, as in 'sha256:…'")]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e", "the algorithm 'md5' is not supported; sha256, sha384 and sha512 are")]
    [InlineData("SHA256:" + EmptyHex, "the algorithm 'SHA256' is not supported; sha256, sha384 and sha512 are")]
    [InlineData(":" + EmptyHex, "the algorithm '' is not supported; sha256, sha384 and sha512 are")]
    [InlineData("sha256:", "sha256 has 64 hex digits, not 0")]
    [InlineData("sha256:abc", "sha256 has 64 hex digits, not 3")]
    [InlineData("sha512:" + EmptyHex, "sha512 has 128 hex digits, not 64")]
    [InlineData("sha256:" + EmptyHex + "\n", "sha256 has 64 hex digits, not 65")]
    [InlineData("sha256:E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "its hex digits are 0-9 and a-f in lower case, but 'E' is at position 8")]
    [InlineData("sha256:../../../../../../../../../../../../../../../../../../../../../a", "its hex digits are 0-9 and a-f in lower case, but '.' is at position 8")]
    public void Broken_rule_is_named(string? text, string expected)
    {
        Assert.False(Digest.TryParse(text, out var digest, out var reason));
        Assert.True(digest.IsEmpty);
        Assert.Equal(expected, reason);
        Assert.False(Digest.TryParse(text, out _));
        var error = Assert.Throws<ContainerImageException>(() => Digest.Parse(text!));
        Assert.Equal(ImageError.InvalidReference, error.Error);
        Assert.EndsWith(expected + ".", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Default_is_safe()
    {
        Digest none = default;
        Assert.True(none.IsEmpty);
        Assert.Equal("", none.ToString() + none.Algorithm + none.Hex + none.ShortId);
        Assert.Equal(default, none);
        Assert.Equal(0, none.GetHashCode());
        Assert.NotEqual(Digest.Compute([]), none);
    }

    [Fact]
    public void Content_is_hashed()
    {
        Assert.Equal("sha256:" + EmptyHex, Digest.Compute([]).ToString());
        Assert.Equal(
            "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            Digest.Compute(Encoding.ASCII.GetBytes("abc"), "sha512").ToString());
        Assert.Equal(
            "sha384:cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            Digest.Compute(Encoding.ASCII.GetBytes("abc"), "sha384").ToString());
    }

    [Fact]
    public void Unknown_algorithm_and_wrong_length_are_refused()
    {
        Assert.Throws<ContainerImageException>(() => Digest.Compute([], "md5"));
        Assert.Throws<ContainerImageException>(() => Digest.FromHash("md5", new byte[16]));
        var error = Assert.Throws<ContainerImageException>(() => Digest.FromHash("sha256", new byte[31]));
        Assert.Equal("No digest can be made: a sha256 hash has 32 bytes, not 31.", error.Message);
    }

    [Fact]
    public void Equality_goes_by_algorithm_and_hex()
    {
        var one = Digest.Parse("sha256:" + EmptyHex);
        Assert.True(one == Digest.Compute([]));
        Assert.True(one != Digest.Compute([1]));
        Assert.Equal(one.GetHashCode(), Digest.Compute([]).GetHashCode());
        Assert.True(one.Equals((object)Digest.Compute([])));
    }
}
