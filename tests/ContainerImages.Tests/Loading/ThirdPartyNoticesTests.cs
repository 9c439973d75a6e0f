using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ContainerImages.Tests.Help;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Loading;

/// <summary>Other people's software in the package is named, with its version and its licence.</summary>
public sealed partial class ThirdPartyNoticesTests
{
    private static readonly string _notices = File.ReadAllText(Path.Combine(StagedModule.Folder, "THIRD-PARTY-NOTICES.txt")).Replace("\r\n", "\n");

    private static readonly Dictionary<string, string> _versions = XDocument.Parse(HelpFolder.ReadText("Directory.Packages.props"))
        .Descendants("PackageVersion").ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);

    [Fact]
    public void Each_assembly_of_others_is_named_with_its_package_and_version()
    {
        Dictionary<string, string> packages = _versions.Keys.ToDictionary(name => name.Replace('.', '_'));
        string[] shipped =
        [
            .. Directory.GetFiles(Path.Combine(StagedModule.Folder, "bin", "dependencies"), "*.dll", SearchOption.AllDirectories)
                .Select(file => Path.GetFileName(file)).Where(file => file != "ContainerImages.Codecs.dll").Distinct().Order(StringComparer.Ordinal),
        ];

        // Where the build takes each of them from.
        Row[] staged =
        [
            .. Staged().Matches(HelpFolder.ReadText("src", "ContainerImages", "Stage.targets"))
                .Select(match => (Name: packages[match.Groups[1].Value], File: match.Groups[2].Value)).Distinct()
                .Select(item => new Row(item.Name, _versions[item.Name], item.File)).OrderBy(row => row.File, StringComparer.Ordinal),
        ];

        Assert.Equal(shipped, staged.Select(row => row.File));
        Assert.Equal(staged, Named().Matches(_notices)
            .Select(match => new Row(match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value))
            .Where(row => row.File.Length > 0).OrderBy(row => row.File, StringComparer.Ordinal));
    }

    [Fact]
    public void Each_package_that_is_named_has_its_version_and_a_copyright()
    {
        string[] copyrights = [.. Copyright().Matches(_notices).Select(match => match.Groups[1].Value.TrimEnd('*'))];
        Match[] rows = [.. Named().Matches(_notices).Cast<Match>()];

        Assert.Contains("PolySharp", rows.Select(row => row.Groups[1].Value));
        Assert.All(rows, row =>
        {
            Assert.Equal(_versions[row.Groups[1].Value], row.Groups[2].Value);
            Assert.Single(copyrights, name => row.Groups[1].Value.StartsWith(name, StringComparison.Ordinal));
        });
    }

    [Fact]
    public void The_text_of_their_licence_is_there()
    {
        string permission = HelpFolder.ReadText("LICENSE").Split("\n\n", 3)[2].Trim();

        Assert.Contains(permission, _notices, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(StagedModule.Folder, "bin", "dependencies", "desktop", "THIRD-PARTY-NOTICES.TXT")));
    }

    [GeneratedRegex(@"Include=""\$\(Pkg(\w+)\)/lib/\S+/([\w.]+\.dll)""")]
    private static partial Regex Staged();

    [GeneratedRegex(@"^    ([\w.]+) +(\d[\d.]+)(?: +(\S+\.dll))?$", RegexOptions.Multiline)]
    private static partial Regex Named();

    [GeneratedRegex(@"^    ([\w.*]+) +Copyright ", RegexOptions.Multiline)]
    private static partial Regex Copyright();

    private sealed record Row(string Package, string Version, string File);
}
