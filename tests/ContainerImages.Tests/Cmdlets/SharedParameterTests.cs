using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Parameters that several cmdlets share mean the same everywhere.</summary>
[Collection(ProcessState.Name)]
public sealed class SharedParameterTests : IDisposable
{
    /// <summary>What is done with the sample in a store that is not the default, and what comes of it.</summary>
    private static readonly Dictionary<string, (string Act, string Expected)> _elsewhere = new()
    {
        ["Get-ContainerImage"] = ("(Get-ContainerImage greeting -StorePath $other).Id", StoreSession.SampleId),
        ["Get-ImageHistory"] = ("@(Get-ImageHistory greeting -StorePath $other).Count", "8"),
        ["Test-ContainerImage"] = ("Test-ContainerImage -Reference greeting -StorePath $other", "True"),
        ["Test-ImageStore"] = ("Test-ImageStore -StorePath $other", "True"),
        ["Measure-ImageStore"] = ("(Measure-ImageStore -StorePath $other).ImageCount", "1"),
        ["Save-ContainerImage"] = ("(Save-ContainerImage greeting -Destination ./a.tar -PassThru -StorePath $other).Name", "a.tar"),
        ["Add-ImageTag"] = ("(Add-ImageTag greeting -Tag a:1 -PassThru -StorePath $other).Names.Count", "2"),
        ["Remove-ImageTag"] = ("(Remove-ImageTag greeting:latest -PassThru -StorePath $other).Dangling", "True"),
        ["New-ImageLease"] = ("(New-ImageLease -Reference greeting -Name web1 -StorePath $other).StorePath -eq $other", "True"),
        ["Get-ImageLease"] = ("$null = New-ImageLease greeting -Name web1 -StorePath $other; (Get-ImageLease -StorePath $other).Name", "web1"),
        ["Remove-ImageLease"] = ("$null = New-ImageLease greeting -Name web1 -StorePath $other; (Remove-ImageLease web1 -PassThru -StorePath $other).Name", "web1"),
        ["Remove-ContainerImage"] = ("(Remove-ContainerImage greeting -PassThru -StorePath $other).Removed", "True"),
        ["Optimize-ImageStore"] = ("(Optimize-ImageStore -Reference greet* -All -PassThru -StorePath $other).Id", StoreSession.SampleId),
        ["Repair-ImageStore"] = ("Hide-Layer $other; (Repair-ImageStore -From $sample -PassThru -StorePath $other).Repaired", "True"),
        ["Import-ContainerImage"] = ("(Import-ContainerImage $sample -StorePath $other).StorePath -eq $other", "True"),
        ["Request-ContainerImage"] = ("(Request-ContainerImage localhost/greeting -Policy Never -StorePath $other).Id", StoreSession.SampleId),
        ["Copy-ContainerImage"] = ("Copy-ContainerImage store:greeting store:a:1 -StorePath $other; (Get-ContainerImage a:1 -StorePath $other).Id", StoreSession.SampleId),
        ["Publish-ContainerImage"] = ("Publish-ContainerImage greeting -Destination \"oci-archive:$folder/a.tar\" -StorePath $other | ForEach-Object { 'pushed' }", "pushed"),
    };

    // Nobody listens on that port.
    private static readonly string[] _remote =
    [
        "Request-ContainerImage 127.0.0.1:9/a:1",
        "Find-ContainerImage 127.0.0.1:9/a",
        "Find-ContainerImage -Registry 127.0.0.1:9 -Repository team/* -First 5",
        "Publish-ContainerImage greeting -Destination 127.0.0.1:9/a:1",
        "Copy-ContainerImage 127.0.0.1:9/a:1 store:b:1",
        "Copy-ContainerImage store:greeting 127.0.0.1:9/a:1 -Compression zstd -CompressionLevel 3 -Format oci",
    ];

    private readonly RegistrySession _registries = new();
    private readonly StoreSession _session;

    public SharedParameterTests()
    {
        _session = new StoreSession(_registries.Session);
        _registries.Set("CONTAINERIMAGES_STORE", _session.Store);
        _session.Set("other", _session.Combine("other"));
        _session.Run("""
            $null = Import-ContainerImage $sample -StorePath $other
            $credential = [pscredential]::new('ann', [securestring]::new())
            function Hide-Layer([string] $StorePath) {
                $layer = (Get-ContainerImage greeting -StorePath $StorePath).Layers[0].Digest -replace '^sha256:'
                [System.IO.File]::Delete("$StorePath/blobs/sha256/$layer")
            }
            """).ShouldSucceed();
    }

    public static TheoryData<string> WithStorePath => [.. _elsewhere.Keys];

    public static TheoryData<string> Remote => [.. _remote];

    public static TheoryData<string, string> RemoteBeyondLimits
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (string script in _remote)
            {
                foreach (string beyond in new[] { "-TimeoutSec 0", "-RetryCount -1", "-ThrottleLimit 65" })
                {
                    all.Add(script, beyond);
                }
            }

            return all;
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _registries.Dispose();
    }

    [Fact]
    public void Every_cmdlet_with_a_StorePath_is_here() => Assert.Equal(
        _session.Texts("Get-Command -Module ContainerImages -CommandType Cmdlet | ForEach-Object { if ($_.Parameters.ContainsKey('StorePath')) { $_.Name } }").Order(),
        _elsewhere.Keys.Order());

    [Theory]
    [MemberData(nameof(WithStorePath))]
    public void The_store_that_is_typed_is_used_and_not_the_default_one(string command)
    {
        Assert.Equal([_elsewhere[command].Expected], _session.Texts(_elsewhere[command].Act));
        Assert.False(Directory.Exists(_session.Store));
    }

    [Theory]
    [InlineData("(Get-ContainerImage -InputObject $image).Id", StoreSession.SampleId)]
    [InlineData("@(Get-ImageHistory -InputObject $image).Count", "8")]
    [InlineData("Test-ContainerImage -InputObject $image", "True")]
    [InlineData("(Save-ContainerImage -InputObject $image -Destination ./a.tar -PassThru).Name", "a.tar")]
    [InlineData("(New-ImageLease -InputObject $image -Name web1).Id", StoreSession.SampleId)]
    [InlineData("(Add-ImageTag -InputObject $image -Tag a:1 -PassThru).Names.Count", "2")]
    [InlineData("(Remove-ImageTag -InputObject $image -All -PassThru).Dangling", "True")]
    [InlineData("(Remove-ContainerImage -InputObject $image -PassThru).Removed", "True")]
    [InlineData("(Publish-ContainerImage -InputObject $image -Destination \"oci-archive:$folder/a.tar\").Digest -eq $image.Digest", "True")]
    [InlineData("Hide-Layer $other; (Repair-ImageStore -InputObject (Test-ImageStore -Detailed -StorePath $other) -From $sample -PassThru).Repaired", "True")]
    public void Objects_may_be_typed(string script, string expected) =>
        Assert.Equal([expected], _session.Texts($"$image = Get-ContainerImage greeting -StorePath $other; {script}"));

    [Theory]
    [MemberData(nameof(Remote))]
    public void What_is_said_about_registries_is_taken_by_all_that_talk_to_one(string script)
    {
        ScriptResult result = _session.Run($"{OnOther(script)} -Credential $credential -AllowInsecure -TimeoutSec 60 -RetryCount 0 -ThrottleLimit 2");

        Assert.StartsWith("RegistryUnreachable,", Assert.Single(result.Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Empty(result.Objects);
    }

    [Theory]
    [MemberData(nameof(RemoteBeyondLimits))]
    public void And_what_is_beyond_its_limits_by_none(string script, string beyond) => Assert.StartsWith(
        "ParameterArgumentValidationError,",
        Assert.Single(_session.Run($"{OnOther(script)} {beyond}").Errors).FullyQualifiedErrorId,
        StringComparison.Ordinal);

    private static string OnOther(string script) => script.StartsWith("Find-", StringComparison.Ordinal) ? script : script + " -StorePath $other";
}
