using System;
using System.Collections.Generic;
using System.Text;
using ContainerImages.Testing;
using ContainerImages.Transports;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>A system's and a user's configuration files in a folder of their own, with an environment of their own.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public ConfigurationFolder()
    {
        Home = _folder.NewFolder("home");
        _folder.NewFolder("etc", "containers");
    }

    public Dictionary<string, string> Variables { get; } = [];

    public string Home { get; }

    public ConfigurationPlaces Places => new(name => Variables.GetValueOrDefault(name), Home, _folder.Path);

    public List<string> Verbose { get; } = [];

    /// <summary>A configuration of one file.</summary>
    public static RegistryConfiguration Parse(string registriesConf)
    {
        using var folder = new ConfigurationFolder();
        folder.Write("etc/containers/registries.conf", registriesConf);
        return folder.Load();
    }

    public void Dispose() => _folder.Dispose();

    public string Combine(string name) => _folder.Combine(name);

    /// <summary>Writes a file: <c>etc/containers/registries.conf</c>, <c>home/.config/…</c>.</summary>
    public string Write(string name, string content) => _folder.NewFile(name, Encoding.UTF8.GetBytes(content));

    /// <summary>
    /// Writes a credential helper: a shell script, which finds its name in <c>$NAME</c>. Another process makes the file that is
    /// run: what this one writes, a process that another test starts just then may hold open, and it could not be run.
    /// </summary>
    public void WriteHelper(string name, string script)
    {
        var path = Write($"bin/{name}.script", $"#!/bin/sh\nPATH=/usr/bin:/bin NAME={name}\n{script}\n");
        Tool.Run("/bin/sh", ["-c", "cp -f \"$0\" \"$1\" && chmod 700 \"$1\"", path, _folder.Combine("bin", $"docker-credential-{name}")]);
    }

    public RegistryConfiguration Load() => RegistryConfiguration.Load(Places, Verbose.Add);
}
