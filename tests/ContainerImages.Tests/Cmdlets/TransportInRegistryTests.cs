using System;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>A transport before what is to be found in a registry: all but the registry's own are an error, and no registry is asked.</summary>
[Collection(ProcessState.Name)]
public sealed class TransportInRegistryTests : IDisposable
{
    private readonly RegistrySession _session = new();

    public static TheoryData<string> Cmdlets =>
    [
        "Request-ContainerImage", "Request-ContainerImage -Policy IfMissing", "Request-ContainerImage -Policy Never", "Request-ContainerImage -WhatIf",
        "Find-ContainerImage", "Find-ContainerImage -Detailed",
    ];

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Is_an_error_that_says_which_cmdlet_is_meant(string cmdlet)
    {
        foreach (var (text, advice) in new[]
        {
            ("oci:x", "Import-ContainerImage brings it into the store, and Copy-ContainerImage to any other place"),
            ("oci:./layout:app:1", "Import-ContainerImage brings it into the store"),
            ("docker-archive:x", "Import-ContainerImage brings it into the store"),
            ("oci-archive:/srv/x.tar", "Import-ContainerImage brings it into the store"),
            ("dir:x", "Import-ContainerImage brings it into the store"),
            ("tarball:x", "Import-ContainerImage -RootFileSystem makes an image of it"),
            ("store:x", "Publish-ContainerImage pushes it"),
            ("containers-storage:x", "save it there as an archive"),
            ("docker-daemon:x:1", "save it there as an archive"),
        })
        {
            foreach (string script in new[] { $"{cmdlet} '{text}'", $"'{text}' | {cmdlet}" })
            {
                ErrorRecord error = _session.Run(script).ShouldFail("InvalidReference", ErrorCategory.InvalidArgument);

                Assert.StartsWith($"'{text}' begins with the transport {text[..(text.IndexOf(':', StringComparison.Ordinal) + 1)]}, which names", error.Exception.Message, StringComparison.Ordinal);
                Assert.Contains(advice, error.Exception.Message, StringComparison.Ordinal);
                Assert.Equal(text, $"{error.TargetObject}");
            }
        }
    }

    [Fact]
    public void A_repository_of_such_a_name_is_named_with_the_registrys_own() => _session.Run("""
        Request-ContainerImage docker://oci:1, docker.io/library/dir, docker://docker-archive:x -WhatIf
        Request-ContainerImage docker://oci -AllTags -WhatIf
        """).ShouldSucceed().Transcript.ShouldBe("""
        What if: Performing the operation "Pull image" on target "docker.io/library/oci:1".
        What if: Performing the operation "Pull image" on target "docker.io/library/dir:latest".
        What if: Performing the operation "Pull image" on target "docker.io/library/docker-archive:x".
        What if: Performing the operation "Pull all tags" on target "docker.io/library/oci".
        """);

    [Theory]
    [InlineData("Request-ContainerImage 127.0.0.1:5000", "is a registry, and no image in one: its repository is not said.")]
    [InlineData("Request-ContainerImage docker://registry.example.com", "is a registry, and no image in one: its repository is not said.")]
    [InlineData("Request-ContainerImage registry.example.com -AllTags", "is a registry, and no image in one: its repository is not said.")]
    public void A_registry_alone_is_no_image(string script, string says) => Assert.EndsWith(
        says, _session.Run(script).ShouldFail("InvalidReference", ErrorCategory.InvalidArgument).Exception.Message, StringComparison.Ordinal);

    [Fact]
    public void A_name_with_a_dot_is_what_the_configuration_says()
    {
        _session.Write("registries.conf", "unqualified-search-registries = ['registry.example.com']\n[aliases]\n'my.app' = 'registry.example.com/team/app'");

        _session.Run("Request-ContainerImage my.app, my.other:1 -WhatIf").ShouldSucceed().Transcript.ShouldBe("""
            What if: Performing the operation "Pull image" on target "registry.example.com/team/app:latest".
            What if: Performing the operation "Pull image" on target "registry.example.com/my.other:1".
            """);
    }

    [Fact]
    public void All_tags_are_those_of_a_repository_and_of_nothing_else() =>
        _session.Run("Request-ContainerImage oci:./layout -AllTags").ShouldFail("InvalidReference", ErrorCategory.InvalidArgument);
}
