using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>
/// Every cmdlet can be replaced in the tests of somebody's script. Pester does so by a function that has the cmdlet's parameters,
/// made of its metadata; these are such functions, which note what was bound.
/// </summary>
public sealed class MockTests : IDisposable
{
    private const string Prepare = """
        $calls = [System.Collections.Generic.List[object]]::new()
        function Set-Mock([string] $Name) {
            $metadata = [System.Management.Automation.CommandMetadata]::new($ExecutionContext.InvokeCommand.GetCmdlet($Name))
            $binding = [System.Management.Automation.ProxyCommand]::GetCmdletBindingAttribute($metadata)
            $parameters = [System.Management.Automation.ProxyCommand]::GetParamBlock($metadata)
            . ([scriptblock]::Create("function global:$Name { $binding param($parameters) process { `$calls.Add(@{} + `$PSBoundParameters); 'mocked' } }"))
        }

        $image = [ContainerImages.ContainerImage]@{ Id = 'a' * 64; Reference = 'localhost/app:1'; Names = 'localhost/app:1' }
        $finding = [ContainerImages.VerificationFinding]@{ Kind = 'BlobMissing'; Severity = 'Error'; Message = 'Gone.' }
        $lease = [ContainerImages.ImageLease]@{ Name = 'web1'; Id = 'a' * 64 }
        $credential = [pscredential]::new('ann', [securestring]::new())
        """;

    /// <summary>What a script would call, and what of it a filter sees.</summary>
    private static readonly Dictionary<string, (string Call, string Filter)> _calls = new()
    {
        ["Add-ImageTag"] = ("$image | Add-ImageTag -Tag team/app:1", "$bound.InputObject.Reference -eq 'localhost/app:1' -and $bound.Tag -eq 'team/app:1'"),
        ["Connect-ContainerRegistry"] = ("Connect-ContainerRegistry registry.example.com $credential", "$bound.Registry -eq 'registry.example.com' -and $bound.Credential.UserName -eq 'ann'"),
        ["Copy-ContainerImage"] = ("Copy-ContainerImage registry.example.com/a:1 oci:./layout:a", "$bound.Source -eq 'registry.example.com/a:1' -and $bound.Destination -eq 'oci:./layout:a'"),
        ["Disconnect-ContainerRegistry"] = ("Disconnect-ContainerRegistry registry*", "$bound.Registry -eq 'registry*'"),
        ["Find-ContainerImage"] = ("'registry.example.com/app:1.*' | Find-ContainerImage -Detailed", "$bound.Reference -eq 'registry.example.com/app:1.*' -and $bound.Detailed"),
        ["Get-ContainerImage"] = ("Get-ContainerImage app:* -Label a=b", "$bound.Reference -eq 'app:*' -and $bound.Label -eq 'a=b'"),
        ["Get-ImageHistory"] = ("$image | Get-ImageHistory", "$bound.InputObject.Id -eq $image.Id"),
        ["Get-ImageLease"] = ("Get-ImageLease web*", "$bound.Name -eq 'web*'"),
        ["Import-ContainerImage"] = ("Import-ContainerImage ./a.tar -Platform linux/amd64", "$bound.Path -eq './a.tar' -and $bound.Platform -eq 'linux/amd64'"),
        ["Measure-ImageStore"] = ("Measure-ImageStore -StorePath ./store", "$bound.StorePath -eq './store'"),
        ["New-ImageLease"] = ("$image | New-ImageLease -Name web1", "$bound.InputObject.Id -eq $image.Id -and $bound.Name -eq 'web1'"),
        ["Optimize-ImageStore"] = ("Optimize-ImageStore team/* -Keep 5", "$bound.Reference -eq 'team/*' -and $bound.Keep -eq 5"),
        ["Publish-ContainerImage"] = ("$image | Publish-ContainerImage -Destination registry.example.com/a:1", "$bound.InputObject.Id -eq $image.Id -and $bound.Destination -eq 'registry.example.com/a:1'"),
        ["Remove-ContainerImage"] = ("$image | Remove-ContainerImage -Force", "$bound.InputObject.Id -eq $image.Id -and $bound.Force"),
        ["Remove-ImageLease"] = ("$lease | Remove-ImageLease", "$bound.Name -eq 'web1' -and $bound.Id -eq $image.Id"),
        ["Remove-ImageTag"] = ("$image | Remove-ImageTag -All", "$bound.InputObject.Id -eq $image.Id -and $bound.All"),
        ["Repair-ImageStore"] = ("$finding | Repair-ImageStore -Force", "$bound.InputObject.Message -eq 'Gone.' -and $bound.Force"),
        ["Request-ContainerImage"] = ("Request-ContainerImage registry.example.com/a:1 -Policy IfMissing", "$bound.Reference -eq 'registry.example.com/a:1' -and $bound.Policy -eq 'IfMissing'"),
        ["Save-ContainerImage"] = ("$image | Save-ContainerImage -Destination ./a.tar -Format oci-archive", "$bound.InputObject.Id -eq $image.Id -and $bound.Destination -eq './a.tar' -and $bound.Format -eq 'oci-archive'"),
        ["Test-ContainerImage"] = ("$image | Test-ContainerImage -SizeOnly", "$bound.InputObject.Id -eq $image.Id -and $bound.SizeOnly"),
        ["Test-ImageStore"] = ("Test-ImageStore -Detailed", "$bound.Detailed"),
    };

    private readonly ScriptSession _session = new();

    public MockTests() => _session.Run(Prepare).ShouldSucceed();

    public static TheoryData<string> Commands => [.. _calls.Keys];

    /// <summary>Those that take images, with what else they must be given.</summary>
    public static TheoryData<string, string> Takers => new()
    {
        { "Get-ContainerImage", "" },
        { "Get-ImageHistory", "" },
        { "Test-ContainerImage", "" },
        { "Save-ContainerImage", "-Destination ./a.tar" },
        { "Publish-ContainerImage", "-Destination registry.example.com/a:1" },
        { "New-ImageLease", "-Name web1" },
        { "Remove-ContainerImage", "" },
    };

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_cmdlet_is_here() => Assert.Equal(
        _session.Run("Get-Command -Module ContainerImages -CommandType Cmdlet").ShouldSucceed().Objects.Select(o => ((CommandInfo)o.BaseObject).Name).Order(),
        _calls.Keys.Order());

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_mock_is_called_as_the_cmdlet_is_and_a_filter_sees_what_was_bound(string command)
    {
        var (call, filter) = _calls[command];

        Assert.Equal(["mocked"], Mocked(command, call));

        Assert.Equal(["1", "True"], Texts($"$calls.Count; $bound = $calls[0]; [bool]({filter})"));
    }

    [Theory]
    [MemberData(nameof(Takers))]
    public void What_is_no_image_is_none_for_a_mock(string command, string given)
    {
        ScriptResult result = _session.Run($"Set-Mock {command}; {command} -InputObject 5 {given}");

        Assert.StartsWith("ParameterArgumentTransformationError,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(["0"], Texts("$calls.Count"));
    }

    [Theory]
    [MemberData(nameof(Takers))]
    public void Objects_and_what_was_serialized_are_bound_by_Id(string command, string given)
    {
        Mocked(command, $$"""
            [pscustomobject]@{ Id = 'aaaaaaaaaaaa'; Reference = $null; StorePath = '/srv/images' } | {{command}} {{given}}
            [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($image)) | {{command}} {{given}}
            """);

        Assert.Equal(["aaaaaaaaaaaa", "/srv/images", new string('a', 64)], Texts("$calls[0].Id; $calls[0].StorePath; $calls[1].Id"));
    }

    [Theory]
    [MemberData(nameof(Takers))]
    public void Images_made_for_the_test_are_bound_as_objects(string command, string given)
    {
        Mocked(command, $"$image, ([ContainerImages.ContainerImage]@{{ Id = 'b' * 64 }}) | {command} {given}");

        Assert.Equal(["2", new string('b', 64)], Texts("$calls.Count; $calls[1].InputObject.Id"));
    }

    private string[] Mocked(string command, string script) => Texts($"Set-Mock {command}; {script}");

    private string[] Texts(string script) => [.. _session.Run(script).ShouldSucceed().Objects.Select(o => o.ToString())];
}
