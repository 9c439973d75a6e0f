using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>
/// Archives as Docker writes them with containerd's image store, its default since version 29: an OCI layout with the index as
/// it was pulled, and beside it a <c>manifest.json</c> for one platform, its layers as they are; entries by name; of platforms
/// that were not pulled no manifest, or their manifest alone; what refers to an image in the index of the layout.
/// </summary>
internal static class ContainerdExport
{
    /// <param name="preferred">What <c>manifest.json</c> tells of each root: the image of the machine's platform.</param>
    /// <param name="roots">The images.</param>
    /// <param name="referrers">What refers to them.</param>
    public static TestArchive Of(IReadOnlyList<TestImage> preferred, IReadOnlyList<TestRoot> roots, params (TestRoot Referrer, TestRoot Subject)[] referrers)
    {
        var archive = TestArchive.OciLayout([.. roots, .. referrers.Select(pair => pair.Referrer)]);
        archive.EditJson("index.json", index =>
        {
            index["mediaType"] = "application/vnd.oci.image.index.v1+json";
            foreach (var descriptor in index["manifests"]!.AsArray())
            {
                if (descriptor!["annotations"]?["org.opencontainers.image.ref.name"] is { } name)
                {
                    descriptor["annotations"] = new JsonObject
                    {
                        ["containerd.io/distribution.source.docker.io"] = "team/app",
                        ["io.containerd.image.name"] = (string)name!,
                        ["org.opencontainers.image.ref.name"] = ((string)name!).Split(':')[^1],
                    };
                }
                else if (referrers.FirstOrDefault(pair => pair.Referrer.Digest.ToString() == (string?)descriptor["digest"]).Subject is { } subject)
                {
                    descriptor["annotations"] = new JsonObject { ["io.containerd.manifest.subject"] = subject.Digest.ToString() };
                }
            }
        });
        archive["manifest.json"] = Encoding.UTF8.GetBytes(new JsonArray([.. preferred.Zip(roots, (image, root) => new JsonObject
        {
            ["Config"] = TestArchive.BlobPath(image.Id),
            ["RepoTags"] = new JsonArray([.. root.Names.Select(name => (JsonNode)name.Replace("docker.io/", "", System.StringComparison.Ordinal))]),
            ["Layers"] = new JsonArray([.. image.Layers.Select(layer => (JsonNode)TestArchive.BlobPath(layer.Digest))]),
        })]).ToJsonString());
        return archive.SortByName();
    }

    /// <summary>Takes out what a platform's manifest names, as of one that was not pulled whole; and the manifest, as of one that was not pulled at all.</summary>
    public static TestArchive Without(this TestArchive archive, TestRoot platform, bool manifestToo)
    {
        foreach (var (digest, _) in platform.Blobs.Where(blob => manifestToo || blob.Digest != platform.Digest))
        {
            archive.Remove(TestArchive.BlobPath(digest));
        }

        return archive;
    }
}
