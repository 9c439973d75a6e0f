using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;

namespace ContainerImages.Transports;

/// <summary>
/// Where the files lie that the tools of the field share: registries.conf, log-ins, certificates. What the environment says
/// is asked each time, since a session may change it.
/// </summary>
internal sealed class ConfigurationPlaces
{
    public const string AuthFileVariable = "REGISTRY_AUTH_FILE";

    // The second is the older name.
    private static readonly string[] _registriesVariables = ["CONTAINERS_REGISTRIES_CONF", "REGISTRIES_CONFIG_PATH"];

    private readonly Func<string, string?> _environment;
    private readonly string _home;
    private readonly string _etc;
    private readonly string _root;

    /// <param name="environment">Gives the value of a variable; null or empty where it is not set.</param>
    /// <param name="home">The user's own folder.</param>
    /// <param name="root">What absolute paths of the system are below: <c>/</c>, except in tests.</param>
    public ConfigurationPlaces(Func<string, string?> environment, string home, string root)
    {
        _environment = environment;
        _home = home;
        _root = root;
        _etc = IsWindows && root == "/"
            ? Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData)
            : Path.Combine(root, "etc");
    }

    /// <summary>Those of this process, now.</summary>
    public static ConfigurationPlaces Current => new(
        Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), "/");

    /// <summary>The list of commands' folders, as the system writes it.</summary>
    public string? CommandPath => Variable("PATH");

    /// <summary>The runtime folder that the environment names and that is not there; null if all is well.</summary>
    public string? MissingRuntimeFolder =>
        IsLinux && Variable("XDG_RUNTIME_DIR") is { } folder && !System.IO.Directory.Exists(folder) ? folder : null;

    /// <summary>
    /// Where names that podman's users chose for short names are kept; podman writes it after it has asked, and nobody else.
    /// </summary>
    public string ShortNameAliases => Path.Combine(
        IsLinux && UserId == 0 ? Path.Combine(_root, "var", "cache") : Variable("XDG_CACHE_HOME") ?? Path.Combine(_home, ".cache"),
        "containers",
        "short-name-aliases.conf");

    private static bool IsWindows => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    private static bool IsLinux => RuntimeInformation.IsOSPlatform(OSPlatform.Linux);

    private static uint UserId => getuid();

    private string UserFolder => Path.Combine(Variable("XDG_CONFIG_HOME") ?? Path.Combine(_home, ".config"), "containers");

    /// <summary>podman looks for configuration here whatever <c>XDG_CONFIG_HOME</c> says.</summary>
    private string FixedUserFolder => Path.Combine(_home, ".config", "containers");

    /// <summary>
    /// The main registries.conf and the folders of its drop-ins, in the order they are read. The user's own file stands in for
    /// the system's, and for its drop-ins.
    /// </summary>
    public RegistriesFiles GetRegistriesFiles()
    {
        var userFolder = new[] { UserFolder, FixedUserFolder }.FirstOrDefault(folder =>
            File.Exists(Path.Combine(folder, "registries.conf")) || System.IO.Directory.Exists(Path.Combine(folder, "registries.conf.d")))
            ?? UserFolder;
        var (user, system) = (Path.Combine(userFolder, "registries.conf"), Path.Combine(_etc, "containers", "registries.conf"));
        var variable = _registriesVariables.FirstOrDefault(name => Variable(name) is not null);
        if (variable is not null)
        {
            return new RegistriesFiles(Variable(variable)!, variable, [system + ".d", user + ".d"]);
        }

        return File.Exists(user)
            ? new RegistriesFiles(user, null, [user + ".d"])
            : new RegistriesFiles(system, null, [system + ".d", user + ".d"]);
    }

    /// <summary>
    /// The files of log-ins, in the order they are asked. The first is the one that is written. One that is named by the
    /// caller, or by <c>REGISTRY_AUTH_FILE</c>, is the only one.
    /// </summary>
    /// <param name="named">The caller's own; null for none.</param>
    public IReadOnlyList<AuthFilePlace> GetAuthFiles(string? named)
    {
        if ((named ?? Variable(AuthFileVariable)) is { } only)
        {
            return [new AuthFilePlace(only, IsLegacy: false)];
        }

        var user = Path.Combine(UserFolder, "auth.json");
        var places = new List<AuthFilePlace>();
        if (IsLinux)
        {
            var runtime = Variable("XDG_RUNTIME_DIR")
                ?? Path.Combine(_root, "run", "containers", UserId.ToString(CultureInfo.InvariantCulture));
            places.Add(new AuthFilePlace(
                Variable("XDG_RUNTIME_DIR") is null ? Path.Combine(runtime, "auth.json") : Path.Combine(runtime, "containers", "auth.json"),
                IsLegacy: false));
        }
        else
        {
            places.Add(new AuthFilePlace(Path.Combine(FixedUserFolder, "auth.json"), IsLegacy: false));
        }

        if (places[0].Path != user)
        {
            places.Add(new AuthFilePlace(user, IsLegacy: false));
        }

        places.Add(new AuthFilePlace(Path.Combine(Variable("DOCKER_CONFIG") ?? Path.Combine(_home, ".docker"), "config.json"), IsLegacy: false));
        places.Add(new AuthFilePlace(Path.Combine(_home, ".dockercfg"), IsLegacy: true));
        return places;
    }

    /// <summary>The folders that may hold certificates for a registry; the first that is there is the one.</summary>
    /// <param name="host">Host, and port if the name has one: just as image names write it.</param>
    public IReadOnlyList<string> GetCertificateFolders(string host) =>
        new[] { Path.Combine(UserFolder, "certs.d"), Path.Combine(FixedUserFolder, "certs.d") }
            .Distinct()
            .Concat([Path.Combine(_etc, "containers", "certs.d"), Path.Combine(_etc, "docker", "certs.d")])
            .Select(folder => Path.Combine(folder, FolderName(host)))
            .ToList();

    // A colon is no part of a file's name on Windows; Docker leaves it out there.
    private static string FolderName(string host) => IsWindows ? host.Replace(":", "") : host;

    private string? Variable(string name) => _environment(name) is { Length: > 0 } value ? value : null;

#pragma warning disable IDE1006, SA1300 // The name is the C library's.
    [DllImport("libc")]
    private static extern uint getuid();
#pragma warning restore IDE1006, SA1300
}

/// <summary>The files that make up the configuration of registries.</summary>
/// <param name="Main">The main file, which may be absent unless it was named.</param>
/// <param name="Variable">The environment variable that names it; null if none does.</param>
/// <param name="DropIns">Folders, in order; of each the files <c>*.conf</c> by name.</param>
internal sealed record RegistriesFiles(string Main, string? Variable, IReadOnlyList<string> DropIns);

/// <summary>A file of log-ins.</summary>
/// <param name="Path">Its path.</param>
/// <param name="IsLegacy">Whether it is a <c>.dockercfg</c>: entries at the top, addresses as keys, never written.</param>
internal sealed record AuthFilePlace(string Path, bool IsLegacy);
