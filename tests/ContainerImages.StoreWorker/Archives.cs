using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ContainerImages.StoreWorker;

/// <summary>The archives that workers import: each of one root, whose digest is the file's name.</summary>
internal static class Archives
{
    private const string Extension = ".input.tar";

    /// <summary>Where an archive of this root belongs.</summary>
    public static string PathOf(string folder, string root) => Path.Combine(folder, root.Replace(':', '-') + Extension);

    /// <summary>The roots that there are archives of.</summary>
    public static IReadOnlyList<string> List(string folder) => Directory.GetFiles(folder, "*" + Extension)
        .Select(path => Path.GetFileName(path).Replace(Extension, "", StringComparison.Ordinal).Replace('-', ':'))
        .Order(StringComparer.Ordinal)
        .ToList();
}
