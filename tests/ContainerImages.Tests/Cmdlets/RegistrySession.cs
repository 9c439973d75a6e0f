using System;
using System.Collections.Generic;
using System.IO;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>
/// A session whose log-ins and configuration of registries are in a folder of its own. The environment says so, which is the
/// whole process's: the test must be in <see cref="ProcessState"/>.
/// </summary>
internal sealed class RegistrySession : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string?> _before = [];

    public RegistrySession()
    {
        Session.Location = _folder.Path;
        Set("REGISTRY_AUTH_FILE", AuthFile);
        Set("CONTAINERS_REGISTRIES_CONF", _folder.NewFile("registries.conf", []));
        Set("XDG_CONFIG_HOME", _folder.NewFolder("config"));
        Set("XDG_CACHE_HOME", _folder.NewFolder("cache"));
    }

    public ScriptSession Session { get; } = new();

    /// <summary>The file of log-ins; not there in the beginning.</summary>
    public string AuthFile => _folder.Combine("auth.json");

    public string Log => File.Exists(AuthFile) ? File.ReadAllText(AuthFile) : "";

    public string Write(string name, string content) => _folder.NewFile(name, System.Text.Encoding.UTF8.GetBytes(content));

    public void Set(string variable, string? value)
    {
        _before.TryAdd(variable, Environment.GetEnvironmentVariable(variable));
        Environment.SetEnvironmentVariable(variable, value);
    }

    /// <summary>Runs a script.</summary>
    public ScriptResult Run(string script) => Session.Run(script);

    public void Dispose()
    {
        Session.Dispose();
        foreach (var (variable, value) in _before)
        {
            Environment.SetEnvironmentVariable(variable, value);
        }

        _folder.Dispose();
    }
}

/// <summary>A registry that wants a log-in, for all tests of a class; there when it is first asked for.</summary>
public sealed class PrivateRegistry : IDisposable
{
    private readonly Lazy<LocalRegistry> _registry = new(() => LocalRegistry.Start(new LocalRegistryOptions { HasBasicAuth = true }));

    /// <summary>Skips the test where there is no registry.</summary>
    public string Address
    {
        get
        {
            Peers.Require(Peer.Registry);
            return _registry.Value.Address;
        }
    }

    public void Dispose()
    {
        if (_registry.IsValueCreated)
        {
            _registry.Value.Dispose();
        }
    }
}
