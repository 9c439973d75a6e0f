using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>
/// Makes the <c>config</c> object of a new image. What it is given is checked, and kept in the form in which podman
/// keeps it, so that the same wishes give the same image ID.
/// </summary>
internal sealed class ContainerConfigEditor
{
    private readonly SortedSet<string> _ports = new(GoJson.KeyOrder);
    private readonly List<(string Name, string Value)> _environment = [];
    private readonly SortedSet<string> _volumes = new(GoJson.KeyOrder);
    private readonly SortedDictionary<string, string> _labels = new(GoJson.KeyOrder);
    private readonly List<string> _onBuild = [];
    private IReadOnlyList<string> _entrypoint = [];
    private IReadOnlyList<string> _command = [];
    private string _user = "";
    private string _workingDir = "";
    private string _stopSignal = "";

    /// <summary>Instructions for images built on this one, which OCI's config has no place for.</summary>
    public IReadOnlyList<string> OnBuild => _onBuild;

    /// <summary>Sets user and group: names or numbers.</summary>
    public void SetUser(string user)
    {
        if (user.Length == 0 || user.Any(char.IsWhiteSpace))
        {
            throw InvalidInstruction.Because($"{QuotedText.Quote(user)} is no user; user[:group] is wanted, names or numbers");
        }

        _user = Checked(user);
    }

    /// <summary>Adds a port, or a range of them: <c>80</c>, <c>53/udp</c>, <c>8000-8010/tcp</c>.</summary>
    public void AddPorts(string text) => _ports.UnionWith(PortRange.Parse(text));

    /// <summary>Sets a variable; one of that name keeps its place, and loses its value.</summary>
    /// <remarks>
    /// Podman 4 would keep both, and what a program gets then is decided by whoever starts it.
    /// </remarks>
    public void SetVariable(string name, string value)
    {
        if (name.Length == 0 || name.IndexOf('=') >= 0)
        {
            throw InvalidInstruction.Because($"{QuotedText.Quote(name)} is no name of a variable; one without '=' is wanted");
        }

        var variable = (Checked(name), Checked(value));
        var at = _environment.FindIndex(other => other.Name == name);
        if (at < 0)
        {
            _environment.Add(variable);
        }
        else
        {
            _environment[at] = variable;
        }
    }

    /// <summary>Sets the program and its first arguments; none takes it away.</summary>
    public void SetEntrypoint(IReadOnlyList<string> words) => _entrypoint = [.. words.Select(Checked)];

    /// <summary>Sets the arguments, or the program where there is no entry point; none takes them away.</summary>
    public void SetCommand(IReadOnlyList<string> words) => _command = [.. words.Select(Checked)];

    /// <summary>Adds a mount point.</summary>
    public void AddVolume(string path) => _volumes.Add(path.Length > 0
        ? Checked(path)
        : throw InvalidInstruction.Because("a volume is a path, and this one is empty"));

    /// <summary>Goes to a folder; a relative path is meant from the one set before, or from the root.</summary>
    /// <remarks>Podman 4 keeps the first as it is, also if it is relative, and docker and runc refuse to start such an image.</remarks>
    public void ChangeWorkingDir(string path)
    {
        if (path.Length == 0)
        {
            throw InvalidInstruction.Because("the working directory is a path, and this one is empty");
        }

        _workingDir = IsWindowsPath(Checked(path)) ? path
            : path[0] == '/' || IsWindowsPath(_workingDir) ? GoPath.Join(path)
            : GoPath.Join("/", _workingDir, path);
    }

    /// <summary>Sets a label.</summary>
    public void SetLabel(string key, string value) => _labels[key.Length > 0
        ? Checked(key)
        : throw InvalidInstruction.Because("the key of a label is empty")] = Checked(value);

    /// <summary>Sets the signal that stops a container, by name or number. The number is kept, as podman does.</summary>
    public void SetStopSignal(string text) => _stopSignal = StopSignals.Parse(text);

    /// <summary>Notes an instruction for images built on this one.</summary>
    public void AddOnBuild(string instruction) => _onBuild.Add(instruction);

    /// <summary>Writes the object as Go does OCI's struct: fields in its order, those that are empty left out.</summary>
    public void Write(GoJsonWriter json)
    {
        json.BeginObject();
        WriteText(json, "User", _user);
        WriteSet(json, "ExposedPorts", _ports);
        WriteList(json, "Env", [.. _environment.Select(variable => $"{variable.Name}={variable.Value}")]);
        WriteList(json, "Entrypoint", _entrypoint);
        WriteList(json, "Cmd", _command);
        WriteSet(json, "Volumes", _volumes);
        WriteText(json, "WorkingDir", _workingDir);
        if (_labels.Count > 0)
        {
            json.Name("Labels");
            json.BeginObject();
            foreach (var label in _labels)
            {
                json.Name(label.Key);
                json.String(label.Value);
            }

            json.EndObject();
        }

        WriteText(json, "StopSignal", _stopSignal);
        json.EndObject();
    }

    private static void WriteText(GoJsonWriter json, string name, string value)
    {
        if (value.Length > 0)
        {
            json.Name(name);
            json.String(value);
        }
    }

    private static void WriteList(GoJsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            json.Name(name);
            json.BeginArray();
            foreach (var value in values)
            {
                json.String(value);
            }

            json.EndArray();
        }
    }

    // Go's set: a map to empty structs.
    private static void WriteSet(GoJsonWriter json, string name, SortedSet<string> keys)
    {
        if (keys.Count > 0)
        {
            json.Name(name);
            json.BeginObject();
            foreach (var key in keys)
            {
                json.Name(key);
                json.BeginObject();
                json.EndObject();
            }

            json.EndObject();
        }
    }

    private static bool IsWindowsPath(string path) =>
        path.StartsWith("\\", StringComparison.Ordinal) || (path.Length > 1 && path[1] == ':' && char.IsLetter(path[0]));

    // No program can be handed such text.
    private static string Checked(string text) => text.IndexOf('\0') < 0
        ? text
        : throw InvalidInstruction.Because($"{QuotedText.Quote(text)} has a NUL character in it");
}
