using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Loading;

/// <summary>The package that goes to a gallery: what is in it, and that it can be installed and used.</summary>
public sealed class PackageTests : IDisposable
{
    private static readonly string _tools = Path.GetFullPath(Path.Combine(StagedModule.Folder, "..", "..", "..", "src", "Build"));

    private readonly TempFolder _folder = new();
    private readonly ScriptSession _session = new(import: false);
    private readonly string _package;

    public PackageTests()
    {
        _session.Set("tools", _tools);
        _session.Set("staged", StagedModule.Folder);
        _session.Set("folder", _folder.Path);
        _package = Text("& $tools/New-ModulePackage.ps1 -Path $staged -Destination $folder");
    }

    private static string Version => Path.GetFileName(StagedModule.Folder.TrimEnd('/', '\\'));

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Holds_what_a_session_needs_and_nothing_else()
    {
        IEnumerable<string> needed =
        [
            "ContainerImages.psd1", "ContainerImages.Format.ps1xml", "ContainerImages.Types.ps1xml", "LICENSE", "THIRD-PARTY-NOTICES.txt",
            "bin/ContainerImages.dll", "bin/ContainerImages.Engine.dll", "en-US/ContainerImages.dll-Help.xml",
            .. Staged("*.help.txt"),
            .. Staged("*.dll").Where(file => file.Contains("/dependencies/", StringComparison.Ordinal)),
            "bin/dependencies/desktop/THIRD-PARTY-NOTICES.TXT",
            "ContainerImages.nuspec", "_rels/.rels", "[Content_Types].xml",
        ];
        using ZipArchive zip = ZipFile.OpenRead(_package);

        Assert.Equal(_folder.Combine($"ContainerImages.{Version}.nupkg"), _package);
        Assert.Equal(needed.Order(StringComparer.Ordinal), zip.Entries.Select(entry => entry.FullName));
        Assert.Equal(["ContainerImages.0.nupkg"], Directory.GetFiles(_folder.Path).Select(file => Path.GetFileName(file).Replace(Version, "0")));

        // Every kind of file is declared, or a gallery refuses the package.
        XDocument types = XDocument.Load(zip.GetEntry("[Content_Types].xml")!.Open());
        string[] declared = [.. types.Root!.Elements().Select(type => type.Attribute("Extension")?.Value ?? type.Attribute("PartName")!.Value)];
        Assert.Empty(zip.Entries.Select(entry => Path.GetExtension(entry.FullName) is { Length: > 0 } extension ? extension[1..] : "/" + entry.FullName)
            .Where(kind => kind != "xml").Except(declared, StringComparer.OrdinalIgnoreCase));
    }

    [Fact]
    public void Says_of_itself_what_the_manifest_says()
    {
        using ZipArchive zip = ZipFile.OpenRead(_package);
        XElement metadata = XDocument.Load(zip.GetEntry("ContainerImages.nuspec")!.Open()).Root!.Elements().Single();
        string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        _session.Set("manifest", StagedModule.Manifest);
        var module = (PSModuleInfo)_session.Run("Test-ModuleManifest $manifest").ShouldSucceed().Objects.Single().BaseObject;

        Assert.Equal("ContainerImages", Value("id"));
        Assert.Equal(Version, Value("version"));
        Assert.Equal(module.Version.ToString(), Value("version"));
        Assert.Equal(module.Description, Value("description"));
        Assert.Equal(module.LicenseUri.ToString(), Value("licenseUrl"));
        Assert.Equal(module.ProjectUri.ToString(), Value("projectUrl"));
        string[] tags = Value("tags").Split(' ');
        Assert.Superset(module.Tags.ToHashSet(), tags.ToHashSet());
        Assert.Equal(module.ExportedCmdlets.Keys.Order(), tags.Where(tag => tag.StartsWith("PSCmdlet_", StringComparison.Ordinal)).Select(tag => tag[9..]).Order());
        Assert.Contains("PSModule", tags);

        // A gallery takes no more.
        Assert.InRange(Value("tags").Length, 1, 4000);
    }

    [Fact]
    public void Is_the_same_byte_for_byte_each_time()
    {
        byte[] first = File.ReadAllBytes(_package);

        Text("& $tools/New-ModulePackage.ps1 -Path $staged -Destination $folder");

        Assert.Equal(first, File.ReadAllBytes(_package));
    }

    [Fact]
    public void Is_installed_in_place_of_the_same_version_and_used_from_there()
    {
        string modules = _folder.NewFolder("modules");
        _session.Set("package", _package);
        _folder.NewFolder(Path.Combine("modules", "ContainerImages", Version));
        File.WriteAllText(Path.Combine(modules, "ContainerImages", Version, "left.over"), "");

        string manifest = Text("& $tools/Install-ModulePackage.ps1 -Path $package -Destination $folder/modules");

        Assert.Equal(Path.Combine(modules, "ContainerImages", Version, "ContainerImages.psd1"), manifest);
        Assert.False(File.Exists(Path.Combine(modules, "ContainerImages", Version, "left.over")));
        Assert.Equal([Version], Directory.GetDirectories(Path.Combine(modules, "ContainerImages")).Select(Path.GetFileName));
        using (ZipArchive zip = ZipFile.OpenRead(_package))
        {
            Assert.Equal(zip.Entries.Count - 3, Directory.GetFiles(modules, "*", SearchOption.AllDirectories).Length);
        }

        // This process has the staged module loaded, and no other of its name: another one takes the tour.
        ToolResult tour = Tool.Run("dotnet", ["exec", Metadata("Tour"), manifest]);
        Assert.Contains("greeting:latest", tour.Output, StringComparison.Ordinal);
        Assert.EndsWith("}", tour.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_leads_out_of_its_folder_is_not_installed()
    {
        string evil = _folder.Combine("Evil.1.0.0.nupkg");
        using (ZipArchive zip = ZipFile.Open(evil, ZipArchiveMode.Create))
        {
            zip.CreateEntry("../../../escaped.txt").Open().Dispose();
        }

        _session.Set("package", evil);
        ScriptResult result = _session.Run("& $tools/Install-ModulePackage.ps1 -Path $package -Destination $folder/modules");

        Assert.Contains("leads out of the module's folder", result.Transcript, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path, "escaped.txt", SearchOption.AllDirectories));
    }

    private static IEnumerable<string> Staged(string pattern) => Directory.GetFiles(StagedModule.Folder, pattern, SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(StagedModule.Folder, file).Replace('\\', '/'));

    private static string Metadata(string key) => typeof(PackageTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == key).Value!;

    private string Text(string script) => _session.Run(script).ShouldSucceed().Objects.Single().ToString();
}
