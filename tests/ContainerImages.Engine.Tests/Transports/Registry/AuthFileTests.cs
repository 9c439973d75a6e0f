using System;
using System.Linq;
using System.Text;
using System.Text.Json;
using ContainerImages.Content;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>The cases of containers-auth.json(5) and of its own tests: which entry counts, and what is in it.</summary>
public class AuthFileTests
{
    private const string Full = """
        {
          "auths": {
            "example.org": { "auth": "ZXhhbXBsZTpvcmc=" },
            "index.docker.io": { "auth": "aW5kZXg6ZG9ja2VyLmlv" },
            "docker.io": { "auth": "ZG9ja2VyOmlv" },
            "localhost": { "auth": "bG9jYWw6aG9zdA==" },
            "localhost:5000": { "auth": "bG9jYWw6aG9zdC01MDAw" },
            "10.10.30.45": { "auth": "MTAuMTA6MzAuNDU=" },
            "10.10.30.45:5000": { "auth": "MTAuMTA6MzAuNDUtNTAwMA==" },
            "https://normalize.example.org/v1": { "auth": "bm9ybWFsaXplOmV4YW1wbGU=" }
          }
        }
        """;

    private const string Abnormal = """
        {
          "auths": {
            "example.org": { "auth": "ZXhhbXBsZTpvcmc=" },
            "https://index.docker.io/v1": { "auth": "aW5kZXg6ZG9ja2VyLmlv" },
            "https://127.0.0.1:5000": { "auth": "MTI3LjA6MC4xLTUwMDA=" },
            "http://localhost": { "auth": "bG9jYWw6aG9zdA==" },
            "https://localhost:5001": { "auth": "bG9jYWw6aG9zdC01MDAx" },
            "localhost:5000": { "auth": "bG9jYWw6aG9zdC01MDAw" }
          }
        }
        """;

    private const string Paths = """
        {
          "auths": {
            "example.org/repo": { "auth": "ZXhhbXBsZTpvcmc=" },
            "example.org": { "auth": "bG9jYWw6aG9zdA==" },
            "docker.io/vendor": { "auth": "Zmlyc3Q6bGV2ZWw=" },
            "docker.io": { "auth": "dG9wOmxldmVs" },
            "docker.io/library/busybox": { "auth": "bGlicmFyeTpidXN5Ym94" },
            "docker.io/library": { "auth": "bGlicmFyeTpvdGhlcg==" }
          }
        }
        """;

    private const string Legacy = """
        {
          "http://index.docker.io/v1": { "auth": "ZG9ja2VyOmlvLWxlZ2FjeQ==" },
          "https://localhost/v1": { "auth": "bG9jYWw6aG9zdC1sZWdhY3k=" }
        }
        """;

    [Theory]
    [InlineData("example.org", Full, "example:org")]
    [InlineData("registry.example.org", Full, null)]
    [InlineData("docker.io", Full, "docker:io")]
    [InlineData("docker.io", Abnormal, "index:docker.io")]
    [InlineData("docker.io/library/busybox", Abnormal, "index:docker.io")]
    [InlineData("index.docker.io", Abnormal, "index:docker.io")]
    [InlineData("registry-1.docker.io", Abnormal, "index:docker.io")]
    [InlineData("normalize.example.org", Full, "normalize:example")]
    [InlineData("localhost", Full, "local:host")]
    [InlineData("localhost", Abnormal, "local:host")]
    [InlineData("10.10.30.45:5000", Full, "10.10:30.45-5000")]
    [InlineData("127.0.0.1:5000", Abnormal, "127.0:0.1-5000")]
    [InlineData("localhost:5000", Abnormal, "local:host-5000")]
    [InlineData("localhost:5001", Abnormal, "local:host-5001")]
    [InlineData("localhost:5000", "{}", null)]
    [InlineData("localhost:5000", "", null)]
    [InlineData("localhost:5000", " \n", null)]
    [InlineData("example.org/repo/image", Paths, "example:org")]
    [InlineData("example.org/repo", Paths, "example:org")]
    [InlineData("example.org/image", Paths, "local:host")]
    [InlineData("example.org/repository", Paths, "local:host")]
    [InlineData("docker.io/library/busybox", Paths, "library:busybox")]
    [InlineData("docker.io/library/notbusybox", Paths, "library:other")]
    [InlineData("docker.io/vendor/product", Paths, "first:level")]
    [InlineData("docker.io/vendor", Paths, "first:level")]
    [InlineData("docker.io/other-vendor/other-product", Paths, "top:level")]
    [InlineData("localhost", Legacy, "local:host-legacy", true)]
    [InlineData("localhost/team/image", Legacy, "local:host-legacy", true)]
    [InlineData("docker.io", Legacy, "docker:io-legacy", true)]
    public void The_most_specific_entry_counts(string repository, string json, string? expected, bool isLegacy = false)
    {
        var slash = repository.IndexOf('/', StringComparison.Ordinal);
        var file = Parse(json, isLegacy);
        var entry = slash < 0 ? file.Find(repository, "") : file.Find(repository[..slash], repository[(slash + 1)..]);

        Assert.Equal(expected, entry is null ? null : Show(file.Decode(entry)));
    }

    [Theory]
    [InlineData("quay.io", "image", "quay.io/image quay.io")]
    [InlineData("quay.io", "user/image", "quay.io/user/image quay.io/user quay.io")]
    [InlineData("quay.io", "a/b/c/d/image", "quay.io/a/b/c/d/image quay.io/a/b/c/d quay.io/a/b/c quay.io/a/b quay.io/a quay.io")]
    [InlineData("quay.io:5000", "", "quay.io:5000")]
    public void Keys_go_from_the_most_specific_to_the_least(string host, string repository, string expected) =>
        Assert.Equal(expected.Split(' '), AuthKeys.From(host, repository));

    [Theory]
    [InlineData("\"auth\": \"ZXhhbXBsZTpvcmc=\"", "example:org")]
    [InlineData("\"Auth\": \"ZXhhbXBsZTpvcmc=\"", "example:org")]
    [InlineData("\"auth\": \"ZXhhbXBsZTo6b3JnOg==\"", "example::org:")]
    [InlineData("\"auth\": \"YTo=\"", "a:")]
    [InlineData("\"auth\": \"OmI=\"", ":b")]
    [InlineData("\"auth\": \"YTpiAAA=\"", "a:b")]
    [InlineData("\"auth\": \"YTrDvPCfmIA=\"", "a:ü😀")]
    [InlineData("\"auth\": \"ZXhhb\\nXBsZTpvcmc=\"", "example:org")]
    [InlineData("\"auth\": \"bm8gY29sb24=\"", null)]
    [InlineData("\"auth\": \"Og==\"", null)]
    [InlineData("\"auth\": \"\"", null)]
    [InlineData("\"auth\": null", null)]
    [InlineData("", null)]
    [InlineData("\"auth\": \"MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOg==\", \"identitytoken\": \"long\"", "<token> long")]
    [InlineData("\"auth\": \"dXNlcjo=\", \"identitytoken\": \"long\"", "user<token> long")]
    [InlineData("\"identitytoken\": \"long\"", "<token> long")]
    [InlineData("\"username\": \"a\", \"password\": \"b\"", "a:b")]
    [InlineData("\"username\": \"x\", \"password\": \"y\", \"auth\": \"YTpi\"", "a:b")]
    public void An_entry_says_account_and_secret(string fields, string? expected)
    {
        var file = Parse($$"""{ "auths": { "a.com": { {{fields}} } } }""");

        Assert.Equal(expected, Show(file.Decode(Assert.Single(file.Entries))));
    }

    [Fact]
    public void Of_a_key_that_is_there_twice_the_last_one_counts()
    {
        var file = Parse("""{ "auths": { "a.com": { "auth": "YTpi" }, "a.com": { "auth": "YzpkCg==" } } }""");

        Assert.Equal("c:d\n", Show(file.Decode(file.Find("a.com", "")!)));
    }

    [Theory]
    [InlineData("Json rocks! Unless it doesn't.", "line 1: it is no valid JSON from byte 1 of the line on.")]
    [InlineData("{ \"auths\": {\n  \"a.com\": { \"auth\": tSECRET } } }", "line 2: it is no valid JSON from byte ")]
    [InlineData("{ \"auths\": {\n  \"a.com\": { \"auth\": \"SECRET", "line 2: it is no valid JSON from byte ")]
    [InlineData("[]", "line 1: the top must be an object.")]
    [InlineData("{\n\"auths\": \"SECRET\" }", "line 2: 'auths' must be an object.")]
    [InlineData("{\n\"auths\": {\n\"a.com\": {},\n\"b.com\": \"SECRET\" } }", "line 4: 'auths.b.com' must be an object.")]
    [InlineData("{\n\"x\": { \"auths\": 1 },\n\"auths\": {\n\"a.com\": { \"auths\": [],\n\"auth\": [ \"SECRET\" ] } } }", "line 5: 'auths.a.com.auth' must be text.")]
    [InlineData("{\n\"credHelpers\": {\n\"a.com\": 7 } }", "line 3: 'credHelpers.a.com' must be text.")]
    [InlineData("{\n\"credsStore\": {} }", "line 2: 'credsStore' must be text.")]
    [InlineData("{\n\"auths\": {\n\"a.com\": {\n\"auth\": \"not-base64-SECRET\" } } }", "line 4: 'auths.a.com.auth' is no base64 of a text 'account:password'.")]
    [InlineData("{\n\"auths\": {\n\"a.com\": {\n\"auth\": \"/v/+\" } } }", "line 4: 'auths.a.com.auth' is no base64 of a text 'account:password'.")]
    [InlineData("{\n\"auths\": { \"a.com\": { \"identitytoken\": \"\\ud800SECRET\" } } }", "line 2: 'auths.a.com.identitytoken' must be text in valid Unicode.")]
    public void What_is_malformed_is_said_with_line_and_key_and_shows_nothing(string json, string expected)
    {
        var error = Assert.Throws<ContainerImageException>(() =>
        {
            var file = Parse(json);
            file.Decode(file.Find("a.com", "")!);
        });

        Assert.Equal(ImageError.InvalidConfiguration, error.Error);
        Assert.StartsWith("The configuration file '/auth.json', " + expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"\ud800":1,"auths":{}}""")]
    [InlineData("""{"auths":{"\ud800":{}}}""")]
    [InlineData("""{"credHelpers":{"\ud800":"x"}}""")]
    [InlineData("""{"auths":{"a.com":{"\ud800":1}}}""")]
    public void Keys_that_are_no_text_are_an_error(string json) => Assert.Equal(
        ImageError.InvalidConfiguration, Assert.Throws<ContainerImageException>(() => Parse(json)).Error);

    [Fact]
    public void Whatever_the_bytes_are_they_are_read_changed_or_refused()
    {
        var random = new Random(20261125);
        var sample = Encoding.UTF8.GetBytes("""{"auths":{"a.com":{"auth":"YTpi","x":["\u00e9\ud83d\ude00",1e5]},"b.com":{}},"credHelpers":{"c.com":"d"},"credsStore":null}""");
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])sample.Clone();
            for (var change = random.Next(3); change >= 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                var file = AuthFile.Parse(new AuthFilePlace("/auth.json", IsLegacy: i % 2 == 0), bytes);
                file.Entries.ToList().ForEach(entry => file.Decode(entry));
                var set = AuthFileEditor.Set("/auth.json", bytes, "new.com", new RegistryCredential("u", "p", null));
                Assert.NotNull(AuthFile.Parse(new AuthFilePlace("/auth.json", IsLegacy: false), set).Find("new.com", ""));
            }
            catch (ContainerImageException e)
            {
                Assert.Equal(ImageError.InvalidConfiguration, e.Error);
            }
        }
    }

    [Fact]
    public void Thousands_of_entries_are_read_at_once()
    {
        var entries = string.Join(",\n", Enumerable.Range(0, 30_000).Select(i => $"\"r{i}.example.com\": {{ \"auth\": \"YTpi\" }}"));
        var file = Parse($$"""{ "auths": { {{entries}} } }""");

        Assert.Equal("a:b", Show(file.Decode(file.Find("r29999.example.com", "team/app")!)));
    }

    [Fact]
    public void Nothing_that_holds_a_secret_has_it_in_its_text()
    {
        var credential = new RegistryCredential("user", "SECRET", "SECRET");
        var file = Parse($$"""{ "auths": { "a.com": { "auth": "{{AuthEntry.Encode(credential)}}", "password": "SECRET" } } }""");

        Assert.All(
            new object[] { credential, file, file.Entries[0], new HelperResult(true, 0, Encoding.UTF8.GetBytes("SECRET"), "SECRET") },
            holder => Assert.DoesNotContain("SECRET", $"{holder}", StringComparison.Ordinal));
    }

    [Fact]
    public void An_entry_is_set_and_all_else_stays()
    {
        const string Json = """
            {
                "HttpHeaders": { "x": [1.50, "ü<"] },
                "auths": {
                    "a.com": { "auth": "b2xk", "email": "a@b", "registrytoken": "old", "Password": "old" },
                    "b.com": { "auth": "keep", "unknown": {} }
                },
                "credHelpers": { "c.com": "pass" },
                "currentContext": "default"
            }
            """;

        var set = AuthFileEditor.Set("/auth.json", Encoding.UTF8.GetBytes(Json), "a.com", new RegistryCredential("u", "p", null));

        Assert.Equal(
            """{"HttpHeaders":{"x":[1.50,"ü<"]},"auths":{"a.com":{"auth":"dTpw","email":"a@b"},"b.com":{"auth":"keep","unknown":{}}},"credHelpers":{"c.com":"pass"},"currentContext":"default"}""",
            Compact(set));
        Assert.Equal(
            """{"HttpHeaders":{"x":[1.50,"ü<"]},"auths":{"b.com":{"auth":"keep","unknown":{}}},"credHelpers":{"c.com":"pass"},"currentContext":"default"}""",
            Compact(AuthFileEditor.Remove("/auth.json", set, "a.com")));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"auths\":null}")]
    [InlineData("\uFEFF{}")]
    public void An_entry_is_set_where_there_was_none(string? json)
    {
        var old = json is null ? null : Encoding.UTF8.GetBytes(json);

        Assert.Equal(
            """{"auths":{"a.com":{"auth":"MDAwMDAwMDAtMDAwMC0wMDAwLTAwMDAtMDAwMDAwMDAwMDAwOg==","identitytoken":"t"}}}""",
            Compact(AuthFileEditor.Set("/auth.json", old, "a.com", new RegistryCredential(null, null, "t"))));
        Assert.Equal("""{"auths":{"a.com":{}}}""", Compact(AuthFileEditor.Set("/auth.json", old, "a.com", null)));
        Assert.Equal("""{"auths":{}}""", Compact(AuthFileEditor.Remove("/auth.json", old, "a.com")));
    }

    private static AuthFile Parse(string json, bool isLegacy = false) =>
        AuthFile.Parse(new AuthFilePlace("/auth.json", isLegacy), Encoding.UTF8.GetBytes(json));

    private static string? Show(RegistryCredential? credential) => credential is null
        ? null
        : credential.IdentityToken is null
            ? $"{credential.UserName}:{credential.Password}"
            : $"{credential.UserName}<token> {credential.IdentityToken}{credential.Password}";

    private static string Compact(byte[] json)
    {
        using var bytes = new System.IO.MemoryStream();
        using (var writer = new Utf8JsonWriter(
            bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            JsonElement.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false }).WriteTo(writer);
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
