using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>
/// The log-ins of the user, as containers-auth.json(5) and Docker keep them: looked for in the credential helpers of
/// registries.conf in order, one of which stands for the files; and in each file by its own helper for the registry, by its
/// entries, and by Docker's helper for all registries. Written to the first file, or to the helper that it names.
/// </summary>
/// <param name="places">Where the files are.</param>
/// <param name="configuration">What registries.conf says.</param>
/// <param name="file">The only file, as the caller names it; null for those of the environment.</param>
/// <param name="verbose">Told where a log-in was found; or null.</param>
internal sealed partial class CredentialStore(
    ConfigurationPlaces places, RegistryConfiguration configuration, string? file = null, Action<string>? verbose = null)
{
    /// <summary>Where log-ins are written.</summary>
    public string AuthFile => places.GetAuthFiles(file)[0].Path;

    /// <summary>Whether programs keep log-ins of which no file tells.</summary>
    public bool HasHelpers => configuration.CredentialHelpers.Any(helper => helper.Text != RegistryConfiguration.AuthFileHelper)
        || Transports.AuthFile.Read(places.GetAuthFiles(file)[0]).Store is not null;

    /// <summary>The log-in for a repository; null for none.</summary>
    /// <param name="host">The registry.</param>
    /// <param name="repository">The repository or namespace there; empty for the registry as a whole.</param>
    /// <param name="cancellation">Stops a helper.</param>
    /// <exception cref="ContainerImageException">InvalidConfiguration; CredentialHelperFailed, if no other place has one.</exception>
    public RegistryCredential? Find(string host, string repository, CancellationToken cancellation)
    {
        ContainerImageException? failure = null;
        foreach (var helper in configuration.CredentialHelpers)
        {
            try
            {
                var found = helper.Text == RegistryConfiguration.AuthFileHelper
                    ? FindInFiles(host, repository, cancellation)
                    : Ask(new CredentialHelper(helper, places), AuthKeys.ForHelpers(host, isDockers: false), host, cancellation);
                if (found is not null)
                {
                    return found;
                }
            }
            catch (ContainerImageException e)
            {
                verbose?.Invoke(e.Message);
                failure ??= e;
            }
        }

        return failure is null ? null : throw failure;
    }

    /// <summary>
    /// The log-ins that the files tell of, each registry once, the first file first; what helpers alone know of is not
    /// among them. No helper is run, so an account that only a helper knows is null.
    /// </summary>
    /// <param name="onlyWritten">Only those of the file that is written.</param>
    /// <exception cref="ContainerImageException">InvalidConfiguration.</exception>
    public IReadOnlyList<RegistryLogin> List(bool onlyWritten)
    {
        var files = places.GetAuthFiles(file);
        return (onlyWritten ? files.Take(1) : files)
            .Select(place => Transports.AuthFile.Read(place))
            .SelectMany(Logins)
            .GroupBy(login => login.Registry, StringComparer.Ordinal)
            .Select(group => group.First())
            .ToList();
    }

    /// <summary>The log-ins that programs keep, as they tell: those of registries.conf, and Docker's of the file that is written.</summary>
    /// <exception cref="ContainerImageException">InvalidConfiguration; CredentialHelperFailed.</exception>
    public IReadOnlyList<RegistryLogin> ListHelpers(CancellationToken cancellation)
    {
        var store = Transports.AuthFile.Read(places.GetAuthFiles(file)[0]).Store;
        return configuration.CredentialHelpers
            .Select(helper => helper.Text == RegistryConfiguration.AuthFileHelper ? store : helper)
            .OfType<ConfiguredText>()
            .SelectMany(helper => new CredentialHelper(helper, places).List(cancellation))
            .Select(pair => new RegistryLogin
            {
                Registry = AuthKeys.Show(pair.Key, isLegacy: false),
                UserName = pair.Value.Length == 0 ? null : pair.Value,
                AuthFile = AuthFile,
            })
            .ToList();
    }

    private static IEnumerable<RegistryLogin> Logins(AuthFile file)
    {
        foreach (var entry in file.Entries)
        {
            yield return new RegistryLogin
            {
                Registry = AuthKeys.Show(entry.Key, file.Place.IsLegacy),
                UserName = file.Decode(entry)?.UserName,
                AuthFile = file.Place.Path,
            };
        }

        foreach (var key in file.HelperKeys)
        {
            yield return new RegistryLogin { Registry = AuthKeys.Show(key, isLegacy: false), AuthFile = file.Place.Path };
        }
    }

    private RegistryCredential? FindInFiles(string host, string repository, CancellationToken cancellation)
    {
        foreach (var place in places.GetAuthFiles(file))
        {
            var auths = Transports.AuthFile.Read(place);
            if (auths.FindHelper(host) is var (helper, key))
            {
                if (Ask(new CredentialHelper(helper, places), [key], host, cancellation) is { } helped)
                {
                    return helped;
                }

                continue;
            }

            if (auths.Find(host, repository) is { } entry && auths.Decode(entry) is { } credential)
            {
                verbose?.Invoke($"The log-in '{entry.Key}' of '{place.Path}' is used for '{host}'.");
                return credential;
            }

            if (auths.Store is { } store && AskStore(store, host, cancellation) is { } stored)
            {
                return stored;
            }
        }

        return null;
    }

    // podman knows nothing of Docker's helper for all registries: where Docker is gone and its file is left, names that anybody
    // may have must go on working.
    private RegistryCredential? AskStore(ConfiguredText store, string host, CancellationToken cancellation)
    {
        var helper = new CredentialHelper(store, places);
        if (helper.IsThere)
        {
            return Ask(helper, AuthKeys.ForHelpers(host, isDockers: true), host, cancellation);
        }

        verbose?.Invoke($"The {helper.Title}, which '{store.File}' names for all registries, is not there and is passed over.");
        return null;
    }

    private RegistryCredential? Ask(CredentialHelper helper, IReadOnlyList<string> keys, string host, CancellationToken cancellation)
    {
        foreach (var key in keys)
        {
            if (helper.Get(key, cancellation) is { } credential)
            {
                verbose?.Invoke($"The log-in '{key}' of the {helper.Title} is used for '{host}'.");
                return credential;
            }
        }

        return null;
    }
}
