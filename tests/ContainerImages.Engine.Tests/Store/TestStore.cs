using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Copying;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>A store of its own in a new folder, which vanishes with it.</summary>
internal sealed class TestStore : IDisposable
{
    private readonly TempFolder _folder = new();

    public TestStore() => Store = ImageStore.Open(Path);

    public ImageStore Store { get; }

    public string Path => _folder.Combine("store");

    /// <summary>Brings all images of an archive or folder in, each root with its own names, or with those given instead.</summary>
    /// <returns>The digests of the roots, in the archive's order.</returns>
    public IReadOnlyList<string> Import(string archive, params string[] names)
    {
        using var destination = new StoreDestination(Store, null, default);
        using var source = ImageSources.Open(archive, $"'{archive}'", destination.Ingest, new CopyOptions());
        var requests = source.Roots.Select(root => new CopyRequest(root, names.Length > 0 ? names : root.Names, [])).ToList();
        new ImageCopier(new CopyOptions()).Copy(source, requests, destination);
        destination.Commit(default);
        return [.. destination.Roots.Select(root => root.Root.Digest.ToString())];
    }

    /// <summary>Takes the summaries out of the index, as another tool does that rewrites it.</summary>
    public void ForgetSummaries()
    {
        var index = JsonNode.Parse(File.ReadAllBytes(Store.Paths.Index))!;
        foreach (var root in index["manifests"]!.AsArray())
        {
            root!["annotations"]!.AsObject().Remove(RootSummary.Annotation);
        }

        File.WriteAllText(Store.Paths.Index, index.ToJsonString());
    }

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
    }
}
