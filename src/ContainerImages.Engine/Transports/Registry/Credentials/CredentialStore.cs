using System;
using System.Collections.Generic;
using System.IO;
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
internal sealed class CredentialStore(
    ConfigurationPlaces places, RegistryConfiguration configuration, string? file = null, Action<string>? verbose = null)
{
    /// <summary>Where log-ins are written.</summary>
    public string AuthFile => places.GetAuthFiles(file)[0].Path;

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

    /// <summary>Keeps a log-in.</summary>
    /// <returns>Where: a file's path, or a helper.</returns>
    /// <exception cref="ContainerImageException">
    /// InvalidConfiguration; CredentialHelperFailed; DestinationNotWritable; DiskFull.
    /// </exception>
    public string Save(RegistryAddress address, RegistryCredential credential, CancellationToken cancellation)
    {
        CheckRuntimeFolder();
        ContainerImageException? failure = null;
        foreach (var helper in configuration.CredentialHelpers)
        {
            try
            {
                if (helper.Text == RegistryConfiguration.AuthFileHelper)
                {
                    return SaveToFile(address, credential, cancellation);
                }

                var program = new CredentialHelper(helper, places);
                CheckHost(address, program);
                program.Store(address.Host, credential, cancellation);
                return program.Title;
            }
            catch (ContainerImageException e)
            {
                verbose?.Invoke(e.Message);
                failure ??= e;
            }
        }

        throw failure!;
    }

    /// <summary>Forgets a log-in, wherever <see cref="Save"/> may have put it.</summary>
    /// <returns>False if there was none.</returns>
    public bool Remove(RegistryAddress address, CancellationToken cancellation)
    {
        CheckRuntimeFolder();
        var (removed, failure) = (false, (ContainerImageException?)null);
        foreach (var helper in configuration.CredentialHelpers)
        {
            try
            {
                removed |= helper.Text == RegistryConfiguration.AuthFileHelper
                    ? RemoveFromFile(address, cancellation)
                    : address.Repository.Length == 0
                        && Erase(new CredentialHelper(helper, places), AuthKeys.ForHelpers(address.Host, isDockers: false), cancellation);
            }
            catch (ContainerImageException e)
            {
                failure ??= e;
            }
        }

        return failure is null ? removed : throw failure;
    }

    /// <summary>
    /// The log-ins that the files tell of, each registry once, the first file first; what helpers alone know of is not
    /// among them. No helper is run, so an account that only a helper knows is null.
    /// </summary>
    /// <param name="onlyWritten">Only those of the file that is written.</param>
    /// <exception cref="ContainerImageException">InvalidConfiguration.</exception>
    public IReadOnlyList<KnownLogin> List(bool onlyWritten)
    {
        var files = places.GetAuthFiles(file);
        return (onlyWritten ? files.Take(1) : files)
            .Select(place => Transports.AuthFile.Read(place))
            .SelectMany(Logins)
            .GroupBy(login => login.Registry, StringComparer.Ordinal)
            .Select(group => group.First())
            .ToList();
    }

    private static IEnumerable<KnownLogin> Logins(AuthFile file)
    {
        foreach (var entry in file.Entries)
        {
            yield return new KnownLogin(
                AuthKeys.Show(entry.Key, file.Place.IsLegacy), file.Decode(entry)?.UserName, file.Place.Path);
        }

        foreach (var key in file.HelperKeys)
        {
            yield return new KnownLogin(AuthKeys.Show(key, isLegacy: false), null, file.Place.Path);
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

            if (auths.Store is { } store
                && Ask(new CredentialHelper(store, places), AuthKeys.ForHelpers(host, isDockers: true), host, cancellation) is { } stored)
            {
                return stored;
            }
        }

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

    private static bool Erase(CredentialHelper helper, IReadOnlyList<string> keys, CancellationToken cancellation)
    {
        // Some helpers are silent about what they do not have: only what they give is there to be forgotten.
        var removed = false;
        foreach (var key in keys)
        {
            removed |= helper.Get(key, cancellation) is not null && helper.Erase(key, cancellation);
        }

        return removed;
    }

    private string SaveToFile(RegistryAddress address, RegistryCredential credential, CancellationToken cancellation)
    {
        var path = AuthFile;
        var place = path;
        PrivateFile.Change(
            path,
            old =>
            {
                var auths = Transports.AuthFile.Parse(new AuthFilePlace(path, IsLegacy: false), old);
                if (auths.FindHelper(address.Host) is var (helper, helperKey))
                {
                    place = Store(helper, helperKey);
                    return null;
                }

                if (auths.Store is { } store && address.Repository.Length == 0)
                {
                    // As Docker does: the entry says that there is a log-in, and the helper what it is.
                    place = Store(store, AuthKeys.ForHelpers(address.Host, isDockers: true)[0]);
                    return AuthFileEditor.Set(path, old, Key(address, path), null);
                }

                return AuthFileEditor.Set(path, old, Key(address, path), credential);
            },
            cancellation);
        return place;

        string Store(ConfiguredText helper, string key)
        {
            var program = new CredentialHelper(helper, places);
            CheckHost(address, program);
            program.Store(key, credential, cancellation);
            return program.Title;
        }
    }

    private bool RemoveFromFile(RegistryAddress address, CancellationToken cancellation)
    {
        var path = AuthFile;
        var auths = Transports.AuthFile.Read(new AuthFilePlace(path, IsLegacy: false));
        var removed = false;
        if (address.Repository.Length == 0)
        {
            if (auths.FindHelper(address.Host) is var (helper, key))
            {
                removed = Erase(new CredentialHelper(helper, places), [key], cancellation);
            }
            else if (auths.Store is { } store)
            {
                removed = Erase(new CredentialHelper(store, places), AuthKeys.ForHelpers(address.Host, isDockers: true), cancellation);
            }
        }

        if (!KeysOf(auths, address).Any())
        {
            return removed;
        }

        PrivateFile.Change(
            path,
            old => KeysOf(Transports.AuthFile.Parse(new AuthFilePlace(path, IsLegacy: false), old), address)
                .Aggregate(old, (bytes, key) => AuthFileEditor.Remove(path, bytes, key)),
            cancellation);
        return true;
    }

    private static IEnumerable<string> KeysOf(AuthFile auths, RegistryAddress address) => auths.Entries
        .Select(entry => entry.Key)
        .Where(key => key == address.ToString()
            || (address.Repository.Length == 0 && AuthKeys.HostOf(key, isLegacy: false) == AuthKeys.Host(address.Host)))
        .Distinct();

    // Docker reads its own file only under its own key.
    private static string Key(RegistryAddress address, string path) =>
        address.ToString() == AuthKeys.DockerHub && Path.GetFileName(path) == "config.json" ? AuthKeys.DockerHubAddress : address.ToString();

    private static void CheckHost(RegistryAddress address, CredentialHelper helper)
    {
        if (address.Repository.Length > 0)
        {
            throw new ContainerImageException(
                ImageError.CredentialHelperFailed,
                $"The {helper.Title} keeps log-ins of whole registries, and '{address}' is a part of one; log in to '{address.Host}'.");
        }
    }

    private void CheckRuntimeFolder()
    {
        if (file is null && places.MissingRuntimeFolder is { } folder && AuthFile.StartsWith(folder, StringComparison.Ordinal))
        {
            throw ConfigurationErrors.Invalid(
                AuthFile, 0, $"its folder '{folder}' is not there, and XDG_RUNTIME_DIR names it; make it, or unset the variable");
        }
    }
}
