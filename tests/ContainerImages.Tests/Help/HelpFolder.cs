using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Tests.Hosting;

namespace ContainerImages.Tests.Help;

/// <summary>Where the Markdown of the help is, and what Get-Help reads of it.</summary>
internal static class HelpFolder
{
    /// <summary>What to do where the Markdown has changed and the rest has not.</summary>
    public const string Rebuild = "Run './build.ps1 -Task Help', and commit what it changes in en-US.";

    public static string Repository { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(StagedModule.Folder, "..", "..", ".."));

    public static string Path { get; } = System.IO.Path.Combine(Repository, "en-US");

    /// <summary>The pages of the cmdlets, by name.</summary>
    public static IReadOnlyList<HelpPage> Pages { get; } =
    [
        .. Directory.GetFiles(Path, "*-*.md")
            .Where(file => !System.IO.Path.GetFileName(file).StartsWith("about_", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(HelpPage.Read),
    ];

    /// <summary>The names of the about topics.</summary>
    public static IReadOnlyList<string> Topics { get; } =
    [
        .. Directory.GetFiles(Path, "about_*.md").Select(file => System.IO.Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of a file of the repository, lines ended by LF.</summary>
    public static string ReadText(params string[] path) =>
        File.ReadAllText(System.IO.Path.Combine([Repository, .. path])).Replace("\r\n", "\n");
}
