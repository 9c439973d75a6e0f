using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <content>What keeps and forgets log-ins.</content>
internal sealed partial class CredentialStore
{
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
