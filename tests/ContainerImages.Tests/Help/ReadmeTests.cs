using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ContainerImages.Tests.Hosting;
using ContainerImages.Tests.Loading;
using Xunit;

namespace ContainerImages.Tests.Help;

/// <summary>README names what there is.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string _readme = HelpFolder.ReadText("README.md");

    [Fact]
    public void Each_row_of_the_comparison_names_a_test_that_is_there()
    {
        string[] rows = [.. Section("Beside other tools").Split('\n').Where(line => line.StartsWith('|')).Skip(2)];
        string[] tests =
        [
            .. Directory.EnumerateFiles(Path.Combine(HelpFolder.Repository, "tests"), "*Tests.cs", SearchOption.AllDirectories)
                .Select(file => Path.GetFileNameWithoutExtension(file)!),
        ];

        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Contains(ShownBy().Match(row).Groups[1].Value, tests));
    }

    [Fact]
    public void The_folders_and_files_it_names_are_there()
    {
        string[] paths = [.. Named().Matches(_readme).Select(match => match.Groups[1].Value)];

        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(HelpFolder.Repository, path)), $"There is no {path}."));
    }

    [Fact]
    public void Its_badges_say_what_is_so()
    {
        using ScriptSession session = new();
        var module = (PSModuleInfo)session.Run("Get-Module ContainerImages").ShouldSucceed().Objects.Single().BaseObject;
        string refusal = ModuleAssemblies.Refusal(isDotNetFramework: false, "7.0")!;
        string framework = XDocument.Parse(HelpFolder.ReadText("src", "ContainerImages", "ContainerImages.csproj")).Descendants("TargetFramework").Single().Value;
        string[] expected =
        [
            $"licence: {HelpFolder.ReadText("LICENSE").Split(' ')[0]}",
            $"PowerShell: {module.PowerShellVersion} | {OldestCore().Match(refusal).Groups[1].Value}+",
            $".NET Standard: {framework.Replace("netstandard", "", StringComparison.Ordinal)}",
            $"version: {module.Version}",
        ];

        Match[] badges = [.. Badge().Matches(_readme).Cast<Match>()];

        Assert.Equal(expected, badges.Select(badge => badge.Groups[1].Value));
        Assert.Equal(expected, badges.Select(badge => Uri.UnescapeDataString(badge.Groups[2].Value).Replace("-", ": ", StringComparison.Ordinal)));
        Assert.All(badges.Select(badge => badge.Groups[3].Value), target => Assert.True(
            target[0] == '#' ? Headings().Contains(target) : File.Exists(Path.Combine(HelpFolder.Repository, target)), target));
    }

    [Fact]
    public void Its_tasks_are_those_of_the_build_script()
    {
        ScriptBlockAst script = Parser.ParseFile(Path.Combine(HelpFolder.Repository, "build.ps1"), out _, out _);
        AttributeAst set = script.ParamBlock.Parameters.Single(parameter => parameter.Name.VariablePath.UserPath == "Task")
            .Attributes.OfType<AttributeAst>().Single(attribute => attribute.TypeName.Name == "ValidateSet");

        IEnumerable<string> named = Section("Build").Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Word().Matches(line.Split('|')[1])).Select(match => match.Groups[1].Value);

        Assert.Equal(
            set.PositionalArguments.Select(argument => (string)argument.SafeGetValue()).Order(StringComparer.Ordinal),
            named.Order(StringComparer.Ordinal));
    }

    private static string Section(string heading)
    {
        string begin = $"\n## {heading}\n";
        string rest = _readme[(_readme.IndexOf(begin, StringComparison.Ordinal) + begin.Length)..];
        return rest.Split("\n## ")[0];
    }

    private static string[] Headings() =>
        [.. Heading().Matches(_readme).Select(match => "#" + match.Groups[1].Value.ToLowerInvariant().Replace(' ', '-'))];

    [GeneratedRegex(@"^\[!\[([^\]]+)\]\(https://img\.shields\.io/badge/(\S+?)-blue\)\]\((\S+?)\)$", RegexOptions.Multiline)]
    private static partial Regex Badge();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"needs PowerShell (\S+) or later")]
    private static partial Regex OldestCore();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Word();

    [GeneratedRegex(@"\| `(\w+)` \|$")]
    private static partial Regex ShownBy();

    [GeneratedRegex(@"[`(]((?:src|tests|en-US)(?:/[\w.-]+)*)[`)]")]
    private static partial Regex Named();
}
