using System;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Find-ContainerImage, against a real registry.</summary>
[Collection(ProcessState.Name)]
public sealed class FindContainerImageTests : IDisposable
{
    private static readonly ArchiveImage _amd64 = new("amd64") { Day = 2 };
    private static readonly ArchiveImage _arm64 = new("arm64") { Architecture = "arm64" };

    private readonly RegistryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [SkippableTheory]
    [InlineData("Find-ContainerImage $registry/team/app", "team/app:1.0 team/app:1.1 team/app:2.0")]
    [InlineData("Find-ContainerImage -Reference \"$registry/team/app:1.*\"", "team/app:1.0 team/app:1.1")]
    [InlineData("\"$registry/team/app:?.0\" | fdcimg", "team/app:1.0 team/app:2.0")]
    [InlineData("Find-ContainerImage $registry/team/app:2.0, $registry/other:1", "other:1 team/app:2.0")]
    [InlineData("Find-ContainerImage \"docker://$registry/team/app:3*\"", "")]
    [InlineData("Find-ContainerImage -Registry $registry", "other team/app")]
    [InlineData("Find-ContainerImage -Registry $registry -Repository team/*", "team/app")]
    [InlineData("Find-ContainerImage -Registry $registry | Find-ContainerImage", "other:1 team/app:1.0 team/app:1.1 team/app:2.0")]
    [InlineData("Find-ContainerImage -Registry $registry -First 1", "other")]
    [InlineData("[pscustomobject]@{ Reference = \"$registry/other\" } | Find-ContainerImage", "other:1")]
    public void Finds_tags_and_repositories(string script, string expected)
    {
        PushAll();

        string[] found = [.. _fixture.Run(script).ShouldSucceed().Objects.Select(o => o.ToString()!)];

        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => $"{_fixture.Proxy.Address}/{name}"), found.Order());
    }

    [SkippableTheory]
    [InlineData("127.0.0.1:5000", "127.0.0.1:5000")]
    [InlineData("docker://localhost:5000", "localhost:5000")]
    [InlineData("quay.io", "quay.io")]
    public void A_registry_is_named_by_its_own_parameter(string registry, string named)
    {
        ErrorRecord error = _fixture.Run($"Find-ContainerImage {registry}").ShouldFail("InvalidReference", ErrorCategory.InvalidArgument);

        Assert.EndsWith($"is a registry, and no repository of one: -Registry {named} lists its repositories.", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(_fixture.Proxy.Requests);
    }

    [SkippableFact]
    public void First_stops_asking()
    {
        PushAll();

        Assert.Equal(2, _fixture.Run("Find-ContainerImage $registry/team/app -First 2 -Detailed").ShouldSucceed().Objects.Count);
        Assert.Equal(2, _fixture.Proxy.Requests.Count(request => request.Path.Contains("/manifests/", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public void Details_are_asked_for_where_they_are_wanted()
    {
        string index = _fixture.Push("team/multi", "1", _amd64, _arm64);

        PSObject plain = _fixture.Run("Find-ContainerImage $registry/team/multi").ShouldSucceed().Objects.Single();
        Assert.All("Digest Size Platforms Created MediaType".Split(' '), name => Assert.Null(plain.Properties[name].Value));
        Assert.Null(plain.Properties["Id"]);

        PSObject detailed = _fixture.Run("Find-ContainerImage $registry/team/multi -Detailed").ShouldSucceed().Objects.Single();
        Assert.Equal(index, detailed.Properties["Digest"].Value);
        Assert.Equal(["linux/amd64", "linux/arm64"], (System.Collections.Generic.IEnumerable<string>)detailed.Properties["Platforms"].Value);
        Assert.IsType<long>(detailed.Properties["Size"].Value);
        Assert.Equal("1", detailed.Properties["Tag"].Value);
        Assert.Equal("team/multi", detailed.Properties["Repository"].Value);
        Assert.Equal(_fixture.Proxy.Address, detailed.Properties["Registry"].Value);
    }

    [SkippableFact]
    public void What_cannot_be_described_is_an_error_beside_the_rest()
    {
        PushAll();
        _fixture.Proxy.Answer("GET", "/manifests/1.1", new ServerReply(200, "{\"schemaVersion\":1}"));

        ScriptResult result = _fixture.Run("Find-ContainerImage $registry/team/app -Detailed");

        ErrorRecord error = result.ShouldFail("UnsupportedContent", ErrorCategory.NotImplemented);
        Assert.Equal($"{_fixture.Proxy.Address}/team/app:1.1", error.TargetObject);
        Assert.Equal(2, result.Objects.Count);
    }

    [SkippableTheory]
    [InlineData("Find-ContainerImage $registry/team/app:9", "RemoteImageNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Find-ContainerImage $registry/none", "RemoteImageNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Find-ContainerImage $registry/team/*", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Find-ContainerImage -Registry no-such-host.invalid", "RegistryUnreachable", ErrorCategory.ConnectionError)]
    [InlineData("Find-ContainerImage -Registry $registry/team", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("[pscustomobject]@{ Size = 1 } | Find-ContainerImage", "ImageNotIdentified", ErrorCategory.InvalidArgument)]
    public void What_cannot_be_found_says_why(string script, string id, ErrorCategory category)
    {
        PushAll();

        _fixture.Run(script).ShouldFail(id, category);
    }

    [SkippableFact]
    public void A_pipeline_that_has_enough_stops_it()
    {
        PushAll();

        ScriptResult result = _fixture.Run("Find-ContainerImage $registry/team/app | ForEach-Object { $_; break }");

        Assert.Single(result.Objects);
    }

    [SkippableFact]
    public void A_table_shows_what_is_known() => _fixture.Session.Session.RunFormatted("""
        [ContainerImages.RemoteImage]@{
            Reference = 'registry.example.com/platform/base/debian-slim-hardened:2026.01'; Digest = 'sha256:8f2a1c0d9e7b' + '0' * 52
            Size = 117234567; Platforms = 'linux/amd64', 'linux/arm64/v8'
        }
        [ContainerImages.RemoteImage]@{ Reference = 'registry.example.com/app' }
        """).ShouldSucceed().Transcript.ShouldBe("""
        Reference                                  Digest           Size Platforms
        ---------                                  ------           ---- ---------
        registry.example.com/platform/base/debian- 8f2a1c0d9e7b 117.2 MB linux/amd64
        slim-hardened:2026.01                                            linux/arm64/v8
        registry.example.com/app
        """);

    [SkippableFact]
    public void A_made_up_one_has_what_it_is_given_and_nothing_else()
    {
        ScriptResult typo = _fixture.Run("[ContainerImages.RemoteImage]@{ Referense = 'a' }");
        Assert.Contains("RemoteImage has no property 'Referense'", typo.Transcript, StringComparison.Ordinal);
        Assert.Null(_fixture.Run("[ContainerImages.RemoteImage]@{ Reference = 'a' }").ShouldSucceed().Objects.Single().Properties["Platforms"].Value);
    }

    [SkippableFact]
    public void What_was_serialized_keeps_its_reference_and_is_it_as_text() => Assert.Equal(
        ["registry.example.com/app:1", "registry.example.com/app:1"],
        _fixture.Run("""
            $again = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize(
                [ContainerImages.RemoteImage]@{ Reference = 'registry.example.com/app:1' }))
            $again.Reference; "$again"
            """).ShouldSucceed().Objects.Select(o => o.ToString()));

    [SkippableFact]
    public void None_at_all_cannot_be_asked_for() => Assert.StartsWith(
        "ParameterArgumentValidationError,",
        Assert.Single(_fixture.Run("Find-ContainerImage a -First 0").Errors).FullyQualifiedErrorId,
        StringComparison.Ordinal);

    private void PushAll()
    {
        _fixture.Push("team/app", "1.0", _amd64);
        _fixture.Push("team/app", "1.1", _amd64);
        _fixture.Push("team/app", "2.0", _arm64);
        _fixture.Push("other", "1", _amd64);
    }
}
