using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Transports;

/// <summary>
/// The list of what refers to a manifest, in a registry that keeps no such lists: an index under a tag made of the manifest's
/// digest, which who pushes has to complete (OCI distribution specification 1.1, "referrers tag schema").
/// </summary>
/// <param name="client">The repository.</param>
/// <param name="verbose">Told what was done; null for nobody.</param>
internal sealed class ReferrersTag(RegistryClient client, Action<string>? verbose)
{
    /// <summary>Puts a document that was pushed on the list of its subject, if it is not there yet.</summary>
    /// <exception cref="ContainerImageException">RegistryProtocol, if something else than a list has the tag; any Registry*.</exception>
    public async Task AddAsync(ManifestDocument referrer, CancellationToken cancellation)
    {
        var tag = RegistryClient.FallbackTag(referrer.Subject!.Digest);
        var known = await ReadAsync(tag, cancellation).ConfigureAwait(false);
        if (known?.Manifests.Any(other => other.Digest == referrer.Digest) == true)
        {
            return;
        }

        await client.PutManifestAsync(Append(known, referrer), tag, cancellation).ConfigureAwait(false);
        verbose?.Invoke($"'{client.Endpoint.Host}' keeps no lists of referrers; {referrer.Digest} is on the one under the tag '{tag}'.");
    }

    private async Task<ImageIndex?> ReadAsync(string tag, CancellationToken cancellation)
    {
        try
        {
            return await client.GetManifestAsync(tag, cancellation).ConfigureAwait(false) as ImageIndex ?? throw new RegistryException(
                ImageError.RegistryProtocol, $"The tag '{tag}' of '{client.Name}' is for a list of referrers, and leads to something else.");
        }
        catch (RegistryException e) when (e.Error == ImageError.RemoteImageNotFound)
        {
            return null;
        }
    }

    // What others have written on the list stays as it is.
    private static ManifestDocument Append(ImageIndex? known, ManifestDocument referrer)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StoreJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciIndex);
            json.WriteStartArray("manifests");
            foreach (var other in Entries(known))
            {
                other.WriteTo(json);
            }

            var kind = referrer.ArtifactType ?? (referrer as ImageManifest)?.Config.MediaType;
            new Descriptor(referrer.MediaType, referrer.Digest, referrer.Bytes.Length)
            {
                ArtifactType = kind,
                Annotations = referrer.Annotations,
            }.Write(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return ManifestDocument.Parse(buffer.ToArray(), MediaTypes.OciIndex, "the list made here");
    }

    private static List<JsonElement> Entries(ImageIndex? known)
    {
        if (known is null)
        {
            return [];
        }

        using var parsed = JsonDocument.Parse(known.Bytes.AsMemory(JsonFields.BomLength(known.Bytes)), new JsonDocumentOptions { MaxDepth = Limits.JsonDepth });
        return parsed.RootElement.GetProperty("manifests"u8).EnumerateArray().Select(entry => entry.Clone()).ToList();
    }
}
