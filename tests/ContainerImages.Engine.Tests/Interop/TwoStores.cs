using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>The same images in a store of ours and in podman's, with the same manifests, to be asked the same questions.</summary>
internal sealed class TwoStores : IDisposable
{
    private readonly Workbench _bench = new();
    private int _paths;

    public ImageStore Store => _bench.Store;

    public PeerSandbox Peers => _bench.Peers;

    /// <summary>Brings images into both, one after the other. Podman needs a name to take one by, which is taken away again.</summary>
    public void Import(params TestImage[] images)
    {
        Testing.Peers.Require(Peer.Podman, Peer.Skopeo);
        Store.Import(images);
        foreach (var image in images)
        {
            string[] names = image.Names.Count > 0 ? [.. image.Names] : ["docker.io/temporary/name:1"];
            var layout = NewPath();
            TestArchive.OciLayout(image.Named(names)).WriteFolder(layout);
            Peers.Skopeo("copy", $"oci:{layout}:{names[0]}", $"containers-storage:{names[0]}");
            if (names.Length > 1)
            {
                Peers.Podman(["tag", names[0], .. names.Skip(1)]);
            }

            if (image.Names.Count == 0)
            {
                Peers.Podman("untag", names[0]);
            }
        }
    }

    /// <summary>Our store with the configuration of registries that podman has.</summary>
    public ImageStore Configured => ImageStore.Open(
        Store.Path,
        new StoreOptions { ShortNames = ShortNames.Local(() => new ConfigurationPlaces(_ => RegistriesFile, Peers.Folder, Peers.Folder), null) });

    private string RegistriesFile => Path.Combine(Peers.Folder, "registries.conf");

    /// <summary>Gives both a configuration of registries.</summary>
    public void Configure(string registriesConf) => File.WriteAllText(RegistriesFile, registriesConf);

    /// <summary>Gives an image more names in both.</summary>
    public void Tag(string id, params string[] names)
    {
        Peers.Podman(["tag", id, .. names]);
        Store.Tag(id, names);
    }

    /// <summary>A path for a file or folder; in lower case, as podman makes a name of it.</summary>
    public string NewPath() => _bench.Combine($"path-{++_paths}");

    /// <summary>Brings an archive or folder into both.</summary>
    public void Load(string path)
    {
        Store.ImportFile(path);
        var loaded = TryLoad(path);
        Assert.True(loaded.ExitCode == 0, loaded.ToString());
    }

    /// <summary>What podman says of an archive or folder.</summary>
    public ToolResult TryLoad(string path)
    {
        var link = NewPath();
        File.CreateSymbolicLink(link, path);
        return Peers.Run(Peer.Podman, ["load", "--input", link], mustSucceed: false);
    }

    /// <summary>
    /// Builds an image in podman's store by a recipe, which may copy the files a, b and c; each step leaves its image. In
    /// Docker's format, of which a docker-archive loses nothing.
    /// </summary>
    public void Build(string name, params string[] recipe)
    {
        Testing.Peers.Require(Peer.Buildah);
        var context = Directory.CreateDirectory(NewPath()).FullName;
        foreach (var file in new[] { "a", "b", "c" })
        {
            File.WriteAllText(Path.Combine(context, file), new string(file[0], 1000));
        }

        File.WriteAllLines(Path.Combine(context, "Containerfile"), recipe);
        Peers.Buildah("build", "--quiet", "--layers", "--pull-never", "--format", "docker", "--timestamp", "1700000000", "--tag", name, context);
    }

    /// <summary>Brings all images of podman's store into ours, those without names too.</summary>
    public void CopyToOurs()
    {
        var archive = NewPath();
        string[] what = [.. PodmansNames().SelectMany(image => image.Value.Length > 0 ? image.Value.Split(' ') : [image.Key])];
        Peers.Podman(["save", "--quiet", "--multi-image-archive", "--output", archive, .. what]);
        Store.ImportFile(archive);
    }

    /// <summary>Each image of podman's store with its names, sorted.</summary>
    public SortedDictionary<string, string> PodmansNames() => Sorted(Inspected()
        .Select(image => (image.GetProperty("Id").GetString()!, image.GetProperty("RepoTags").EnumerateArray().Select(name => name.GetString()!))));

    /// <summary>Each image of our store with its names, sorted.</summary>
    public SortedDictionary<string, string> OurNames() => Sorted(Store.ReadSnapshot().Images
        .Select(image => (image.Id.Hex, ImageNamesOf(image.Id))));

    /// <summary>The IDs of podman's images that pass a filter, sorted; intermediate ones are among them.</summary>
    public IEnumerable<string> PodmansImages(params string[] filters) => Peers
        .Podman(["images", "--all", "--quiet", "--no-trunc", .. filters.SelectMany(filter => new[] { "--filter", filter })]).Lines
        .Select(line => line["sha256:".Length..])
        .Distinct()
        .Order(StringComparer.Ordinal);

    /// <summary>Each image of our store.</summary>
    public IReadOnlyList<ContainerImage> OurImages()
    {
        var snapshot = Store.ReadSnapshot();
        return [.. snapshot.Images.Select(image => new ContainerImage(Store, snapshot, new ImageMatch(snapshot.ManifestsOf(image.Id)[0].Root, image, null)))];
    }

    public void Dispose() => _bench.Dispose();

    /// <summary>What podman says of each of its images; intermediate ones are among them.</summary>
    public IReadOnlyList<JsonElement> Inspected()
    {
        var ids = PodmansImages().ToList();
        return ids.Count == 0 ? [] : [.. Peers.Podman(["image", "inspect", .. ids]).Json.EnumerateArray()];
    }

    private IEnumerable<string> ImageNamesOf(Digest id) => Store.ReadSnapshot().NamesOf(id);

    private static SortedDictionary<string, string> Sorted(IEnumerable<(string Id, IEnumerable<string> Names)> images) => new(
        images.ToDictionary(image => image.Id, image => string.Join(" ", image.Names.Order(StringComparer.Ordinal))), StringComparer.Ordinal);
}
