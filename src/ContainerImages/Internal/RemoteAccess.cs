using System;
using System.Management.Automation;
using ContainerImages.Transports;

namespace ContainerImages.Internal;

/// <summary>A cmdlet that talks to registries: the parameters that all of them have.</summary>
internal interface IRemoteCommand
{
    PSCredential? Credential { get; }

    SwitchParameter AllowInsecure { get; }

    int TimeoutSec { get; }

    int RetryCount { get; }
}

/// <summary>The defaults of those parameters, and what they open.</summary>
internal static class RemoteAccess
{
    public const int TimeoutSec = 100;
    public const int RetryCount = 3;
    public const int ThrottleLimit = 4;

    // As milliseconds it must still be a number of .NET's timers.
    public const int MaxTimeoutSec = int.MaxValue / 1000;
    public const int MaxRetryCount = 1000;
    public const int MaxThrottleLimit = 64;

    /// <summary>The registries as this machine's files and the command's own words lead to them, for one call.</summary>
    /// <param name="command">The command.</param>
    /// <param name="verbose">Told what is done, from any thread.</param>
    /// <exception cref="Content.ContainerImageException">InvalidConfiguration.</exception>
    public static RegistryAccess Open(IRemoteCommand command, Action<string> verbose) => Open(command, command.Credential, verbose);

    /// <summary>The same with another log-in than the command's own; null for those that are kept.</summary>
    public static RegistryAccess Open(IRemoteCommand command, PSCredential? credential, Action<string> verbose) => RegistryAccess.Create(
        ConfigurationPlaces.Current,
        new RegistryOptions
        {
            Timeout = TimeSpan.FromSeconds(command.TimeoutSec),
            RetryCount = command.RetryCount,
            Verbose = verbose,
        },
        ReadCredential(credential),
        command.AllowInsecure);

    // Windows PowerShell puts a backslash before an account without a domain.
    private static RegistryCredential? ReadCredential(PSCredential? credential) => credential is null || credential == PSCredential.Empty
        ? null
        : new RegistryCredential(credential.UserName.TrimStart('\\'), credential.GetNetworkCredential().Password, null);
}
