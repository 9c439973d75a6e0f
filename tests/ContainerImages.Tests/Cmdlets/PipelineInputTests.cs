using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>What is piped in, or given by position, names an image, or none: never another.</summary>
public sealed class PipelineInputTests : IDisposable
{
    private const string SomethingElse = """
        class Service {
            [string] $Name
            Service([string] $name) { $this.Name = $name }
            [string] ToString() { return $this.Name }
        }
        [Service]::new('greeting')
        """;

    private static readonly string[] _commands =
    [
        "Get-ContainerImage", "Get-ImageHistory", "Save-ContainerImage -Destination ./x.tar", "Remove-ContainerImage",
        "Add-ImageTag t:1", "Remove-ImageTag -All",
    ];

    private readonly StoreSession _session = StoreSession.WithSample();

    public PipelineInputTests() => _session.Run("$image = Get-ContainerImage greeting").ShouldSucceed();

    /// <summary>Everything that names the sample.</summary>
    public static TheoryData<string> Names => new(
        "$image",
        "'greeting'",
        "'localhost/greeting:latest'",
        "'gree*'",
        "$id",
        "$id.Substring(0, 12)",
        "\"sha256:$id\"",
        "[pscustomobject]@{ Id = $id }",
        "[pscustomobject]@{ Id = $id.Substring(0, 12) }",
        "[pscustomobject]@{ ID = \"sha256:$id\" }",
        "[pscustomobject]@{ ImageId = $id }",
        "[pscustomobject]@{ Reference = 'greeting' }",
        "[pscustomobject]@{ Image = 'greeting' }",
        "[pscustomobject]@{ ImageName = 'greeting' }",
        "[pscustomobject]@{ RepoTag = 'greeting' }",
        "[pscustomobject]@{ Id = $id; Reference = $null }",
        "[pscustomobject]@{ Id = $id; Reference = 'localhost/other:1'; Name = 'redis' }",
        "[pscustomobject]@{ Id = $id; StorePath = $store }",
        "[ContainerImages.ContainerImage]@{ Id = $id }",
        "[ContainerImages.ContainerImage]@{ Id = $id; StorePath = $store }",
        "[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($image))",
        "[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-ContainerImage)))",
        "Get-ImageHistory greeting | Select-First",
        "(Get-ImageHistory greeting)[0]");

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Names_the_image(string input)
    {
        _session.Run("filter Select-First { if (-not $script:seen) { $script:seen = $true; $_ } }");

        Assert.Equal([StoreSession.SampleId], Once($"{input} | Get-ContainerImage | ForEach-Object Id"));
        Assert.Equal(8, Once($"{input} | Get-ImageHistory").Length);
        Assert.Empty(Once($"{input} | Save-ContainerImage -Destination ./saved.tar"));
        Assert.True(File.Exists(_session.Combine("saved.tar")));
        Assert.Empty(Once($"{input} | Add-ImageTag added:1"));
        Assert.Equal(["localhost/added:1", "localhost/greeting:latest"], _session.Names());
        Assert.Empty(Once("Remove-ImageTag added:1"));
        Assert.Empty(Once($"{input} | Remove-ContainerImage"));
        Assert.Empty(_session.Names());
    }

    [Theory]
    [InlineData("[System.Diagnostics.Process]::GetCurrentProcess()", "InvalidImageId")]
    [InlineData("[pscustomobject]@{ Id = 0 }", "InvalidImageId")]
    [InlineData("[pscustomobject]@{ Id = $id.Substring(0, 11) }", "InvalidImageId")]
    [InlineData("[pscustomobject]@{ Id = '<missing>' }", "InvalidImageId")]
    [InlineData("(Get-ImageHistory greeting)[-1]", "InvalidImageId")]
    [InlineData("[pscustomobject]@{ Name = 'greeting' }", "ImageNotIdentified")]
    [InlineData("[pscustomobject]@{ Reference = $null }", "ImageNotIdentified")]
    [InlineData("[System.IO.FileInfo]'greeting'", "ImageNotIdentified")]
    [InlineData("[System.Version]'1.2'", "ImageNotIdentified")]
    [InlineData(SomethingElse, "ImageNotIdentified")]
    public void Names_none(string input, string error)
    {
        _session.Run($"$other = & {{ {input} }}").ShouldSucceed();

        foreach (string command in _commands)
        {
            _session.Run($"$other | {command}").ShouldFail(error, ErrorCategory.InvalidArgument);
        }

        Assert.Equal(["localhost/greeting:latest"], _session.Names());
    }

    [Fact]
    public void A_few_digits_are_no_ID()
    {
        // To Remove-ImageTag text is the tag itself.
        foreach (string command in _commands[..^1])
        {
            _session.Run($"$id.Substring(0, 4) | {command}").ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);
        }

        Assert.Equal(["localhost/greeting:latest"], _session.Names());
    }

    [Theory]
    [InlineData("Get-ContainerImage")]
    [InlineData("Get-ImageHistory")]
    [InlineData("Save-ContainerImage -Destination ./x.tar")]
    [InlineData("Remove-ContainerImage -Force")]
    public void By_position_too_text_and_images_are_told_apart_from_other_objects(string command)
    {
        Assert.Empty(_session.Run($"{command} $image, 'greeting'").ShouldSucceed().Errors);
        if (!command.StartsWith("Remove", StringComparison.Ordinal))
        {
            ScriptResult other = _session.Run($"{command} ([pscustomobject]@{{ Id = $id }})");
            Assert.NotNull(other.TerminatingError ?? other.Errors.SingleOrDefault());
        }
    }

    [Theory]
    [InlineData("Get-ImageHistory")]
    [InlineData("Save-ContainerImage -Destination ./x.tar -PassThru")]
    [InlineData("Remove-ContainerImage -PassThru")]
    public void Typed_IDs_may_be_short(string command) => Assert.NotEmpty(_session.Texts($"{command} -Id 06"));

    [Fact]
    public void Numbers_that_are_typed_are_text() => Assert.Equal(
        [StoreSession.SampleId],
        _session.Texts("(Get-ContainerImage 0679216).Id"));

    [Fact]
    public void Bad_items_do_not_stop_the_rest()
    {
        ScriptResult result = _session.Run("'nope', 'greeting', 'NOPE' | Get-ContainerImage");

        Assert.Equal(
            ["ImageNotFound", "InvalidReference"],
            result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]));
        Assert.Equal(["nope", "NOPE"], result.Errors.Select(error => error.TargetObject));
        Assert.Equal("localhost/greeting:latest", result.Objects.Single().ToString());
        Assert.Null(result.TerminatingError);
    }

    private string[] Once(string script)
    {
        _session.Run("$script:seen = $false");
        return _session.Texts(script);
    }
}
