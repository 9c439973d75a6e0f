using System;
using System.IO;
using System.Linq;
using System.Management.Automation.Runspaces;
using System.Reflection;
using Microsoft.PowerShell;

namespace ContainerImages.Tests.Hosting;

/// <summary>The module as the build staged it: what a user's session would import.</summary>
internal static class StagedModule
{
    public static string Folder { get; } = typeof(StagedModule).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "ModuleOutput").Value!;

    public static string Manifest => Path.Combine(Folder, "ContainerImages.psd1");

    /// <summary>The state of a fresh session, with or without the module.</summary>
    public static InitialSessionState NewSessionState(bool import)
    {
        // CreateDefault wants the modules that come with pwsh, which the engine's package does not have.
        var state = InitialSessionState.CreateDefault2();
        state.ThrowOnRunspaceOpenError = true;
        if (OperatingSystem.IsWindows())
        {
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        if (import)
        {
            state.ImportPSModule([Manifest]);
        }

        return state;
    }
}
