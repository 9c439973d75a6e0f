using System;
using System.ComponentModel;
using System.Management.Automation;
using System.Runtime.CompilerServices;

namespace ContainerImages.Internal;

/// <summary>What PowerShell calls when the module is imported into a session, and removed from it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ModuleInitializer : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <summary>Refuses hosts that are too old; else makes the module's libraries available to it.</summary>
    /// <exception cref="PSNotSupportedException">The host is too old.</exception>
    public void OnImport()
    {
        if (HostRequirement.Refusal(HostRequirement.IsDotNetFramework, Environment.Version) is { } refusal)
        {
            throw new PSNotSupportedException(refusal);
        }

        DependencyResolver.Subscribe();

        // Scripts name types of the engine before they run a cmdlet, and PowerShell finds those of loaded assemblies only.
        RuntimeHelpers.RunClassConstructor(typeof(ContainerImage).TypeHandle);
    }

    /// <summary>Undoes one import.</summary>
    /// <param name="psModuleInfo">The module.</param>
    public void OnRemove(PSModuleInfo psModuleInfo) => DependencyResolver.Unsubscribe();
}
