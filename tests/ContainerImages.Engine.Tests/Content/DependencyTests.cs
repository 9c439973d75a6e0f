using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>Dependencies point one way: Content, References and Manifests, Store, Copying, Verification and Transports.</summary>
public class DependencyTests
{
    /// <summary>For each folder, the namespaces of this project that it may know.</summary>
    private static readonly Dictionary<string, string[]> _allowed = new()
    {
        ["Content"] = ["Content"],
        ["References"] = ["Content", "References"],
        ["Manifests"] = ["Content", "References", "Manifests"],
        ["Layers"] = ["Content", "References", "Manifests", "Layers"],
        ["Store"] = ["Content", "References", "Manifests", "Layers", "Store"],
        ["Copying"] = ["Content", "References", "Manifests", "Layers", "Store", "Copying"],
        ["Verification"] = ["Content", "References", "Manifests", "Layers", "Store", "Copying", "Verification"],
        ["Transports"] = ["Content", "References", "Manifests", "Layers", "Store", "Copying", "Verification", "Transports"],
    };

    private static readonly string _engine =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../src/ContainerImages.Engine"));

    [Fact]
    public void No_folder_of_the_engine_knows_one_above_it()
    {
        var files = SourceFiles();
        Assert.NotEmpty(files);

        var wrong = files
            .SelectMany(file => Namespaces(file).Except(_allowed[FolderOf(file)]), (file, known) => $"{FolderOf(file)} knows {known}: {file}");

        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_folder_of_the_engine_has_its_place_in_the_order() =>
        Assert.Empty(SourceFiles().Select(FolderOf).Distinct().Except(_allowed.Keys));

    [Fact]
    public void The_engine_knows_nothing_of_PowerShell() => Assert.DoesNotContain(
        typeof(ContainerImage).Assembly.GetReferencedAssemblies(),
        assembly => assembly.Name!.StartsWith("System.Management.Automation", StringComparison.Ordinal));

    /// <summary>By using directives and by names in full.</summary>
    private static IEnumerable<string> Namespaces(string file) =>
        Regex.Matches(File.ReadAllText(Path.Combine(_engine, file)), @"\bContainerImages\.(Content|References|Manifests|Layers|Store|Copying|Verification|Transports)\b")
            .Select(match => match.Groups[1].Value)
            .Distinct();

    private static string FolderOf(string file) => file.Split(Path.DirectorySeparatorChar)[0];

    private static IReadOnlyList<string> SourceFiles() =>
    [
        .. Directory.EnumerateFiles(_engine, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(_engine, file))
            .Where(file => FolderOf(file) is not ("bin" or "obj")),
    ];

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
