using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Store;
using ContainerImages.Testing;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What tests of others' work in the store's folder have in common.</summary>
public abstract class ForeignWriter : IDisposable
{
    protected const string Ours = PeerImages.AppName;
    protected const string Theirs = "docker.io/theirs/image:1";

    private protected Workbench Bench { get; } = new();

    private protected ImageStore Store => Bench.Store;

    public void Dispose()
    {
        Bench.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void ImportOurs() => Bench.Import(PeerImages.Shared.PodmanDockerArchive.Path, Ours);

    /// <summary>Skopeo copies the first image of a layout into the store.</summary>
    protected void CopyIn(PeerExport layout, string name, params string[] options) => Bench.Peers.Skopeo(
        ["copy", .. options, $"oci:{layout.Path}:{layout.Images[0].Names[0]}", $"oci:{Store.Path}:{name}"]);

    protected string? SummaryOf(string name) =>
        (string?)Descriptor(ReadIndex(), name)["annotations"]![RootSummary.Annotation];

    protected JsonObject ReadIndex() => JsonNode.Parse(File.ReadAllBytes(Store.Paths.Index))!.AsObject();

    protected static JsonObject Descriptor(JsonObject index, string name) => index["manifests"]!.AsArray()
        .Select(descriptor => descriptor!.AsObject())
        .Single(descriptor => (string?)descriptor["annotations"]?[IndexEntry.NameAnnotation] == name);
}
