using System;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>
/// A registry, a proxy before it whose answers go wrong on demand, and a session with a store and a configuration of its own.
/// Names are asked for by way of the proxy. The test must be in <see cref="ProcessState"/>.
/// </summary>
internal sealed class RegistryFixture : IDisposable
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string IndexType = "application/vnd.oci.image.index.v1+json";

    private readonly TempFolder _folder = new();

    public RegistryFixture(LocalRegistryOptions? options = null)
    {
        Registry = LocalRegistry.Start(options);
        Proxy = FaultProxy.Start(Registry.Address);
        Session = new RegistrySession();
        Session.Set("CONTAINERIMAGES_STORE", _folder.Combine("store"));
        Session.Session.Set("registry", Proxy.Address);
        Session.Run("$PSDefaultParameterValues['*-ContainerImage:AllowInsecure'] = $true").ShouldSucceed();
    }

    public LocalRegistry Registry { get; }

    public FaultProxy Proxy { get; }

    public RegistrySession Session { get; }

    public string Store => _folder.Combine("store");

    /// <summary>Puts an image there, or an index of several.</summary>
    /// <returns>The digest of what the tag points to.</returns>
    public string Push(string repository, string tag, params ArchiveImage[] images)
    {
        var manifests = images.Select(image => Manifest(repository, image)).ToList();
        if (manifests.Count == 1)
        {
            return Registry.PutManifest(repository, tag, ManifestType, manifests[0]);
        }

        JsonObject index = new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = IndexType,
            ["manifests"] = new JsonArray([.. images.Zip(manifests, (image, bytes) =>
            {
                JsonObject descriptor = Describe(ManifestType, Registry.PutManifest(repository, null, ManifestType, bytes), bytes.Length);
                descriptor["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = image.Architecture };
                return descriptor;
            })]),
        };
        return Registry.PutManifest(repository, tag, IndexType, ArchiveFixture.Json(index));
    }

    public ScriptResult Run(string script) => Session.Run(script);

    public void Dispose()
    {
        Session.Dispose();
        Proxy.Dispose();
        Registry.Dispose();
        _folder.Dispose();
    }

    private byte[] Manifest(string repository, ArchiveImage image) => ArchiveFixture.Json(new JsonObject
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = ManifestType,
        ["config"] = Describe("application/vnd.oci.image.config.v1+json", Registry.PutBlob(repository, image.Config), image.Config.Length),
        ["layers"] = new JsonArray([.. image.Layers.Select(
            layer => Describe("application/vnd.oci.image.layer.v1.tar", Registry.PutBlob(repository, layer), layer.Length))]),
    });

    private static JsonObject Describe(string mediaType, string digest, int size) =>
        new() { ["mediaType"] = mediaType, ["digest"] = digest, ["size"] = size };
}
