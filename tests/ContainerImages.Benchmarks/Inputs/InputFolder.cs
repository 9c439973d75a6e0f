using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ContainerImages.Benchmarks.Inputs;

/// <summary>The inputs on disk: made when first asked for, and kept for later runs.</summary>
internal sealed class InputFolder(string folder, bool quick)
{
    private const long Megabyte = 1_000_000;

    // Each number belongs to one content: it goes up when what is written here changes.
    private const string Version = "v2";

    /// <summary>1 GB in several layers of mixed sizes; a quarter of it in a quick run.</summary>
    public BigImage Large => Big(quick ? 250 : 1000, 256 * 1024, [0.4, 0.25, 0.15, 0.1, 0.07, 0.03]);

    /// <summary>250 MB in 25,000 files; a quarter of it in a quick run.</summary>
    public BigImage ManyFiles => Big(quick ? 64 : 250, 10 * 1024, [0.5, 0.2, 0.15, 0.1, 0.05]);

    public SmallImages Small(int count)
    {
        var made = Ensure($"small-{count}", path => new SmallImages(path, count).Write());
        return new SmallImages(made, count);
    }

    private BigImage Big(int megabytes, int meanFileBytes, IReadOnlyList<double> layers)
    {
        var title = megabytes >= 1000 ? "1 GB" : $"{megabytes} MB";
        var shapes = layers.Select((share, i) => new LayerShape(megabytes + i, (long)(share * megabytes * Megabyte), meanFileBytes));
        return new BigImage(title, new(() => Ensure($"big-{megabytes}-{meanFileBytes}", path => BigImage.Write(path, shapes))));
    }

    private string Ensure(string name, Action<string> write)
    {
        var path = Path.Combine(folder, $"{name}-{Version}");
        if (Directory.Exists(path))
        {
            return path;
        }

        Console.Error.WriteLine($"Making {name} …");

        // What an interrupted run left is made anew.
        var unfinished = path + ".unfinished";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        Directory.CreateDirectory(unfinished);
        write(unfinished);
        Directory.Move(unfinished, path);
        return path;
    }
}
