using System.Linq;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>What servers write into <c>WWW-Authenticate</c>.</summary>
public class AuthChallengeTests
{
    [Theory]
    [InlineData("Bearer realm=\"https://a.example.com/token\",service=\"r\",scope=\"repository:a/b:pull,push\"", "Bearer realm=https://a.example.com/token service=r scope=repository:a/b:pull,push")]
    [InlineData("bearer realm = \"x\" , service=r", "bearer realm=x service=r")]
    [InlineData("Basic realm=\"a \\\"b\\\" c\"", "Basic realm=a \"b\" c")]
    [InlineData("Negotiate, Bearer realm=\"x\", Basic realm=\"y\"", "Negotiate|Bearer realm=x|Basic realm=y")]
    [InlineData("Bearer realm=https://a.example.com/token,service=r", "Bearer realm=https://a.example.com/token service=r")]
    [InlineData("Bearer REALM=\"x\",realm=\"y\"", "Bearer REALM=x")]
    [InlineData("Negotiate YWJj==, Basic realm=\"y\"", "Negotiate YWJj=|Basic realm=y")]
    [InlineData("Bearer realm=\"never ends", "Bearer realm=never ends")]
    [InlineData("Bearer realm=\"ends in \\", "Bearer realm=ends in \\")]
    [InlineData("realm=\"x\"", "")]
    [InlineData(",,= =\"\"\" ", "")]
    [InlineData("", "")]
    public void Headers_are_read(string header, string expected) => Assert.Equal(expected, Show(header));

    [Fact]
    public void Several_headers_are_read() => Assert.Equal("Basic realm=y|Bearer realm=x", Show("Basic realm=y", "Bearer realm=x"));

    [Theory]
    [InlineData("repository:a/b:pull", "repository:a/b:pull")]
    [InlineData("repository:host:5000/b:push,pull repository:c:pull", "repository:c:pull repository:host:5000/b:pull,push")]
    [InlineData("repository:a:pull repository:a:push,pull", "repository:a:pull,push")]
    [InlineData("nonsense  ", "")]
    [InlineData(null, "")]
    public void Scopes_are_read_and_merged(string? text, string expected) =>
        Assert.Equal(expected, string.Join(" ", RegistryScope.Merge(RegistryScope.Parse(text))));

    [Theory]
    [InlineData("</v2/a?last=b>; rel=\"next\"", "/v2/a?last=b")]
    [InlineData("<a>; rel=prev, <b>; title=\"x\"; rel=\"last next\"", "b")]
    [InlineData("<a>; rel=prev", null)]
    [InlineData("<a", null)]
    [InlineData("", null)]
    public void Links_are_read(string header, string? expected) => Assert.Equal(expected, LinkHeader.Next([header]));

    private static string Show(params string[] headers) => string.Join("|", AuthChallenge.Parse(headers).Select(challenge =>
        string.Join(" ", challenge.Parameters.Select(parameter => $"{parameter.Key}={parameter.Value}").Prepend(challenge.Scheme))));
}
