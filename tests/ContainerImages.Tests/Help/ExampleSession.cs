using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using ContainerImages.Testing;
using ContainerImages.Tests.Cmdlets;
using ContainerImages.Tests.Hosting;

namespace ContainerImages.Tests.Help;

/// <summary>
/// What the examples of the pages need: a folder with the files that they name, a store with the images, and, for those that
/// talk to one, a registry in the place of <c>registry.example.com</c>. The environment tells of them: the test must be in
/// <see cref="ProcessState"/>.
/// </summary>
internal sealed class ExampleSession : IDisposable
{
    private const string Registry = "registry.example.com";

    // What comes with PowerShell and not with its engine; enough of it for objects to go on.
    private const string StandIns = """
        function Get-Date { [datetime]::Now }
        function Get-Credential { [pscredential]::new('tester', (New-Secret 'not-a-secret-either')) }
        function New-Secret($text) { $secret = [securestring]::new(); $text.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }; $secret }
        function Resolve-Path($path) { $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path) }
        function Get-Content([string] $path) { [IO.File]::ReadAllLines($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($path)) }
        function Get-ChildItem($path) { $ExecutionContext.InvokeProvider.Item.Get($path) }
        function Get-FileHash { $input }
        function Sort-Object { $input }
        function Select-Object { $input }
        function Group-Object { $input }
        function Measure-Object { $input }
        function ConvertTo-Json { $input }
        """;

    private readonly TempFolder _folder = new();
    private readonly RegistrySession _environment = new();
    private readonly string _host;

    /// <param name="registry">The registry's host and port; null for none.</param>
    public ExampleSession(string? registry)
    {
        _host = registry ?? Registry;
        WriteFiles();
        WriteEnvironment(registry);
        Session.Location = _folder.Path;
        Session.Run(StandIns).ShouldSucceed();
        Session.Run("""
            $null = Import-ContainerImage ./backup.tar
            $null = Import-ContainerImage ./alpine
            $null = New-ImageLease nginx:1 -Name web1
            """).ShouldSucceed();
    }

    private ScriptSession Session => _environment.Session;

    public static ArchiveImage App1 { get; } = new("base", "app 1") { Names = ["localhost/team/app:1", "localhost/team/app:rc-1"], Day = 3 };

    public static ArchiveImage App2 { get; } = new("base", "app 1", "app 2") { Names = ["localhost/team/app:2"], Day = 4 };

    public static ArchiveImage[] Alpine { get; } = [new("alpine"), new("alpine for arm64") { Architecture = "arm64" }];

    public static ArchiveImage Web { get; } = new("web") { Labels = new Dictionary<string, string> { ["maintainer"] = "ops" } };

    /// <summary>Runs an example's code.</summary>
    public ScriptResult Run(string code) => Session.Run(code.Replace(Registry, _host));

    public void Dispose()
    {
        _environment.Dispose();
        _folder.Dispose();
    }

    private void WriteFiles()
    {
        ArchiveImage debian = new("debian") { Names = ["docker.io/library/debian:12", "docker.io/library/debian:bookworm"] };
        Write("debian.tar", debian);
        Write("base.tar.zst", new ArchiveImage("base"));
        Write("many.tar", App1, App2);
        Write(
            "backup.tar",
            debian,
            App1,
            App2,
            new ArchiveImage("busybox") { Names = ["docker.io/library/busybox:1.36"], Day = 2 },
            new ArchiveImage("nginx") { Names = ["docker.io/library/nginx:1"] },
            new ArchiveImage("web") { Names = [$"{_host}/team/web:1"], Labels = Web.Labels },
            new ArchiveImage("nobody's"));
        ArchiveFixture.WriteOciLayout(_folder.Combine("alpine"), "docker.io/library/alpine:3.20", Alpine);
        _folder.NewFile("rootfs.tar", ArchiveFixture.Tar(("bin/sh", [1, 2, 3])));
        _folder.NewFile("program.tar", ArchiveFixture.Tar(("usr/bin/app", [4, 5, 6])));
        _folder.NewFile("images.txt", Encoding.UTF8.GetBytes($"alpine:3.20\n{_host}/team/app:1.1\n"));
        _folder.NewFile("token", "not-a-secret-either"u8);
    }

    private void Write(string name, params ArchiveImage[] images) => _folder.NewFile(name, ArchiveFixture.DockerArchive(images));

    // docker.io is the same registry, so that short names lead there too.
    private void WriteEnvironment(string? registry)
    {
        _environment.Set("CONTAINERIMAGES_STORE", _folder.Combine("store"));
        string login = Convert.ToBase64String(Encoding.UTF8.GetBytes("tester:not-a-secret-either"));
        File.WriteAllText(_environment.AuthFile, $$"""{"auths":{"{{_host}}":{"auth":"{{login}}"} } }""");
        if (registry is not null)
        {
            _environment.Write("registries.conf", $"""
                [[registry]]
                prefix = "docker.io"
                location = "{registry}"
                insecure = true

                [[registry]]
                location = "{registry}"
                insecure = true
                """);
        }
    }
}
