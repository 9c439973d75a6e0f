using System;
using System.Linq;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Views;

/// <summary>What scripts have instead of an image, and how it becomes one.</summary>
public sealed class ImageConversionTests : IDisposable
{
    private readonly ScriptSession _session = SampleImages.NewSession();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_deserialized_image_becomes_one_without_losing_what_binds_onward() => Check("""
        $data = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($debian))
        $copy = [ContainerImages.ContainerImage]$data
        "$($data.PSObject.TypeNames[0]) $data"
        $copy -eq $debian
        $copy.Reference -ceq $debian.Reference
        "$($copy.Names)" -ceq "$($debian.Names)"
        $copy.StorePath -ceq $debian.StorePath
        $copy.Digest -ceq $debian.Digest
        $copy.Size -eq $debian.Size
        $copy.Platform -ceq $debian.Platform
        [Math]::Abs(($copy.Created - $debian.Created).TotalSeconds) -lt 1
        """, "Deserialized.ContainerImages.ContainerImage docker.io/library/debian:12", true, true, true, true, true, true, true, true);

    [Fact]
    public void Serialization_reads_no_file_of_the_image() => Check("""
        $data = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($debian))
        "$($data.PSObject.Properties | Where-Object MemberType -eq 'Property' | ForEach-Object Name)"
        """, "Id Digest Reference Names MatchedNames RepoTags RepoDigests StorePath Created Size Platform Os Architecture Variant "
            + "TopLayer ManifestType RootDigest Platforms PresentPlatforms");

    [Fact]
    public void Of_any_other_object_what_an_image_does_not_have_is_left_alone() => Check("""
        $image = [ContainerImages.ContainerImage][pscustomobject]@{
            Id = 'sha256:' + 'a' * 64; Reference = $null; Names = 'quay.io/a:1', 'quay.io/a:2'; Size = '5'; Foo = 1
        }
        $image.Id -ceq 'a' * 64
        $image.Reference
        $image.Size
        """, true, "quay.io/a:1", 5L);

    [Fact]
    public void Dates_of_a_CSV_file_are_read_in_the_culture_that_wrote_them() => Check("""
        $british = [System.Globalization.CultureInfo]::InvariantCulture.Clone()
        $british.DateTimeFormat.ShortDatePattern = 'dd/MM/yyyy'
        [System.Globalization.CultureInfo]::CurrentCulture = $british
        $row = [pscustomobject]@{
            Id = 'a' * 64; Reference = ''; Created = '02/01/2026 03:04:05 +00:00'; Names = 'System.Collections.Generic.List`1[System.String]'
        }
        $image = [ContainerImages.ContainerImage]$row
        $image.Created -eq [DateTimeOffset]'2026-01-02T03:04:05Z'
        $image.Names.Count
        """, true, 0);

    [Fact]
    public void Hash_tables_may_hold_wrapped_values() => Check("""
        ([ContainerImages.ContainerImage]@{ Id = 'a' * 64; Names = 1..2 | ForEach-Object { "quay.io/a:$_" } }).Names.Count
        ([ContainerImages.ContainerImage]@{ Id = [psobject]::AsPSObject('a' * 64); Labels = [psobject]::AsPSObject(@{ k = 'v' }) }).Labels.k
        """, 2, "v");

    [Theory]
    [InlineData("@{ Id = '1'; Foo = 2 }", "no property 'Foo'")]
    [InlineData("@{ Reference = 'a' }", "needs an 'Id'")]
    [InlineData("([pscustomobject]@{ Id = 5 })", "Cannot convert")]
    [InlineData("'debian'", "Cannot convert")]
    public void What_names_no_image_is_refused(string value, string message)
    {
        ScriptResult result = _session.Run($"[ContainerImages.ContainerImage]{value}");

        Assert.Contains(message, result.Errors.Single().Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_bind_as_objects_and_all_else_by_Id_Reference_or_text() => Check("""
        function Show-Binding {
            [CmdletBinding(DefaultParameterSetName = 'Id')]
            param(
                [Parameter(ParameterSetName = 'Id', Mandatory, ValueFromPipelineByPropertyName)] [string[]] $Id,
                [Parameter(ParameterSetName = 'Reference', Mandatory, Position = 0, ValueFromPipeline, ValueFromPipelineByPropertyName)]
                [string[]] $Reference,
                [Parameter(ParameterSetName = 'InputObject', Mandatory, Position = 0, ValueFromPipeline)]
                [ContainerImages.ContainerImage[]] $InputObject
            )
            process { $PSCmdlet.ParameterSetName }
        }
        $data = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($debian))
        $debian | Show-Binding
        Show-Binding $debian
        $data | Show-Binding
        [pscustomobject]@{ Id = 'a' * 64; Reference = $null } | Show-Binding
        [pscustomobject]@{ Reference = 'a' } | Show-Binding
        'debian' | Show-Binding
        """, "InputObject", "InputObject", "Id", "Id", "Reference", "Reference");

    private void Check(string script, params object[] expected) =>
        Assert.Equal(expected, _session.Run(script).ShouldSucceed().Objects.Select(o => o.BaseObject));
}
