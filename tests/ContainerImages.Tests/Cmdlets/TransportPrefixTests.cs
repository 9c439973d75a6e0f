using System;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>
/// A transport before what is to be found in a store: an error that says which, and what to do instead, whatever cmdlet it is
/// given to, and whether it is typed or comes by the pipeline.
/// </summary>
public sealed class TransportPrefixTests : IDisposable
{
    private static readonly string[] _texts =
    [
        "docker://quay.io/team/app:1", "docker-archive:./app.tar", "docker-archive:/srv/app.tar:greeting", "oci-archive:./app.tar", "oci:layout",
        "oci:./layout:greeting", "dir:/srv/app", "containers-storage:greeting", "docker-daemon:greeting:latest", "tarball:./root.tar", "sif:./app.sif",
    ];

    private readonly StoreSession _session = StoreSession.WithSample();

    public static TheoryData<string> Cmdlets =>
    [
        "Get-ContainerImage", "Save-ContainerImage -Destination ./x.tar", "Remove-ContainerImage -Force", "Add-ImageTag -Tag other:1", "Remove-ImageTag",
        "Get-ImageHistory", "Test-ContainerImage", "New-ImageLease -Name job", "Publish-ContainerImage -Destination 127.0.0.1:1/app",
    ];

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Cmdlets))]
    public void Typed_or_piped_a_transport_is_an_error_that_says_what_to_use(string cmdlet)
    {
        string name = cmdlet.Split(' ')[0];
        string parameters = cmdlet[name.Length..];
        foreach (string text in _texts)
        {
            foreach (string script in new[] { $"{name} '{text}'{parameters}", $"'{text}' | {name}{parameters}" })
            {
                ErrorRecord error = _session.Run(script).ShouldFail("InvalidReference", ErrorCategory.InvalidArgument);

                Assert.StartsWith($"'{text}' begins with the transport {text[..(text.IndexOf(':', StringComparison.Ordinal) + 1)]}", error.Exception.Message, StringComparison.Ordinal);
                Assert.Contains("without a transport", error.Exception.Message, StringComparison.Ordinal);
                Assert.Equal(text, $"{error.TargetObject}");
            }
        }

        Assert.Equal(["localhost/greeting:latest"], _session.Names());
        Assert.Empty(System.IO.Directory.GetFiles(_session.Folder, "x.tar"));
    }

    [Fact]
    public void A_bad_one_does_not_keep_the_others_from_being_done()
    {
        ScriptResult result = _session.Run("'docker://quay.io/team/app:1', 'greeting', 'dir:/srv/app' | Get-ContainerImage");

        Assert.Equal(2, result.Errors.Count);
        Assert.Equal(["localhost/greeting:latest"], result.Objects.Select(image => image?.ToString()));
    }

    [Theory]
    [InlineData("Get-ContainerImage -Before 'TEXT'")]
    [InlineData("Get-ContainerImage -Since 'TEXT'")]
    [InlineData("Save-ContainerImage greeting -Exclude 'TEXT' -Destination ./x.tar")]
    [InlineData("Optimize-ImageStore 'TEXT' -All")]
    public void It_is_one_in_other_parameters_too(string script)
    {
        foreach (string text in new[] { "docker://quay.io/team/app:1", "docker-archive:./app.tar", "dir:/srv/app" })
        {
            ScriptResult result = _session.Run(script.Replace("TEXT", text, StringComparison.Ordinal));
            ErrorRecord error = result.TerminatingError ?? result.Errors.Single();

            Assert.StartsWith("InvalidReference,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
            Assert.Contains("begins with the transport", error.Exception.Message, StringComparison.Ordinal);
        }

        Assert.Equal(["localhost/greeting:latest"], _session.Names());
    }

    [Theory]
    [InlineData("Import-ContainerImage 'docker-archive:./app.tar'", "ArchiveNotFound")]
    [InlineData("'oci:./layout' | Import-ContainerImage", "ArchiveNotFound")]
    [InlineData("Import-ContainerImage -LiteralPath 'dir:./app'", "ArchiveNotFound")]
    [InlineData("Save-ContainerImage greeting -Destination 'oci-archive:./x.tar'", "DestinationNotWritable")]
    public void A_path_is_given_without_one(string script, string id)
    {
        ScriptResult result = _session.Run(script);
        ErrorRecord error = result.TerminatingError ?? result.Errors.Single();

        Assert.StartsWith(id + ",", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains("a path is given without one: './", error.Exception.Message, StringComparison.Ordinal);
    }

    // What is a good name and is there is that, whatever else it might be; the store's own prefix is right everywhere.
    [Fact]
    public void An_image_with_such_a_name_is_found()
    {
        _session.Run("Add-ImageTag greeting oci:1, dir:1, containers-storage:greeting").ShouldSucceed();

        Assert.Equal(
            ["localhost/oci:1", "localhost/dir:1", "localhost/containers-storage:greeting", "localhost/greeting:latest"],
            _session.Texts("Get-ContainerImage oci:1, dir:1, containers-storage:greeting, store:greeting"));
        Assert.Equal(["True", "True"], _session.Texts("'store:greeting', 'oci:1' | Test-ContainerImage"));
    }
}
