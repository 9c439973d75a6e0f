using System;
using System.Collections;
using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>How a container of the image runs: the <c>config</c> object of an image's configuration.</summary>
public sealed class ContainerConfig
{
    // Docker writes durations in nanoseconds; a tick of .NET is a hundred of them.
    private const long NanosecondsPerTick = 100;

    internal ContainerConfig()
    {
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name.</param>
    public ContainerConfig(IDictionary properties)
    {
        var given = new GivenProperties(nameof(ContainerConfig), properties ?? throw new ArgumentNullException(nameof(properties)));
        User = given.Text(nameof(User)) ?? "";
        ExposedPorts = given.Texts(nameof(ExposedPorts));
        Env = given.Texts(nameof(Env));
        Entrypoint = given.Texts(nameof(Entrypoint));
        Cmd = given.Texts(nameof(Cmd));
        Volumes = given.Texts(nameof(Volumes));
        WorkingDir = given.Text(nameof(WorkingDir)) ?? "";
        Labels = given.Map(nameof(Labels));
        StopSignal = given.Text(nameof(StopSignal)) ?? "";
        OnBuild = given.Texts(nameof(OnBuild));
        Shell = given.Texts(nameof(Shell));
        Healthcheck = given.Object(nameof(Healthcheck), check => new Healthcheck(check));
        given.RefuseOthers();
    }

    /// <summary>User (and group) the process runs as; empty for root.</summary>
    public string User { get; internal init; } = "";

    /// <summary>Ports as <c>80/tcp</c>.</summary>
    public IReadOnlyList<string> ExposedPorts { get; internal init => field = value.Sealed(); } = [];

    /// <summary>Environment as <c>NAME=value</c>, in the config's order.</summary>
    public IReadOnlyList<string> Env { get; internal init => field = value.Sealed(); } = [];

    /// <summary>The program and its first arguments.</summary>
    public IReadOnlyList<string> Entrypoint { get; internal init => field = value.Sealed(); } = [];

    /// <summary>Arguments of the entry point, or the program where there is none.</summary>
    public IReadOnlyList<string> Cmd { get; internal init => field = value.Sealed(); } = [];

    /// <summary>Mount points.</summary>
    public IReadOnlyList<string> Volumes { get; internal init => field = value.Sealed(); } = [];

    /// <summary>The folder the process starts in; empty for the root.</summary>
    public string WorkingDir { get; internal init; } = "";

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; internal init => field = value.Sealed(); } = Descriptor.NoAnnotations;

    /// <summary>The signal that stops a container; empty for the default.</summary>
    public string StopSignal { get; internal init; } = "";

    /// <summary>Instructions for images built on this one (Docker).</summary>
    public IReadOnlyList<string> OnBuild { get; internal init => field = value.Sealed(); } = [];

    /// <summary>The shell of the shell form of instructions (Docker).</summary>
    public IReadOnlyList<string> Shell { get; internal init => field = value.Sealed(); } = [];

    /// <summary>The health check (Docker); null where there is none.</summary>
    public Healthcheck? Healthcheck { get; internal init; }

    /// <summary>Whether the arguments are escaped already (Docker on Windows); told by an inspection alone.</summary>
    internal bool ArgsEscaped { get; private init; }

    internal static ContainerConfig Read(JsonFields fields) => new()
    {
        ArgsEscaped = fields.Boolean("ArgsEscaped") ?? false,
        User = fields.Text("User") ?? "",
        ExposedPorts = fields.Keys("ExposedPorts") ?? [],
        Env = fields.Texts("Env") ?? [],
        Entrypoint = fields.Texts("Entrypoint") ?? [],
        Cmd = fields.Texts("Cmd") ?? [],
        Volumes = fields.Keys("Volumes") ?? [],
        WorkingDir = fields.Text("WorkingDir") ?? "",
        Labels = fields.Map("Labels") ?? Descriptor.NoAnnotations,
        StopSignal = fields.Text("StopSignal") ?? "",
        OnBuild = fields.Texts("OnBuild") ?? [],
        Shell = fields.Texts("Shell") ?? [],
        Healthcheck = fields.Object("Healthcheck") is { } check ? ReadHealthcheck(check) : null,
    };

    internal static Healthcheck ReadHealthcheck(JsonFields fields) => new()
    {
        Test = fields.Texts("Test") ?? [],
        Interval = Duration(fields, "Interval"),
        Timeout = Duration(fields, "Timeout"),
        StartPeriod = Duration(fields, "StartPeriod"),
        Retries = fields.Integer("Retries") is { } retries ? (int)Math.Min(retries, int.MaxValue) : null,
    };

    private static TimeSpan? Duration(JsonFields fields, string name) =>
        fields.Integer(name) is { } nanoseconds ? TimeSpan.FromTicks(nanoseconds / NanosecondsPerTick) : null;
}
