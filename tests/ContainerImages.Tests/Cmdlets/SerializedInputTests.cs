using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>What comes back from jobs, remoting and CliXml goes on into every cmdlet that takes objects.</summary>
public sealed class SerializedInputTests : IDisposable
{
    private const string Serialize = """
        filter ConvertTo-Deserialized { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($_)) }
        """;

    /// <summary>What each cmdlet with an <c>-InputObject</c> is called by, and the text of what it then writes.</summary>
    private static readonly Dictionary<string, (string Call, string Written)> _calls = new()
    {
        ["Get-ContainerImage"] = ("$from | Get-ContainerImage | ForEach-Object Id", StoreSession.SampleId),
        ["Get-ImageHistory"] = ("($from | Get-ImageHistory).Count", "8"),
        ["Test-ContainerImage"] = ("$from | Test-ContainerImage", "True"),
        ["Save-ContainerImage"] = ("($from | Save-ContainerImage -Destination ./saved.tar -PassThru).Name", "saved.tar"),
        ["Add-ImageTag"] = ("($from | Add-ImageTag -Tag team/a:1 -PassThru).Names -contains 'localhost/team/a:1'", "True"),
        ["Remove-ImageTag"] = ("($from | Remove-ImageTag -All -PassThru).Names.Count", "0"),
        ["New-ImageLease"] = ("($from | New-ImageLease -Name web1).Id", StoreSession.SampleId),
        ["Remove-ContainerImage"] = ("($from | Remove-ContainerImage -PassThru).Removed", "True"),
        ["Publish-ContainerImage"] = ("$from | Publish-ContainerImage -Destination registry.example.com/a:1 -WhatIf", ""),
        ["Repair-ImageStore"] = ("($findings | Repair-ImageStore -From $sample -PassThru).Repaired", "True"),
    };

    private readonly StoreSession _session = StoreSession.WithSample();

    public static TheoryData<string> Commands => [.. _calls.Keys];

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_cmdlet_that_takes_objects_is_here() => Assert.Equal(
        _session.Texts("Get-Command -Module ContainerImages -CommandType Cmdlet | ForEach-Object { if ($_.Parameters.ContainsKey('InputObject')) { $_.Name } }").Order(),
        _calls.Keys.Order());

    [Theory]
    [MemberData(nameof(Commands))]
    public void Goes_on_in_the_store_that_it_came_from(string command)
    {
        _session.Run(Serialize + """
            $from = Get-ContainerImage greeting | ConvertTo-Deserialized
            $findings = @()
            """).ShouldSucceed();
        if (command == "Repair-ImageStore")
        {
            _session.Damage(StoreSession.SampleId);
            _session.Run("$findings = @(Test-ImageStore -Detailed | ConvertTo-Deserialized)").ShouldSucceed();
        }

        // Another store is the default: what is piped on brings its own along.
        _session.Run("$PSDefaultParameterValues.Clear(); if ($from -isnot [ContainerImages.ContainerImage]) { $from.PSObject.TypeNames[0] }").ShouldSucceed();
        ScriptResult result = _session.Run(_calls[command].Call).ShouldSucceed();

        Assert.Equal(_calls[command].Written, string.Join(' ', result.Objects.Select(o => o.ToString()).Distinct()));
    }

    [Fact]
    public void A_lease_that_was_serialized_is_removed_by_its_name_and_a_history_entry_finds_its_image()
    {
        _session.Run(Serialize + "$lease = New-ImageLease greeting -Name web1 | ConvertTo-Deserialized; $steps = Get-ImageHistory greeting | ConvertTo-Deserialized").ShouldSucceed();

        Assert.Equal(["web1"], _session.Texts("($lease | Get-ImageLease).Name"));
        Assert.Equal([StoreSession.SampleId], _session.Texts("($steps[0] | Get-ContainerImage).Id"));
        Assert.Empty(_session.Texts("$lease | Remove-ImageLease; Get-ImageLease"));
    }

    [Fact]
    public void What_a_store_lacks_is_found_out_by_what_was_serialized_too()
    {
        _session.Run(Serialize + "$from = Get-ContainerImage greeting | ConvertTo-Deserialized; Remove-ContainerImage greeting").ShouldSucceed();

        _session.Run("$from | Get-ContainerImage").ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal(["False"], _session.Texts("$from | Test-ContainerImage"));
    }
}
