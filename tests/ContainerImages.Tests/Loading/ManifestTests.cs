using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Loading;

public sealed class ManifestTests : IDisposable
{
    private readonly ScriptSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void It_is_valid_and_has_the_version_of_the_build()
    {
        _session.Set("manifest", StagedModule.Manifest);

        var module = (PSModuleInfo)_session.Run("Test-ModuleManifest $manifest").ShouldSucceed().Objects.Single().BaseObject;

        Assert.Equal(ModuleAssemblies.Cmdlets.GetName().Version?.ToString(3), module.Version.ToString(3));
        Assert.Equal(["Desktop", "Core"], module.CompatiblePSEditions);
    }

    [Fact]
    public void It_names_every_cmdlet_and_alias_and_no_other()
    {
        Type[] commands = [.. ModuleAssemblies.Cmdlets.GetExportedTypes().Where(t => t.IsDefined(typeof(CmdletAttribute), inherit: false))];
        IEnumerable<string> cmdlets = commands.SelectMany(t => t.GetCustomAttributes(typeof(CmdletAttribute), inherit: false))
            .Cast<CmdletAttribute>().Select(c => $"{c.VerbName}-{c.NounName}");
        IEnumerable<string> aliases = commands.SelectMany(t => t.GetCustomAttributes(typeof(AliasAttribute), inherit: false))
            .Cast<AliasAttribute>().SelectMany(a => a.AliasNames);

        var module = (PSModuleInfo)_session.Run("Get-Module ContainerImages").ShouldSucceed().Objects.Single().BaseObject;

        Assert.Equal(cmdlets.Order(StringComparer.Ordinal), module.ExportedCmdlets.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(aliases.Order(StringComparer.Ordinal), module.ExportedAliases.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Types_can_be_named_before_any_cmdlet_has_run() =>
        _session.Run("[ContainerImages.ContainerImage], [ContainerImages.ImageHistoryEntry]").ShouldSucceed();
}
