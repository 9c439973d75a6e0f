using System;
using System.Management.Automation;
using System.Runtime.InteropServices;

namespace ContainerImages.Internal;

/// <summary>Tells which hosts the module can run in; a manifest cannot name a minimum per edition.</summary>
internal static class HostRequirement
{
    // PowerShell 7.4 is the first on .NET 8, whose own System.Text.Json is the one that the engine is compiled for.
    private const int OldestRuntime = 8;

    /// <summary>Whether this is Windows PowerShell.</summary>
    public static bool IsDotNetFramework { get; } =
        RuntimeInformation.FrameworkDescription.StartsWith(".NET Framework", StringComparison.Ordinal);

    /// <summary>Why a host is refused; null where it is not.</summary>
    /// <param name="isDotNetFramework">Whether it is Windows PowerShell.</param>
    /// <param name="runtime">The version of .NET.</param>
    public static string? Refusal(bool isDotNetFramework, Version runtime) =>
        isDotNetFramework || runtime.Major >= OldestRuntime
            ? null
            : "ContainerImages needs PowerShell 7.4 or later, or Windows PowerShell 5.1; this is PowerShell "
                + $"{typeof(PSObject).Assembly.GetName().Version?.ToString(2)} on .NET {runtime}. Install a newer PowerShell.";
}
