using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace ContainerImages.Tests.Help;

/// <summary>README names what there is.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string _readme = HelpFolder.ReadText("README.md");

    [Fact]
    public void Each_row_of_the_comparison_names_a_test_that_is_there()
    {
        string section = _readme[_readme.IndexOf("\n## Beside other tools\n", StringComparison.Ordinal)..];
        string[] rows = [.. section.Split("\n## ")[1].Split('\n').Where(line => line.StartsWith('|')).Skip(2)];
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

    [GeneratedRegex(@"\| `(\w+)` \|$")]
    private static partial Regex ShownBy();

    [GeneratedRegex(@"[`(]((?:src|tests|en-US)(?:/[\w.-]+)*)[`)]")]
    private static partial Regex Named();
}
