using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>
/// A session with a folder of its own, which is its location and <c>$folder</c>, and an empty store in it, <c>$store</c>:
/// its cmdlets use that one unless told otherwise.
/// </summary>
internal sealed class StoreSession : IDisposable
{
    public const string SampleId = "0679216bcb6cf854d94afac55507e1676035a5c151c4d6a1028e6561e4d076e9";

    private readonly TempFolder _folder = new();
    private readonly ScriptSession _session;

    /// <param name="images">What the store has to begin with.</param>
    public StoreSession(params ArchiveImage[] images)
        : this(new ScriptSession())
    {
        // An environment variable would be the whole process's.
        Run("$PSDefaultParameterValues['*-*Image*:StorePath'] = $store").ShouldSucceed();
        if (images.Length > 0)
        {
            Run($"Import-ContainerImage ./{Write("first.tar", images)}").ShouldSucceed();
        }
    }

    /// <param name="session">A session whose cmdlets find their store without help.</param>
    public StoreSession(ScriptSession session)
    {
        _session = session;
        _session.Location = _folder.Path;
        Set("folder", _folder.Path);
        Set("store", Store);
        Set("sample", Sample);
        Set("id", SampleId);
    }

    /// <summary>A docker-archive by podman: one image, <c>localhost/greeting:latest</c>, three layers, eight steps.</summary>
    public static string Sample { get; } =
        Path.GetFullPath(Path.Combine(StagedModule.Folder, "..", "..", "..", "tests", "ContainerImages.Tour", "sample.tar"));

    public string Folder => _folder.Path;

    public string Store => _folder.Combine("store");

    public Queue<string> Answers => _session.Answers;

    /// <summary>The files of the store's blobs.</summary>
    public string[] Blobs => Files("blobs");

    /// <summary>What copies under way, or dead, have in the store.</summary>
    public string[] Ingests => Files("ingest");

    /// <summary>A session whose store has the sample.</summary>
    public static StoreSession WithSample()
    {
        StoreSession session = new();
        session.Run("Import-ContainerImage $sample").ShouldSucceed();
        return session;
    }

    /// <summary>A session with a multi-platform image: <c>localhost/multi:1</c> for amd64 and arm64.</summary>
    public static StoreSession WithPlatforms(out ArchiveImage amd64, out ArchiveImage arm64)
    {
        StoreSession session = new();
        amd64 = new("amd64");
        arm64 = new("arm64") { Architecture = "arm64" };
        ArchiveFixture.WriteOciLayout(session.Combine("multi"), "localhost/multi:1", amd64, arm64);
        session.Run("Import-ContainerImage ./multi").ShouldSucceed();
        return session;
    }

    public string Combine(string name) => _folder.Combine(name);

    /// <summary>Writes a docker-archive into the session's folder.</summary>
    public string Write(string name, params ArchiveImage[] images)
    {
        _folder.NewFile(name, ArchiveFixture.DockerArchive(images));
        return name;
    }

    public void Set(string variable, object? value) => _session.Set(variable, value);

    public ScriptResult Run(string script) => _session.Run(script);

    public ScriptResult RunFormatted(string script) => _session.RunFormatted(script);

    /// <summary>Runs a script that must succeed, and gives what it wrote as text.</summary>
    public string[] Texts(string script) => [.. Run(script).ShouldSucceed().Objects.Select(o => o?.ToString() ?? "")];

    /// <summary>The names in the store, sorted; <c>&lt;none&gt;</c> for each image without.</summary>
    public string[] Names() =>
        [.. Texts("Get-ContainerImage | ForEach-Object { if ($_.Names) { $_.Names } else { '<none>' } }").Order()];

    public void Stop() => _session.Stop();

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    private string[] Files(string folder) => Directory.Exists(Path.Combine(Store, folder))
        ? Directory.GetFiles(Path.Combine(Store, folder), "*", SearchOption.AllDirectories)
        : [];
}
