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
    private const string Version = "v1";

    /// <summary>1 GB in several layers of mixed sizes; a quarter of it in a quick run.</summary>
    public BigImage Large => Big(quick ? 256 : 1024, 256 * 1024, [0.4, 0.25, 0.15, 0.1, 0.07, 0.03]);

    /// <summary>250 MB in 25,000 files; a quarter of it in a quick run.</summary>
    public BigImage ManyFiles => Big(quick ? 64 : 250, 10 * 1024, [0.5, 0.2, 0.15, 0.1, 0.05]);

    public SmallImages Small(int count)
    {
        var images = new SmallImages(PathOf($"small-{count}"), count);
        Ensure(images.Folder, path => (images with { Folder = path }).Write());
        return images;
    }

    private BigImage Big(int megabytes, int meanFileBytes, IReadOnlyList<double> layers)
    {
        var title = megabytes >= 1000 ? "1 GB" : $"{megabytes} MB";
        var image = new BigImage(PathOf($"big-{megabytes}-{meanFileBytes}"), title);
        var shapes = layers.Select((share, i) => new LayerShape(megabytes + i, (long)(share * megabytes * Megabyte), meanFileBytes));
        Ensure(image.Folder, path => (image with { Folder = path }).Write(shapes));
        return image;
    }

    private string PathOf(string name) => Path.Combine(folder, $"{name}-{Version}");

    private static void Ensure(string path, Action<string> write)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        Console.Error.WriteLine($"Making {Path.GetFileName(path)} …");

        // What an interrupted run left is made anew.
        var unfinished = path + ".unfinished";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        Directory.CreateDirectory(unfinished);
        write(unfinished);
        Directory.Move(unfinished, path);
    }
}
