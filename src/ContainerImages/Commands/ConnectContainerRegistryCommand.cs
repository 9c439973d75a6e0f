using System;
using System.Management.Automation;
using System.Security;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.Transports;

namespace ContainerImages.Commands;

/// <summary>Logs in to a registry: the registry is asked whether it takes the log-in, and only then is it kept.</summary>
[Cmdlet(VerbsCommunications.Connect, "ContainerRegistry", DefaultParameterSetName = CredentialSet, SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Connect-ContainerRegistry.md")]
[OutputType(typeof(RegistryLogin))]
[Alias("cccreg")]
public sealed class ConnectContainerRegistryCommand : EngineCommand
{
    private const string CredentialSet = "Credential";
    private const string SecretSet = "Secret";
    private const string IdentityTokenSet = "IdentityToken";

    /// <summary>The registry, <c>host[:port]</c>, or a part of it, <c>host[:port]/repository</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ArgumentCompleter(typeof(RegistryCompleter))]
    [ValidateNotNullOrEmpty]
    public string Registry { get; set; } = "";

    /// <summary>The account with its password or access token.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = CredentialSet)]
    [Credential]
    [ValidateNotNull]
    public PSCredential Credential { get; set; } = PSCredential.Empty;

    /// <summary>The account.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SecretSet)]
    [ValidateNotNullOrEmpty]
    public string UserName { get; set; } = "";

    /// <summary>The password or access token; text becomes a secure string at once.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = SecretSet)]
    [Secret]
    [ValidateNotNull]
    public SecureString Secret { get; set; } = new();

    /// <summary>An identity token, which the registry's token service takes for a refresh token.</summary>
    [Parameter(Mandatory = true, ParameterSetName = IdentityTokenSet)]
    [Secret]
    [ValidateNotNull]
    public SecureString IdentityToken { get; set; } = new();

    /// <summary>Lets plain HTTP and certificates that are not trusted do.</summary>
    [Parameter]
    public SwitchParameter AllowInsecure { get; set; }

    /// <summary>The file of log-ins; by default <c>$env:REGISTRY_AUTH_FILE</c>, else the one that podman uses.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? AuthFile { get; set; }

    /// <summary>How many seconds no byte may come.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue / 1000)]
    public int TimeoutSec { get; set; } = 100;

    /// <summary>Emits the log-in, without the secret.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Attempt(Registry, () =>
    {
        var address = RegistryAddress.Parse(Registry);
        var credential = ReadCredential();
        var action = credential.UserName is { } user ? $"Log in as {user}" : "Log in by an identity token";
        if (!ShouldProcess(address.ToString(), action))
        {
            return;
        }

        var file = AuthFile is null ? null : FilePaths.Unresolved(this, AuthFile, ImageError.DestinationNotWritable);
        var (login, isChecked) = RunBeside(verbose => new RegistryLogins(ConfigurationPlaces.Current, file, verbose)
            .Connect(address, credential, AllowInsecure, TimeSpan.FromSeconds(TimeoutSec), StopToken));
        if (!isChecked)
        {
            WriteWarning($"The registry '{address.Host}' lets in anybody: the log-in is kept, and nobody has looked at it.");
        }

        if (PassThru)
        {
            WriteObject(login);
        }
    });

    private RegistryCredential ReadCredential()
    {
        if (ParameterSetName == IdentityTokenSet)
        {
            return new RegistryCredential(null, null, SecretAttribute.TextOf(IdentityToken));
        }

        // Windows PowerShell puts a backslash before an account without a domain.
        var (user, secret) = ParameterSetName == SecretSet ? (UserName, Secret) : (Credential.UserName?.TrimStart('\\') ?? "", Credential.Password);
        return user.Length > 0 && user.IndexOf(':') < 0
            ? new RegistryCredential(user, SecretAttribute.TextOf(secret), null)
            : throw new ContainerImageException(
                ImageError.RegistryUnauthorized, $"{QuotedText.Quote(user)} cannot be an account: it is empty, or has a ':', where the password would begin.");
    }
}
