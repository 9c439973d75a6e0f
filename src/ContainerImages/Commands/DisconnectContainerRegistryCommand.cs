using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.Transports;

namespace ContainerImages.Commands;

/// <summary>Logs out of registries: what was kept for them is forgotten.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "ContainerRegistry", SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Disconnect-ContainerRegistry.md")]
[OutputType(typeof(RegistryLogin))]
[Alias("dccreg")]
public sealed class DisconnectContainerRegistryCommand : EngineCommand
{
    /// <summary>The registries, or parts of registries, that were logged in to; with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RegistryCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Registry { get; set; } = [];

    /// <summary>The file of log-ins; by default <c>$env:REGISTRY_AUTH_FILE</c>, else the one that podman uses.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [AllowNull]
    [AllowEmptyString]
    public string? AuthFile { get; set; }

    /// <summary>Emits what was logged out of.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var name in Registry)
        {
            Attempt(name, () => Disconnect(name));
        }
    }

    private void Disconnect(string name)
    {
        // A row of a file may have the property and say nothing by it.
        var file = string.IsNullOrEmpty(AuthFile) ? null : FilePaths.Unresolved(this, AuthFile!, ImageError.DestinationNotWritable);
        foreach (var login in RunBeside(verbose => new RegistryLogins(ConfigurationPlaces.Current, file, verbose).Select(name, StopToken)))
        {
            if (!ShouldProcess(login.Registry, "Log out"))
            {
                continue;
            }

            Attempt(name, () =>
            {
                RunBeside(verbose =>
                {
                    new RegistryLogins(ConfigurationPlaces.Current, file, verbose).Disconnect(login, StopToken);
                    return true;
                });
                if (PassThru)
                {
                    WriteObject(login);
                }
            });
        }
    }
}
