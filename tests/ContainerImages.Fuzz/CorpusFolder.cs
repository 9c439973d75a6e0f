using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ContainerImages.Fuzz;

/// <summary>The inputs that are kept in the repository, which lie beside the program.</summary>
internal static class CorpusFolder
{
    /// <summary>The paths of a target's inputs, sorted.</summary>
    public static IReadOnlyList<string> Files(string target) =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", target)).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<byte[]> Read(string target) => [.. Files(target).Select(File.ReadAllBytes)];
}
