using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>New-, Get- and Remove-ImageLease, and what a lease means to Remove-ContainerImage.</summary>
public sealed class ImageLeaseTests : IDisposable
{
    private static readonly ArchiveImage _other = new("other") { Names = ["docker.io/library/other:1"], Day = 2 };

    private readonly StoreSession _session = StoreSession.WithSample();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("New-ImageLease greeting -Name web1")]
    [InlineData("New-ImageLease -Id 0679 -Name web1")]
    [InlineData("New-ImageLease (Get-ContainerImage) -Name web1")]
    [InlineData("Get-ContainerImage | New-ImageLease -Name web1")]
    [InlineData("'greeting', 'greeting:latest' | New-ImageLease -Name web1")]
    [InlineData("[pscustomobject]@{ Id = $id } | New-ImageLease -Name web1")]
    [InlineData("(Get-ImageHistory greeting)[0] | New-ImageLease -Name web1")]
    public void An_image_is_leased_however_it_is_named(string script)
    {
        Assert.Equal(
            ["web1", "web1", StoreSession.SampleId, "localhost/greeting:latest"],
            _session.Texts($"{script} | ForEach-Object {{ $_; $_.Name; $_.Id; $_.Reference }}"));
        Assert.Equal(["web1"], _session.Texts("Get-ImageLease"));
    }

    [Fact]
    public void A_lease_has_its_end_and_remark()
    {
        Assert.Equal(
            ["2099-01-01T12:00:00.0000000+00:00", "for the proxy", "False", "True", _session.Store],
            _session.Texts("""
                $null = New-ImageLease greeting -Name web1 -Until '2099-01-01T14:00:00+02:00' -Comment 'for the proxy'
                Get-ImageLease | ForEach-Object {
                    $_.Until.ToString('o'); $_.Comment; $_.Expired; [DateTimeOffset]::UtcNow - $_.Created -lt [timespan]'1:00'; $_.StorePath
                }
                """));
    }

    [Fact]
    public void A_lease_that_has_ended_already_is_warned_about()
    {
        ScriptResult result = _session.Run("New-ImageLease greeting -Name old -Until ([datetime]::Now.AddDays(-1))").ShouldSucceed();

        Assert.Equal(["The lease old holds nothing: -Until is not in the future."], result.Warnings);
        Assert.Equal(["True"], _session.Texts("(Get-ImageLease old).Expired"));
        _session.Run("Remove-ContainerImage greeting").ShouldSucceed();
        Assert.Empty(_session.Texts("Get-ImageLease"));
    }

    [Theory]
    [InlineData("Get-ImageLease", "batch web1 web1 web2")]
    [InlineData("Get-ImageLease web1", "web1 web1")]
    [InlineData("Get-ImageLease WEB*", "web1 web1 web2")]
    [InlineData("Get-ImageLease web2, b*", "web2 batch")]
    [InlineData("'web2', 'batch' | Get-ImageLease", "web2 batch")]
    [InlineData("[pscustomobject]@{ Name = 'web2' } | Get-ImageLease", "web2")]
    [InlineData("Get-ImageLease -Reference greeting", "batch web1")]
    [InlineData("Get-ImageLease web* -Reference oth*, $id", "web1 web1 web2")]
    [InlineData("Get-ImageLease nothing*", "")]
    public void Leases_are_found_by_name_and_by_image(string script, string expected)
    {
        WithFourLeases();

        Assert.Equal(expected, string.Join(' ', _session.Texts(script)));
    }

    [Theory]
    [InlineData("Get-ImageLease nope, web2")]
    [InlineData("'nope', 'web2' | Get-ImageLease")]
    [InlineData("Remove-ImageLease nope, web2 -PassThru")]
    public void A_name_that_is_none_is_an_error_and_the_rest_goes_on(string script)
    {
        WithFourLeases();

        ScriptResult result = _session.Run(script);

        ErrorRecord error = result.ShouldFail("LeaseNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal("nope", error.TargetObject);
        Assert.Contains("there are batch, web1, web2", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("web2", result.Objects.Single().ToString());
    }

    [Theory]
    [InlineData("Remove-ImageLease web2", "batch web1 web1")]
    [InlineData("Remove-ImageLease web1", "batch web2")]
    [InlineData("Remove-ImageLease *", "")]
    [InlineData("Remove-ImageLease web1 -Id 0679", "batch web1 web2")]
    [InlineData("Get-ImageLease web* | Remove-ImageLease", "batch")]
    [InlineData("Get-ImageLease web1 -Reference greeting | Remove-ImageLease", "batch web1 web2")]
    [InlineData("'web2', 'batch' | Remove-ImageLease", "web1 web1")]
    [InlineData("Get-ImageLease | Where-Object Name -EQ batch | ForEach-Object { [pscustomobject]@{ Name = $_.Name; Id = $_.Id } } | Remove-ImageLease", "web1 web1 web2")]
    public void Leases_are_removed_by_name_and_piped_in_for_their_images_alone(string script, string left)
    {
        WithFourLeases();

        Assert.Empty(_session.Run(script).ShouldSucceed().Transcript);

        Assert.Equal(left, string.Join(' ', _session.Texts("Get-ImageLease")));
        Assert.Empty(_session.Ingests);
    }

    [Fact]
    public void Other_things_that_have_a_name_are_not_taken_for_leases()
    {
        WithFourLeases();

        _session.Run("[pscustomobject]@{ Name = 'web1'; Id = 4711 } | Remove-ImageLease").ShouldFail("InvalidImageId", ErrorCategory.InvalidArgument);

        Assert.Equal(4, _session.Texts("Get-ImageLease").Length);
    }

    [Fact]
    public void A_variable_that_is_not_set_is_no_end()
    {
        Assert.NotEmpty(_session.Run("New-ImageLease greeting -Name web1 -Until $unset").Errors);
        Assert.Empty(_session.Texts("Get-ImageLease"));
    }

    [Theory]
    [InlineData("New-ImageLease greeting -Name 'a b'")]
    [InlineData("Get-ContainerImage | New-ImageLease -Name -a")]
    public void A_name_outside_the_grammar_ends_the_call(string script)
    {
        _session.Run(script).ShouldFail("InvalidLeaseName", ErrorCategory.InvalidArgument);
        Assert.Equal(["ended"], _session.Texts($"try {{ {script} }} catch {{ 'ended' }}"));
        Assert.Empty(_session.Texts("Get-ImageLease"));
    }

    [Fact]
    public void An_image_that_is_not_there_is_an_error_and_the_others_are_leased()
    {
        ScriptResult result = _session.Run("New-ImageLease nope, greeting -Name web1");

        result.ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal("web1", result.Objects.Single().ToString());
    }

    [Fact]
    public void What_if_says_what_would_be_done_and_does_nothing()
    {
        _session.Run($"Import-ContainerImage ./{_session.Write("other.tar", _other)}").ShouldSucceed();

        _session.Run("New-ImageLease other:1, greeting -Name web1 -WhatIf").ShouldSucceed().Transcript.ShouldBe($"""
            What if: Performing the operation "Lease image as web1" on target "other:1 ({_other.ShortId})".
            What if: Performing the operation "Lease image as web1" on target "localhost/greeting:latest (0679216bcb6c)".
            """);
        Assert.Empty(_session.Texts("Get-ImageLease"));

        _session.Run("$null = New-ImageLease other:1, greeting -Name web1; Remove-ImageLease w* -WhatIf").ShouldSucceed().Transcript
            .ShouldBe("What if: Performing the operation \"Remove lease\" on target \"web1\".");
        Assert.Equal(2, _session.Texts("Get-ImageLease").Length);
    }

    [Fact]
    public void A_leased_image_is_removed_by_force_alone()
    {
        _session.Run("$null = New-ImageLease greeting -Name web1; Add-ImageTag greeting other:1").ShouldSucceed();
        Assert.Equal(["Untagged localhost/other:1"], _session.Texts("Remove-ContainerImage other:1 -PassThru"));

        _session.Run("Remove-ContainerImage greeting -WhatIf").Transcript.ShouldBe("""
            ERROR: Image 0679216bcb6c is in use and is not removed: the lease web1 holds it.
                ImageInUse,ContainerImages.Commands.RemoveContainerImageCommand (ResourceBusy: greeting)
                Recommendation: End its use by Remove-ImageLease, or use -Force to remove it all the same.
            """);
        _session.Run("Get-ContainerImage | Remove-ContainerImage").ShouldFail("ImageInUse", ErrorCategory.ResourceBusy);
        Assert.Equal(["localhost/greeting:latest"], _session.Names());

        _session.Run("Remove-ContainerImage greeting -Force").ShouldSucceed();
        Assert.Empty(_session.Names());
        Assert.Empty(_session.Blobs);
    }

    [Fact]
    public void A_lease_leads_to_its_image()
    {
        _session.Run("$null = New-ImageLease greeting -Name web1; Remove-ImageTag greeting").ShouldSucceed();

        Assert.Equal([StoreSession.SampleId], _session.Texts("(Get-ImageLease web1 | Get-ContainerImage).Id"));
        Assert.Equal(["True"], _session.Texts("$null -eq (Get-ImageLease web1).Reference"));
        Assert.Equal(
            [StoreSession.SampleId],
            _session.Texts("""
                $data = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-ImageLease)))
                ($data | Get-ContainerImage).Id
                """));
        _session.Run("$data | Remove-ImageLease").ShouldSucceed();
        Assert.Empty(_session.Texts("Get-ImageLease"));
    }

    [Fact]
    public void A_lease_piped_on_acts_in_its_own_store()
    {
        _session.Run("""
            $null = Import-ContainerImage $sample -StorePath ./second
            $lease = New-ImageLease greeting -Name web1 -StorePath ./second
            $PSDefaultParameterValues.Clear()
            $lease | Remove-ImageLease
            """).ShouldSucceed();

        Assert.Empty(_session.Texts("Get-ImageLease -StorePath ./second"));
    }

    [Fact]
    public void A_store_that_is_not_there_has_no_leases_and_is_not_made()
    {
        Assert.Empty(_session.Texts("Get-ImageLease -StorePath ./none; Get-ImageLease * -StorePath ./none; Remove-ImageLease * -StorePath ./none"));

        _session.Run("Get-ImageLease web1 -StorePath ./none").ShouldFail("LeaseNotFound", ErrorCategory.ObjectNotFound);
        Assert.False(Directory.Exists(_session.Combine("none")));
    }

    private void WithFourLeases()
    {
        _session.Run($"""
            $null = Import-ContainerImage ./{_session.Write("other.tar", _other)}
            $null = New-ImageLease greeting, other:1 -Name web1
            $null = New-ImageLease other:1 -Name web2
            $null = New-ImageLease greeting -Name batch
            """).ShouldSucceed();
    }
}
