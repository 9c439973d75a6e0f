using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>A store of ours, peers with an empty store of theirs, and a folder for what they give each other.</summary>
internal sealed class Workbench : IDisposable
{
    // Podman makes an image name of a layout folder's path, and refuses upper case in it.
    private readonly string _folder =
        Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"ci-{Guid.NewGuid():n}"[..15])).FullName;

    private readonly TestStore _test = new();
    private PeerSandbox? _peers;
    private int _saved;

    public ImageStore Store => _test.Store;

    /// <summary>Settings and a store of their own for the peers.</summary>
    public PeerSandbox Peers => _peers ??= new PeerSandbox(_folder);

    /// <summary>A path in the folder; nothing is made.</summary>
    public string Combine(string name) => Path.Combine(_folder, name);

    /// <summary>Brings in what a peer wrote; formats without names leave the image with this one.</summary>
    public void Import(PeerExport export, string nameIfNone = InteropSources.NameIfNone) =>
        _test.Import(export.Path, export.Images.All(image => image.Names.Count == 0) ? [nameIfNone] : []);

    public IReadOnlyList<string> Import(string path, params string[] names) => _test.Import(path, names);

    /// <summary>An image of the store, to be saved under these names, in their order; without names if there are none.</summary>
    public SaveItem Item(string image, params string[] names) => new(Store, Store.Match(image), names);

    /// <summary>Saves as the cmdlet does, into a file or folder of its own.</summary>
    public string Save(string format, params SaveItem[] items) => Save(format, new CopyChanges(), items);

    /// <summary>The same with changes.</summary>
    public string Save(string format, CopyChanges changes, params SaveItem[] items)
    {
        var path = Combine($"saved-{++_saved}");
        new ImageSave(new CopyOptions(), changes).Run(items, format, path, force: false, onePlatform: false);
        return path;
    }

    /// <summary>How skopeo addresses what was saved.</summary>
    public static string Reference(string format, string path, string? name = null)
    {
        var transport = format switch
        {
            "oci-dir" => "oci",
            "docker-dir" => "dir",
            _ => format,
        };
        return name is null || transport == "dir" ? $"{transport}:{path}" : $"{transport}:{path}:{name}";
    }

    public void Dispose()
    {
        _test.Dispose();
        TempFolder.Delete(_folder);
    }
}
