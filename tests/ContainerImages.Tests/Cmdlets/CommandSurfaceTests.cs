using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Parameters, sets, positions, pipeline input and aliases, as they are documented.</summary>
public sealed class CommandSurfaceTests : IDisposable
{
    private static readonly HashSet<string> _ofAllCmdlets = [.. Cmdlet.CommonParameters, .. Cmdlet.OptionalCommonParameters];

    private static readonly string[] _ofRoots =
    [
        "Annotation", "Author", "Change", "Command", "Entrypoint", "Environment", "ExposedPort", "Label", "Message", "StopSignal", "User", "Volume",
        "WorkingDirectory",
    ];

    private readonly ScriptSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Get-ContainerImage", "Reference", "AllPlatforms Before Dangling Digest Id InputObject Intermediate Label Platform Reference Since StorePath Tree Until")]
    [InlineData("Connect-ContainerRegistry", "Credential", "AllowInsecure AuthFile Credential IdentityToken PassThru Registry Secret TimeoutSec UserName")]
    [InlineData("Request-ContainerImage", "__AllParameterSets", "AllPlatforms AllTags AllowInsecure Credential Platform Policy Reference RequireLabel RetryCount StorePath ThrottleLimit TimeoutSec")]
    [InlineData("Publish-ContainerImage", "Id", "AllPlatforms AllowInsecure Compression CompressionLevel Credential Destination Format Id IncludeReferrers InputObject Platform Reference RetryCount StorePath ThrottleLimit TimeoutSec")]
    [InlineData("Copy-ContainerImage", "__AllParameterSets", "AllPlatforms AllowInsecure Compression CompressionLevel Credential Destination DestinationCredential Force Format IncludeReferrers PassThru Platform RetryCount Source StorePath ThrottleLimit TimeoutSec")]
    [InlineData("Find-ContainerImage", "Reference", "AllowInsecure Credential Detailed First Reference Registry Repository RetryCount ThrottleLimit TimeoutSec")]
    [InlineData("Import-ContainerImage", "Path", "Annotation Author Change Command Entrypoint Environment ExposedPort Image InputBytes InputStream Label LiteralPath Message Path Platform Reference RootFileSystem StopSignal StorePath ThrottleLimit User Volume WorkingDirectory")]
    [InlineData("Save-ContainerImage", "Id", "AllPlatforms Compression CompressionLevel Destination Exclude Force Format Id IncludeReferrers InputObject PassThru Platform Reference StorePath Tag ThrottleLimit")]
    [InlineData("Remove-ContainerImage", "Id", "Force Id InputObject NoPrune PassThru Platform Reference StorePath")]
    [InlineData("Add-ImageTag", "Reference", "Id InputObject PassThru Reference StorePath Tag")]
    [InlineData("Remove-ImageTag", "Tag", "All Id InputObject PassThru StorePath Tag")]
    [InlineData("Get-ImageHistory", "Id", "Id InputObject Platform Reference StorePath")]
    [InlineData("New-ImageLease", "Id", "Comment Id InputObject Name Reference StorePath Until")]
    [InlineData("Test-ContainerImage", "Id", "Detailed Id InputObject Platform Reference SizeOnly StorePath")]
    public void Has_these_parameters_and_default_set(string command, string defaultSet, string parameters)
    {
        CommandInfo info = Command(command);

        Assert.Equal(defaultSet, info.ParameterSets.SingleOrDefault(set => set.IsDefault)?.Name ?? "__AllParameterSets");

        // More may come; these stay.
        Assert.Empty(parameters.Split(' ').Except(info.Parameters.Keys));
    }

    [Theory]
    [InlineData("Save-ContainerImage")]
    [InlineData("Remove-ContainerImage")]
    [InlineData("Get-ImageHistory")]
    [InlineData("New-ImageLease")]
    [InlineData("Test-ContainerImage")]
    public void Images_are_named_by_three_sets(string command)
    {
        CommandInfo info = Command(command);

        Assert.Equal(["Id", "InputObject", "Reference"], info.ParameterSets.Select(set => set.Name).Order());
        Assert.Equal("0 value property", Binding(info, "Reference", "Reference"));
        Assert.Equal("0 value", Binding(info, "InputObject", "InputObject"));
        Assert.Equal("property", Binding(info, "Id", "Id"));
        Assert.All(info.ParameterSets, set => Assert.True(set.Parameters.Single(p => p.Name == set.Name).IsMandatory));
    }

    [Theory]
    [InlineData("Get-ContainerImage", "Reference", "Reference", "0 value property")]
    [InlineData("Connect-ContainerRegistry", "Credential", "Registry", "0")]
    [InlineData("Connect-ContainerRegistry", "Credential", "Credential", "1")]
    [InlineData("Connect-ContainerRegistry", "Secret", "Secret", "value")]
    [InlineData("Connect-ContainerRegistry", "IdentityToken", "IdentityToken", "")]
    [InlineData("Connect-ContainerRegistry", "Credential", "AllowInsecure", "")]
    [InlineData("Request-ContainerImage", "__AllParameterSets", "Reference", "0 value property")]
    [InlineData("Request-ContainerImage", "__AllParameterSets", "AllowInsecure", "")]
    [InlineData("Request-ContainerImage", "__AllParameterSets", "Credential", "")]
    [InlineData("Copy-ContainerImage", "__AllParameterSets", "Source", "0 value property")]
    [InlineData("Copy-ContainerImage", "__AllParameterSets", "Destination", "1")]
    [InlineData("Copy-ContainerImage", "__AllParameterSets", "AllowInsecure", "")]
    [InlineData("Copy-ContainerImage", "__AllParameterSets", "DestinationCredential", "")]
    [InlineData("Find-ContainerImage", "Reference", "Reference", "0 value property")]
    [InlineData("Find-ContainerImage", "Registry", "Registry", "")]
    [InlineData("Disconnect-ContainerRegistry", "__AllParameterSets", "Registry", "0 property")]
    [InlineData("Get-ContainerImage", "Reference", "Id", "property")]
    [InlineData("Get-ContainerImage", "Reference", "Digest", "")]
    [InlineData("Get-ContainerImage", "InputObject", "InputObject", "value")]
    [InlineData("Import-ContainerImage", "Path", "Path", "0 value property")]
    [InlineData("Import-ContainerImage", "LiteralPath", "LiteralPath", "property")]
    [InlineData("Import-ContainerImage", "InputStream", "InputStream", "value property")]
    [InlineData("Import-ContainerImage", "InputBytes", "InputBytes", "value")]
    [InlineData("Import-ContainerImage", "Path", "Reference", "")]
    [InlineData("Import-ContainerImage", "RootFileSystemPath", "Path", "0 value property")]
    [InlineData("Import-ContainerImage", "RootFileSystemLiteralPath", "LiteralPath", "property")]
    [InlineData("Import-ContainerImage", "RootFileSystemInputStream", "InputStream", "value property")]
    [InlineData("Import-ContainerImage", "RootFileSystemInputBytes", "InputBytes", "value")]
    [InlineData("Import-ContainerImage", "RootFileSystemPath", "RootFileSystem", "")]
    [InlineData("Import-ContainerImage", "RootFileSystemPath", "Label", "")]
    [InlineData("Save-ContainerImage", "Id", "Destination", "")]
    [InlineData("Publish-ContainerImage", "Id", "Destination", "")]
    [InlineData("Publish-ContainerImage", "Id", "AllowInsecure", "")]
    [InlineData("Publish-ContainerImage", "Id", "Credential", "")]
    [InlineData("Add-ImageTag", "Reference", "Reference", "0")]
    [InlineData("Add-ImageTag", "Reference", "Tag", "1")]
    [InlineData("Add-ImageTag", "InputObject", "InputObject", "value")]
    [InlineData("Add-ImageTag", "Id", "Tag", "0")]
    [InlineData("Remove-ImageTag", "Tag", "Tag", "0")]
    [InlineData("Remove-ImageTag", "InputObject", "InputObject", "value")]
    [InlineData("Remove-ImageTag", "Id", "Tag", "0")]
    [InlineData("Optimize-ImageStore", "__AllParameterSets", "Reference", "0")]
    [InlineData("Optimize-ImageStore", "__AllParameterSets", "All", "")]
    [InlineData("Optimize-ImageStore", "__AllParameterSets", "Until", "")]
    [InlineData("Optimize-ImageStore", "__AllParameterSets", "Label", "")]
    [InlineData("Optimize-ImageStore", "__AllParameterSets", "Keep", "")]
    [InlineData("Optimize-ImageStore", "__AllParameterSets", "MaximumSize", "")]
    [InlineData("Optimize-ImageStore", "__AllParameterSets", "Force", "")]
    [InlineData("Optimize-ImageStore", "__AllParameterSets", "PassThru", "")]
    [InlineData("New-ImageLease", "Id", "Name", "")]
    [InlineData("Get-ImageLease", "__AllParameterSets", "Name", "0 value property")]
    [InlineData("Get-ImageLease", "__AllParameterSets", "Reference", "")]
    [InlineData("Remove-ImageLease", "__AllParameterSets", "Name", "0 value property")]
    [InlineData("Remove-ImageLease", "__AllParameterSets", "Id", "property")]
    public void Parameters_bind_so(string command, string set, string parameter, string binding) =>
        Assert.Equal(binding, Binding(Command(command), set, parameter));

    [Theory]
    [InlineData("Reference", "Image ImageName RepoTag")]
    [InlineData("Id", "ImageId")]
    [InlineData("StorePath", "Store")]
    [InlineData("Destination", "DestinationPath OutFile")]
    public void Parameters_have_these_other_names(string parameter, string aliases) =>
        Assert.Equal(aliases.Split(' '), Command("Save-ContainerImage").Parameters[parameter].Aliases.Order());

    [Fact]
    public void Import_has_a_set_for_each_input_and_each_way_of_importing()
    {
        string[] inputs = ["InputBytes", "InputStream", "LiteralPath", "Path"];
        CommandInfo info = Command("Import-ContainerImage");

        Assert.Equal(
            inputs.Concat(inputs.Select(input => "RootFileSystem" + input)).Order(), info.ParameterSets.Select(set => set.Name).Order());
        Assert.All(info.ParameterSets, set =>
        {
            bool isRoot = set.Name.StartsWith("RootFileSystem", StringComparison.Ordinal);
            Assert.True(set.Parameters.Single(p => p.Name == set.Name.Replace("RootFileSystem", "")).IsMandatory);
            Assert.Equal(isRoot, set.Parameters.Any(p => p is { Name: "RootFileSystem", IsMandatory: true }));
            Assert.Equal(isRoot ? 13 : 0, set.Parameters.Count(p => _ofRoots.Contains(p.Name)));
            Assert.Equal(isRoot ? 0 : 2, set.Parameters.Count(p => p.Name is "Image" or "ThrottleLimit"));
        });
    }

    [Theory]
    [InlineData("LiteralPath", "LP PSPath")]
    [InlineData("InputStream", "RawContentStream")]
    public void Input_has_these_other_names(string parameter, string aliases) =>
        Assert.Equal(aliases.Split(' '), Command("Import-ContainerImage").Parameters[parameter].Aliases.Order());

    [Theory]
    [InlineData("gcimg", "Get-ContainerImage")]
    [InlineData("cccreg", "Connect-ContainerRegistry")]
    [InlineData("rqcimg", "Request-ContainerImage")]
    [InlineData("Pull-ContainerImage", "Request-ContainerImage")]
    [InlineData("pbcimg", "Publish-ContainerImage")]
    [InlineData("Push-ContainerImage", "Publish-ContainerImage")]
    [InlineData("fdcimg", "Find-ContainerImage")]
    [InlineData("cpcimg", "Copy-ContainerImage")]
    [InlineData("dccreg", "Disconnect-ContainerRegistry")]
    [InlineData("ipcimg", "Import-ContainerImage")]
    [InlineData("Load-ContainerImage", "Import-ContainerImage")]
    [InlineData("svcimg", "Save-ContainerImage")]
    [InlineData("Export-ContainerImage", "Save-ContainerImage")]
    [InlineData("rcimg", "Remove-ContainerImage")]
    [InlineData("aimgt", "Add-ImageTag")]
    [InlineData("Tag-ContainerImage", "Add-ImageTag")]
    [InlineData("Add-ContainerImageTag", "Add-ImageTag")]
    [InlineData("rimgt", "Remove-ImageTag")]
    [InlineData("Untag-ContainerImage", "Remove-ImageTag")]
    [InlineData("Remove-ContainerImageTag", "Remove-ImageTag")]
    [InlineData("gimgh", "Get-ImageHistory")]
    [InlineData("Get-ContainerImageHistory", "Get-ImageHistory")]
    [InlineData("tcimg", "Test-ContainerImage")]
    [InlineData("Verify-ContainerImage", "Test-ContainerImage")]
    [InlineData("Verify-ImageStore", "Test-ImageStore")]
    [InlineData("rpimgs", "Repair-ImageStore")]
    [InlineData("omimgs", "Optimize-ImageStore")]
    [InlineData("Prune-ImageStore", "Optimize-ImageStore")]
    [InlineData("msimgs", "Measure-ImageStore")]
    public void Cmdlets_have_these_other_names(string alias, string command) =>
        Assert.Equal(command, ((AliasInfo)Command(alias)).ReferencedCommand.Name);

    [Theory]
    [InlineData("Import-ContainerImage")]
    [InlineData("Connect-ContainerRegistry")]
    [InlineData("Request-ContainerImage")]
    [InlineData("Publish-ContainerImage")]
    [InlineData("Copy-ContainerImage")]
    [InlineData("Disconnect-ContainerRegistry")]
    [InlineData("Save-ContainerImage")]
    [InlineData("Remove-ContainerImage")]
    [InlineData("Add-ImageTag")]
    [InlineData("Remove-ImageTag")]
    [InlineData("New-ImageLease")]
    [InlineData("Remove-ImageLease")]
    [InlineData("Repair-ImageStore")]
    [InlineData("Optimize-ImageStore")]
    public void Changes_can_be_tried_and_confirmed_and_do_not_ask_by_themselves(string command)
    {
        CmdletInfo info = (CmdletInfo)Command(command);

        Assert.Superset(new HashSet<string> { "WhatIf", "Confirm" }, info.Parameters.Keys.ToHashSet());
        CmdletAttribute attribute = info.ImplementingType.GetCustomAttributes(false).OfType<CmdletAttribute>().Single();
        Assert.Equal(ConfirmImpact.Medium, attribute.ConfirmImpact);
    }

    [Theory]
    [InlineData("Get-ContainerImage", "ContainerImages.ContainerImage")]
    [InlineData("Connect-ContainerRegistry", "ContainerImages.RegistryLogin")]
    [InlineData("Request-ContainerImage", "ContainerImages.ContainerImage")]
    [InlineData("Find-ContainerImage", "ContainerImages.RemoteImage")]
    [InlineData("Publish-ContainerImage", "ContainerImages.RemoteImage")]
    [InlineData("Copy-ContainerImage", "ContainerImages.ImageCopy")]
    [InlineData("Disconnect-ContainerRegistry", "ContainerImages.RegistryLogin")]
    [InlineData("Import-ContainerImage", "ContainerImages.ContainerImage")]
    [InlineData("Save-ContainerImage", "System.IO.FileInfo System.IO.DirectoryInfo")]
    [InlineData("Remove-ContainerImage", "ContainerImages.ImageRemoval")]
    [InlineData("Add-ImageTag", "ContainerImages.ContainerImage")]
    [InlineData("Remove-ImageTag", "ContainerImages.ContainerImage")]
    [InlineData("Get-ImageHistory", "ContainerImages.ImageHistoryEntry")]
    [InlineData("Optimize-ImageStore", "ContainerImages.ImageRemoval")]
    [InlineData("Measure-ImageStore", "ContainerImages.StoreMeasurement")]
    [InlineData("New-ImageLease", "ContainerImages.ImageLease")]
    [InlineData("Get-ImageLease", "ContainerImages.ImageLease")]
    [InlineData("Remove-ImageLease", "ContainerImages.ImageLease")]
    [InlineData("Test-ContainerImage", "System.Boolean ContainerImages.VerificationFinding")]
    [InlineData("Test-ImageStore", "System.Boolean ContainerImages.VerificationFinding")]
    [InlineData("Repair-ImageStore", "ContainerImages.VerificationFinding")]
    public void Output_is_declared(string command, string types) =>
        Assert.Equal(types.Split(' '), Command(command).OutputType.Select(type => type.Name));

    [Fact]
    public void No_parameter_but_a_lease_is_called_Name_and_none_takes_booleans_time_spans_or_more_than_its_singular_name_says()
    {
        CmdletInfo[] all =
        [
            .. _session.Run("Get-Command -Module ContainerImages -CommandType Cmdlet").ShouldSucceed().Objects.Select(o => (CmdletInfo)o.BaseObject),
        ];

        Assert.NotEmpty(all);
        Assert.All(all.SelectMany(command => command.Parameters.Values, (command, parameter) => (command, parameter)), pair =>
        {
            (CmdletInfo command, ParameterMetadata parameter) = pair;
            Assert.DoesNotContain("Name", parameter.Aliases, StringComparer.OrdinalIgnoreCase);
            Assert.True(parameter.Name != "Name" || command.Noun == "ImageLease", command.Name);
            Assert.NotEqual(typeof(bool), parameter.ParameterType);
            Assert.NotEqual(typeof(TimeSpan), parameter.ParameterType);
            Assert.True(
                _ofAllCmdlets.Contains(parameter.Name)
                    || !parameter.Name.EndsWith('s')
                    || parameter.Name is "AllPlatforms" or "AllTags" or "InputBytes" or "IncludeReferrers",
                parameter.Name);
        });
    }

    [Fact]
    public void The_store_can_be_said_to_every_cmdlet_that_uses_one_and_comes_by_property_name()
    {
        foreach (PSObject o in _session.Run("Get-Command -Module ContainerImages -CommandType Cmdlet").ShouldSucceed().Objects)
        {
            CmdletInfo info = (CmdletInfo)o.BaseObject;
            Assert.All(
                info.ParameterSets.Where(_ => info.Noun != "ContainerRegistry" && info.Name != "Find-ContainerImage"),
                set => Assert.Equal("property", Binding(info, set.Name, "StorePath")));
        }
    }

    private static string Binding(CommandInfo command, string set, string parameter)
    {
        CommandParameterInfo info = command.ParameterSets.Single(s => s.Name == set).Parameters.Single(p => p.Name == parameter);
        string?[] parts =
        [
            info.Position >= 0 ? $"{info.Position}" : null,
            info.ValueFromPipeline ? "value" : null,
            info.ValueFromPipelineByPropertyName ? "property" : null,
        ];
        return string.Join(' ', parts.OfType<string>());
    }

    private CommandInfo Command(string name) =>
        (CommandInfo)_session.Run($"Get-Command {name}").ShouldSucceed().Objects.Single().BaseObject;
}
