using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>Logs in to registries and out of them.</summary>
/// <param name="places">Where the files are.</param>
/// <param name="authFile">The file of log-ins that the user names; null for that of the environment.</param>
/// <param name="verbose">Told what is done, and never a secret.</param>
internal sealed class RegistryLogins(ConfigurationPlaces places, string? authFile, Action<string> verbose)
{
    private readonly Lazy<RegistryConfiguration> _configuration = new(() => RegistryConfiguration.Load(places, verbose));

    private CredentialStore Store => new(places, _configuration.Value, authFile, verbose);

    /// <summary>Shows the credential to the registry, and keeps it if it is taken.</summary>
    /// <param name="address">The registry, or a part of it.</param>
    /// <param name="credential">What to show.</param>
    /// <param name="allowInsecure">Whether plain HTTP and certificates that are not trusted will do, whatever is configured.</param>
    /// <param name="timeout">How long no byte may come.</param>
    /// <param name="cancellation">Stops it; nothing is kept then.</param>
    /// <returns>The log-in, and whether the registry has looked at it: one that lets in anybody has not.</returns>
    /// <exception cref="ContainerImageException">
    /// Registry*; InvalidConfiguration; CredentialHelperFailed; DestinationMissing; DestinationNotWritable; DiskFull.
    /// </exception>
    public (RegistryLogin Login, bool IsChecked) Connect(
        RegistryAddress address, RegistryCredential credential, bool allowInsecure, TimeSpan timeout, CancellationToken cancellation)
    {
        var endpoint = new RegistryPlaces(_configuration.Value, verbose).Direct(address.Host, address.Repository);
        endpoint = endpoint with { IsInsecure = endpoint.IsInsecure || allowInsecure };
        var trust = CertificateFolder.Load(address.Host, places, verbose);
        using var session = new RegistrySession(new RegistryOptions { Timeout = timeout, Verbose = verbose });
        var isChecked = session.Open(endpoint, trust, credential).CheckLoginAsync(cancellation).GetAwaiter().GetResult();

        var store = Store;
        verbose($"The log-in for '{address}' is kept by: {store.Save(address, credential, cancellation)}.");
        return (new RegistryLogin { Registry = address.ToString(), UserName = credential.UserName, AuthFile = store.AuthFile }, isChecked);
    }

    /// <summary>The log-ins that a user means.</summary>
    /// <param name="text">A registry, or a pattern; one that fits nothing gives nothing.</param>
    /// <param name="cancellation">Stops a helper that is asked for its list.</param>
    /// <exception cref="ContainerImageException">LoginNotFound; InvalidReference; InvalidConfiguration; CredentialHelperFailed.</exception>
    public IReadOnlyList<RegistryLogin> Select(string text, CancellationToken cancellation)
    {
        var known = Store.List(onlyWritten: true);
        if (Wildcard.HasWildcards(text) && RegistryAddress.TryParse(text) is null)
        {
            return Wildcard.TryParse(text, out var pattern, out var reason)
                ? known.Concat(Store.ListHelpers(cancellation))
                    .GroupBy(login => login.Registry, StringComparer.Ordinal)
                    .Select(group => group.First())
                    .Where(login => pattern.IsMatch(login.Registry, 0, login.Registry.Length))
                    .ToList()
                : throw new ContainerImageException(
                    ImageError.InvalidReference, $"{QuotedText.Quote(text)} is not a pattern for registries: {reason}.");
        }

        var address = RegistryAddress.Parse(text).ToString();
        var found = known.Where(login => string.Equals(login.Registry, address, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count > 0
            ? found
            : Store.HasHelpers ? [new RegistryLogin { Registry = address, AuthFile = Store.AuthFile }] : throw NotFound(address, known);
    }

    /// <summary>Forgets a log-in.</summary>
    /// <exception cref="ContainerImageException">
    /// LoginNotFound; CredentialHelperFailed; InvalidConfiguration; DestinationNotWritable; DiskFull.
    /// </exception>
    public void Disconnect(RegistryLogin login, CancellationToken cancellation)
    {
        if (!Store.Remove(RegistryAddress.OfKey(login.Registry), cancellation))
        {
            throw NotFound(login.Registry, Store.List(onlyWritten: true));
        }

        verbose($"The log-in for '{login.Registry}' is forgotten.");
    }

    private ContainerImageException NotFound(string registry, IReadOnlyList<RegistryLogin> known)
    {
        var names = known.Select(login => login.Registry).ToList();
        var elsewhere = Store.List(onlyWritten: false).FirstOrDefault(login => login.Registry == registry && login.AuthFile != Store.AuthFile);
        return new ContainerImageException(
            ImageError.LoginNotFound,
            $"There is no log-in for '{registry}' in '{Store.AuthFile}'" +
            (names.Count == 0 ? "; it has none." : $"; it has those for {string.Join(", ", names)}.") +
            (elsewhere is null ? "" : $" '{elsewhere.AuthFile}' has one, which is another tool's: -AuthFile takes that file."))
        {
            Candidates = names,
        };
    }
}
