using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Internal;
using ContainerImages.Manifests;
using ContainerImages.Store;
using ContainerImages.Transports;

namespace ContainerImages.Commands;

/// <content>With <c>-RootFileSystem</c>: one image of all tars of the call, a layer of each.</content>
public sealed partial class ImportContainerImageCommand
{
    private const string RootPrefix = "RootFileSystem";
    private const string RootPathSet = RootPrefix + PathSet;
    private const string RootLiteralPathSet = RootPrefix + LiteralPathSet;
    private const string RootInputStreamSet = RootPrefix + InputStreamSet;
    private const string RootInputBytesSet = RootPrefix + InputBytesSet;

    private readonly List<(RootTar Tar, string Shown, object Target)> _roots = [];
    private IReadOnlyList<KeyValuePair<string, string>> _annotations = [];
    private NewImageConfig? _config;
    private bool _lacksRoot;

    /// <summary>Makes an image of plain tars, each of which becomes a layer, in their order.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RootPathSet)]
    [Parameter(Mandatory = true, ParameterSetName = RootLiteralPathSet)]
    [Parameter(Mandatory = true, ParameterSetName = RootInputStreamSet)]
    [Parameter(Mandatory = true, ParameterSetName = RootInputBytesSet)]
    public SwitchParameter RootFileSystem { get; set; }

    /// <summary>Annotations of the image's manifest.</summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    [ValidateNotNull]
    public IDictionary Annotation { get; set; } = new Hashtable();

    /// <summary>
    /// Instructions as in a Dockerfile: USER, EXPOSE, ENV, ENTRYPOINT, CMD, VOLUME, WORKDIR, LABEL, STOPSIGNAL, ONBUILD. They
    /// are carried out before the other parameters.
    /// </summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    [ArgumentCompleter(typeof(InstructionCompleter))]
    [ValidateNotNull]
    public string[] Change { get; set; } = [];

    /// <summary>The arguments of the entry point, or the program and its arguments where there is none.</summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    public string[]? Command { get; set; }

    /// <summary>The program and its first arguments.</summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    public string[]? Entrypoint { get; set; }

    /// <summary>Variables of the environment: those of a hash table in the order of their names, of an ordered one in its own.</summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    [ValidateNotNull]
    public IDictionary Environment { get; set; } = new Hashtable();

    /// <summary>Labels.</summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    [ValidateNotNull]
    public IDictionary Label { get; set; } = new Hashtable();

    /// <summary>Ports that the image serves: <c>80</c>, <c>53/udp</c>, <c>8000-8010</c>.</summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    [ValidateNotNull]
    public string[] ExposedPort { get; set; } = [];

    /// <summary>Mount points.</summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    [ValidateNotNull]
    public string[] Volume { get; set; } = [];

    /// <summary>The folder that a process starts in.</summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    [ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>The user, and group, that a process runs as: names or numbers.</summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    [ValidateNotNullOrEmpty]
    public string? User { get; set; }

    /// <summary>The signal that stops a container, by name or number.</summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    [ArgumentCompleter(typeof(StopSignalCompleter))]
    [ValidateNotNullOrEmpty]
    public string? StopSignal { get; set; }

    /// <summary>The remark in the image's history.</summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    public string? Message { get; set; }

    /// <summary>Who made the image.</summary>
    [Parameter(ParameterSetName = RootPathSet)]
    [Parameter(ParameterSetName = RootLiteralPathSet)]
    [Parameter(ParameterSetName = RootInputStreamSet)]
    [Parameter(ParameterSetName = RootInputBytesSet)]
    public string? Author { get; set; }

    // All that is typed is seen to be right before anything is asked or read.
    private void PrepareRoot()
    {
        var container = new ContainerConfigEditor();
        foreach (var line in Change)
        {
            Attempt(line, () => DockerfileInstruction.Apply(container, line));
        }

        Each(nameof(ExposedPort), "80, 53/udp", ExposedPort, container.AddPorts);
        Each(nameof(Volume), "/data", Volume, container.AddVolume);
        EachPair(nameof(Environment), "@{ LANG = 'C.UTF-8' }", Environment, container.SetVariable);
        EachPair(nameof(Label), "@{ maintainer = 'ops' }", Label, container.SetLabel);
        Each(nameof(Entrypoint), "/bin/app, --serve", One(Entrypoint), container.SetEntrypoint);
        Each(nameof(Command), "/bin/sh", One(Command), container.SetCommand);
        Each(nameof(WorkingDirectory), "/app", One(WorkingDirectory), container.ChangeWorkingDir);
        Each(nameof(User), "1000:1000", One(User), container.SetUser);
        Each(nameof(StopSignal), "SIGINT", One(StopSignal), container.SetStopSignal);
        EachPair(nameof(Annotation), "@{ 'org.opencontainers.image.title' = 'app' }", Annotation, NewImageConfig.CheckAnnotation);
        _annotations = Pairs(Annotation);
        Attempt(Platform, () => _config = new NewImageConfig
        {
            Platform = RootPlatform(),
            Container = container,
            Author = Author ?? "",
            Comment = Message ?? "",
        });
    }

    // Podman names no variant that it was not told.
    private Platform RootPlatform() => Platform.Length switch
    {
        0 => new Platform(Content.Platform.Host.Os, Content.Platform.Host.Architecture),
        1 => Content.Platform.Parse(Platform[0]),
        _ => throw new ContainerImageException(
            ImageError.InvalidPlatform, $"A root file system is for one platform, and {Platform.Length} are given: {string.Join(", ", Platform)}."),
    };

    private void AddRoots()
    {
        switch (ParameterSetName)
        {
            case RootPathSet:
                foreach (var path in Path)
                {
                    AddRoot(path, () => RootDownload.IsUrl(path, out var url)
                        ? [(RootTar.OfUrl(url), RootDownload.Show(url))]
                        : FilePaths.Resolved(this, path).Select(file => OfFile(file, WildcardPattern.ContainsWildcardCharacters(path) ? file : path)));
                }

                break;
            case RootLiteralPathSet:
                foreach (var path in LiteralPath)
                {
                    AddRoot(path, () => [OfFile(FilePaths.Unresolved(this, path), path)]);
                }

                break;
            case RootInputStreamSet:
                AddRoot(InputStream!, () => [(RootTar.OfStream(Stoppable(InputStream!), "The stream"), "stream")]);
                break;
            default:
                Attempt("bytes", () => Feed(InputBytes, (chunks, options) => OpenRoots([RootTar.OfStream(chunks, "The input")], options)));
                break;
        }
    }

    private static (RootTar Tar, string Shown) OfFile(string file, string path)
    {
        var shown = FilePaths.Shown(path);
        return (RootTar.OfFile(file, $"'{shown}'"), shown);
    }

    private void AddRoot(object target, Func<IEnumerable<(RootTar Tar, string Shown)>> find)
    {
        var isFound = false;
        Attempt(target, () =>
        {
            _roots.AddRange(find().Select(root => (root.Tar, root.Shown, target)));
            isFound = true;
        });
        _lacksRoot |= !isFound;
    }

    // Where a layer could not be found there is no image: it would be another than the one that is wanted.
    private void ImportRoots()
    {
        if (_roots.Count == 0 || _lacksRoot)
        {
            return;
        }

        var shown = string.Join(", ", _roots.Select(root => root.Shown));
        var target = _roots.Count == 1 ? _roots[0].Target : _roots.Select(root => root.Target).ToArray();
        if (ShouldProcess(shown, Action))
        {
            Attempt(target, () => WriteObject(
                Import(shown, options => OpenRoots(_roots.Select(root => root.Tar).ToList(), options)), enumerateCollection: true));
        }
    }

    private Func<Ingest, IImageSource> OpenRoots(IReadOnlyList<RootTar> tars, CopyOptions options) =>
        ingest => new RootFileSystemSource(tars, _config!, _annotations, ingest, options);

    private void Each<T>(string parameter, string example, IEnumerable<T> values, Action<T> action)
    {
        foreach (var value in values)
        {
            Attempt(value, () => Naming(parameter, example, () => action(value)));
        }
    }

    private void EachPair(string parameter, string example, IDictionary dictionary, Action<string, string> action)
    {
        foreach (var pair in Pairs(dictionary))
        {
            Attempt(pair.Key, () => Naming(parameter, example, () => action(pair.Key, pair.Value)));
        }
    }

    // As the line of an instruction is named where that is wrong.
    private static void Naming(string parameter, string example, Action action)
    {
        try
        {
            action();
        }
        catch (ContainerImageException e) when (e.Error == ImageError.InvalidInstruction)
        {
            throw InvalidInstruction.Of(parameter, e, example);
        }
    }

    private static IEnumerable<T> One<T>(T? value)
        where T : class => value is null ? [] : [value];

    // A hash table has no order of its own, and the image is to be the same each time.
    private static List<KeyValuePair<string, string>> Pairs(IDictionary dictionary)
    {
        var pairs = new List<KeyValuePair<string, string>>(dictionary.Count);
        foreach (DictionaryEntry entry in dictionary)
        {
            pairs.Add(new KeyValuePair<string, string>(
                LanguagePrimitives.ConvertTo<string>(entry.Key), LanguagePrimitives.ConvertTo<string>(entry.Value)));
        }

        if (dictionary is Hashtable)
        {
            pairs.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        }

        return pairs;
    }
}
