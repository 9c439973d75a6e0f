using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;
using Xunit;

namespace ContainerImages.Engine.Tests.References;

/// <summary>The cases of distribution/reference's reference_test.go and regexp_test.go, for Parse.</summary>
public class ReferenceGrammarTests
{
    private const string F64 = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    private const string Sha = "sha256:" + F64;
    private const string Be = "sha256:be178c0543eb17f5f3043021c9e5fcf30285e557a4fc309cce97ff9ca6182912";

    private static readonly string s_127Parts = string.Concat(Enumerable.Repeat("a/", 127));

    /// <summary>Input, domain, name, tag, digest.</summary>
    public static TheoryData<string, string, string, string?, string?> References => new()
    {
        { "test_com", "", "test_com", null, null },
        { "test.com:tag", "", "test.com", "tag", null },
        { "test.com:5000", "", "test.com", "5000", null },
        { "test.com/repo:tag", "test.com", "test.com/repo", "tag", null },
        { "test:5000/repo", "test:5000", "test:5000/repo", null, null },
        { "test:5000/repo:tag", "test:5000", "test:5000/repo", "tag", null },
        { "test:5000/repo@" + Sha, "test:5000", "test:5000/repo", null, Sha },
        { "test:5000/repo:tag@" + Sha, "test:5000", "test:5000/repo", "tag", Sha },
        { "lowercase:Uppercase", "", "lowercase", "Uppercase", null },
        { s_127Parts + "a:tag-puts-this-over-max", "a", s_127Parts + "a", "tag-puts-this-over-max", null },
        { "sub-dom1.foo.com/bar/baz/quux", "sub-dom1.foo.com", "sub-dom1.foo.com/bar/baz/quux", null, null },
        { "sub-dom1.foo.com/bar/baz/quux:some-long-tag", "sub-dom1.foo.com", "sub-dom1.foo.com/bar/baz/quux", "some-long-tag", null },
        { "b.gcr.io/test.example.com/my-app:test.example.com", "b.gcr.io", "b.gcr.io/test.example.com/my-app", "test.example.com", null },
        { "xn--n3h.com/myimage:xn--n3h.com", "xn--n3h.com", "xn--n3h.com/myimage", "xn--n3h.com", null },
        { "xn--7o8h.com/myimage:xn--7o8h.com@" + Sha, "xn--7o8h.com", "xn--7o8h.com/myimage", "xn--7o8h.com", Sha },
        { "foo_bar.com:8080", "", "foo_bar.com", "8080", null },
        { "foo/foo_bar.com:8080", "foo", "foo/foo_bar.com", "8080", null },
        { "192.168.1.1", "", "192.168.1.1", null, null },
        { "192.168.1.1:tag", "", "192.168.1.1", "tag", null },
        { "192.168.1.1:5000", "", "192.168.1.1", "5000", null },
        { "192.168.1.1/repo", "192.168.1.1", "192.168.1.1/repo", null, null },
        { "192.168.1.1:5000/repo", "192.168.1.1:5000", "192.168.1.1:5000/repo", null, null },
        { "192.168.1.1:5000/repo:5050", "192.168.1.1:5000", "192.168.1.1:5000/repo", "5050", null },
        { "[2001:db8::1]/repo", "[2001:db8::1]", "[2001:db8::1]/repo", null, null },
        { "[2001:db8:1:2:3:4:5:6]/repo:tag", "[2001:db8:1:2:3:4:5:6]", "[2001:db8:1:2:3:4:5:6]/repo", "tag", null },
        { "[2001:db8::1]:5000/repo", "[2001:db8::1]:5000", "[2001:db8::1]:5000/repo", null, null },
        { "[2001:db8::1]:5000/repo:tag", "[2001:db8::1]:5000", "[2001:db8::1]:5000/repo", "tag", null },
        { "[2001:db8::1]:5000/repo@" + Sha, "[2001:db8::1]:5000", "[2001:db8::1]:5000/repo", null, Sha },
        { "[2001:db8::1]:5000/repo:tag@" + Sha, "[2001:db8::1]:5000", "[2001:db8::1]:5000/repo", "tag", Sha },
        { "[2001:db8::]:5000/repo", "[2001:db8::]:5000", "[2001:db8::]:5000/repo", null, null },
        { "[::1]:5000/repo", "[::1]:5000", "[::1]:5000/repo", null, null },
        { "example.com/" + new string('a', 255) + ":tag", "example.com", "example.com/" + new string('a', 255), "tag", null },
        { "example.com:8000/named", "example.com:8000", "example.com:8000/named", null, null },
        { "registry.com:8080/myapp:tag", "registry.com:8080", "registry.com:8080/myapp", "tag", null },
        { "registry.com:8080/myapp@" + Be, "registry.com:8080", "registry.com:8080/myapp", null, Be },
        { "registry.com:8080/myapp:tag2@" + Be, "registry.com:8080", "registry.com:8080/myapp", "tag2", Be },
        { "localhost:8080@" + Be, "", "localhost", "8080", Be },
        { "localhost:8080/name@" + Be, "localhost:8080", "localhost:8080/name", null, Be },
        { "localhost@" + Be, "", "localhost", null, Be },

        // Declared deviations: these two algorithms are always registered here.
        { "validname@sha512:" + F64 + F64, "", "validname", null, "sha512:" + F64 + F64 },
        { "validname@sha384:" + F64 + "ffffffffffffffffffffffffffffffff", "", "validname", null, "sha384:" + F64 + "ffffffffffffffffffffffffffffffff" },
    };

    /// <summary>Name, domain.</summary>
    public static TheoryData<string, string> Names => new()
    {
        { "short", "" },
        { "simple/name", "simple" },
        { "library/ubuntu", "library" },
        { "docker/stevvooe/app", "docker" },
        { "aa/aa/aa/aa/aa/aa/aa/aa/aa/bb/bb/bb/bb/bb/bb", "aa" },
        { "aa/aa/bb/bb/bb", "aa" },
        { "a/a/a/a", "a" },
        { "a", "" },
        { "a/aa", "a" },
        { "a/aa/a", "a" },
        { "foo.com", "" },
        { "foo.com:8080/bar", "foo.com:8080" },
        { "foo.com/bar", "foo.com" },
        { "foo.com/bar/baz", "foo.com" },
        { "localhost:8080/bar", "localhost:8080" },
        { "blog.foo.com/bar/baz", "blog.foo.com" },
        { "aa-a/a", "aa-a" },
        { s_127Parts + "a/a", "a" },
        { "foo_bar", "" },
        { "foo_bar.com", "" },
        { "foo.com/foo_bar", "foo.com" },
        { "b.gcr.io/test.example.com/my-app", "b.gcr.io" },
        { "example.com/xn--7o8h.com/myimage", "example.com" },
        { "example.com/some_separator__underscore/myimage", "example.com" },
        { "do__cker/docker", "" },
        { "registry.io/foo/project--id.module--name.ver---sion--name", "registry.io" },
        { "Asdf.com/foo/bar", "Asdf.com" },
        { "test.com/foo", "test.com" },
        { "test_com/foo", "" },
        { "test:8080/foo", "test:8080" },
        { "test.com:8080/foo", "test.com:8080" },
        { "test-com:8080/foo", "test-com:8080" },
        { "xn--n3h.com:18080/foo", "xn--n3h.com:18080" },
        { "Uppercase/lowercase", "Uppercase" },
    };

    [Theory]
    [MemberData(nameof(References))]
    public void Reference_is_taken_apart_and_put_together_again(string input, string domain, string name, string? tag, string? digest)
    {
        var reference = ImageReference.Parse(input);

        Assert.Equal(domain, reference.Domain);
        Assert.Equal(name, reference.Name);
        Assert.Equal(tag, reference.Tag);
        Assert.Equal(digest, reference.Digest?.ToString());
        Assert.Equal(input, reference.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Name_is_split_into_domain_and_path(string name, string domain)
    {
        var reference = ImageReference.Parse(name);

        Assert.Equal(domain, reference.Domain);
        Assert.Equal(name, domain.Length == 0 ? reference.Path : domain + "/" + reference.Path);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":justtag")]
    [InlineData("@" + Sha)]
    [InlineData("repo@sha256:ffffffffffffffffffffffffffffffffff")]
    [InlineData("validname@invaliddigest:" + F64)]
    [InlineData("Uppercase:tag")]
    [InlineData("test:5000/Uppercase/lowercase:tag")]
    [InlineData("aa/asdf$$^/aa")]
    [InlineData("[2001:db8::1]")]
    [InlineData("[2001:db8::1]:5000")]
    [InlineData("[2001:db8::1]:tag")]
    [InlineData("[fe80::1%eth0]:5000/repo")]
    [InlineData("[fe80::1%@invalidzone]:5000/repo")]
    [InlineData("registry.com:8080/myapp@sha256:badbadbadbad")]
    [InlineData("registry.com:8080/myapp:invalid~tag")]
    [InlineData("bad_hostname.com:8080/myapp:tag")]
    [InlineData("localhost:http/name@" + Be)]
    [InlineData("registry.com:8080/myapp@bad")]
    [InlineData("registry.com:8080/myapp@2bad")]
    [InlineData("a/a/a/a/")]
    [InlineData("a//a/a")]
    [InlineData("foo.com/")]
    [InlineData("foo.com:http/bar")]
    [InlineData("a^a")]
    [InlineData("asdf$$^/aa")]
    [InlineData("a-/a/a/a")]
    [InlineData("foo.com/a-/a/a")]
    [InlineData("-foo/bar")]
    [InlineData("foo/bar-")]
    [InlineData("foo-/bar")]
    [InlineData("foo/-bar")]
    [InlineData("_foo/bar")]
    [InlineData("foo_bar.com:8080/app")]
    [InlineData("____/____")]
    [InlineData("_docker/_docker")]
    [InlineData("docker_/docker_")]
    [InlineData("example.com/__underscore/myimage")]
    [InlineData("example.com/..dots/myimage")]
    [InlineData("example.com/.dots/myimage")]
    [InlineData("example.com/nodouble..dots/myimage")]
    [InlineData("docker./docker")]
    [InlineData(".docker/docker")]
    [InlineData("docker-/docker")]
    [InlineData("-docker/docker")]
    [InlineData("do..cker/docker")]
    [InlineData("do__cker:8080/docker")]
    [InlineData("Foo/FarB")]
    [InlineData("repo\n")]
    [InlineData("repo:tag\n")]
    [InlineData("r\u00e9po")]
    [InlineData("repo:t\u00e4g")]
    [InlineData("\u0663repo")]
    [InlineData("repo:")]
    [InlineData("repo@")]
    [InlineData("repo:tag:tag")]
    [InlineData("repo@" + Sha + "@" + Sha)]
    public void Text_that_breaks_the_grammar_is_refused(string text)
    {
        Assert.False(ImageReference.TryParse(text, out _));
        var error = Assert.Throws<ContainerImageException>(() => ImageReference.Parse(text));
        Assert.Equal(ImageError.InvalidReference, error.Error);
    }

    [Theory]
    [InlineData("test.com", true)]
    [InlineData("test.com:10304", true)]
    [InlineData("test.com:http", false)]
    [InlineData("localhost", true)]
    [InlineData("localhost:8080", true)]
    [InlineData("a", true)]
    [InlineData("a.b", true)]
    [InlineData("ab.cd.com", true)]
    [InlineData("a-b.com", true)]
    [InlineData("-ab.com", false)]
    [InlineData("ab-.com", false)]
    [InlineData("ab.c-om", true)]
    [InlineData("ab.-com", false)]
    [InlineData("ab.com-", false)]
    [InlineData("0101.com", true)]
    [InlineData("001a.com", true)]
    [InlineData("b.gbc.io:443", true)]
    [InlineData("b.gbc.io", true)]
    [InlineData("xn--n3h.com", true)]
    [InlineData("Asdf.com", true)]
    [InlineData("192.168.1.1:75050", true)]
    [InlineData("192.168.1.1:750050", true)]
    [InlineData("[fd00:1:2::3]:75050", true)]
    [InlineData("[fd00:1:2::3]75050", false)]
    [InlineData("[fd00:1:2::3]::75050", false)]
    [InlineData("[fd00:1:2::3%eth0]:75050", false)]
    [InlineData("[fd00123123123]:75050", true)]
    [InlineData("[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:75050", true)]
    [InlineData("[2001:0db8:85a3:0000:0000:8a2e:0370:7334]:750505", true)]
    [InlineData("fd00:1:2::3:75050", false)]
    [InlineData("[]", false)]
    [InlineData("a..b", false)]
    [InlineData("a.", false)]
    [InlineData("a:", false)]
    public void Domain_follows_its_rule(string domain, bool valid) =>
        Assert.Equal(valid, ImageReference.TryParse(domain + "/r", out var reference) && reference.Domain == domain);

    [Fact]
    public void Path_and_tag_may_be_as_long_as_their_limits()
    {
        Assert.True(ImageReference.TryParse("domain/" + new string('a', 255), out _));
        Assert.False(ImageReference.TryParse("domain/" + new string('a', 256) + ":tag", out _));
        Assert.True(ImageReference.TryParse("a:" + new string('T', 128), out _));
        Assert.False(ImageReference.TryParse("a:" + new string('T', 129), out _));
    }

    [Theory]
    [InlineData("da304e823d8ca2b9d863a3c897baeb852ba21ea9a9f1414736394ae7fcaf9821", true)]
    [InlineData("7EC43B381E5AEFE6E04EFB0B3F0693FF2A4A50652D64AEC573905F2DB5889A1C", false)]
    [InlineData("da304e823d8ca2b9d863a3c897baeb852ba21ea9a9f1414736394ae7fcaf", false)]
    [InlineData("sha256:da304e823d8ca2b9d863a3c897baeb852ba21ea9a9f1414736394ae7fcaf9821", false)]
    [InlineData("da304e823d8ca2b9d863a3c897baeb852ba21ea9a9f1414736394ae7fcaf98218482", false)]
    public void Identifier_is_64_lower_case_hex_digits(string text, bool expected) =>
        Assert.Equal(expected, ReferenceGrammar.IsIdentifier(text));
}
