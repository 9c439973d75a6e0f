using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ContainerImages.Tests.Completion;

/// <summary>
/// Writes stores that hold an index and no blobs: a completer looks no further, and the index can say what no cmdlet would
/// write.
/// </summary>
internal sealed class CompletionStore(string folder)
{
    private readonly List<object> _manifests = [];
    private readonly List<Dictionary<string, string>> _annotations = [];

    public string Folder { get; } = folder;

    private string IndexPath => Path.Combine(Folder, "index.json");

    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Adds an image with a summary; its ID is the hash of its key.</summary>
    public CompletionStore Add(string key, string? name, params string[] platforms) => Add(key, Hash(key), name, platforms);

    /// <summary>Adds an image with a summary; its ID begins with these digits.</summary>
    public CompletionStore AddWithId(string digits, string name) => Add(digits, digits.PadRight(64, '0'), name, []);

    public CompletionStore AddWithoutSummary(string key, string name) => AddEntry(Hash("root " + key), name, null);

    /// <summary>Gives the image of a key, at the entry that was added last, a lease of each name.</summary>
    public CompletionStore AddLeases(string key, params string[] names)
    {
        var leases = names.Select(name => new { name, id = Hash(key), created = "2026-01-01T00:00:00Z", until = "2026-01-02T00:00:00Z", comment = "a job" });
        _annotations[^1].Add("containerimages.leases", JsonSerializer.Serialize(leases));
        return this;
    }

    public CompletionStore Write()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(IndexPath, JsonSerializer.Serialize(new { schemaVersion = 2, manifests = _manifests }));
        return this;
    }

    /// <summary>The index as it is seen while another program rewrites it in place.</summary>
    public void Tear() => File.WriteAllText(IndexPath, File.ReadAllText(IndexPath)[..^40]);

    private CompletionStore Add(string key, string first, string? name, string[] platforms)
    {
        string root = Hash("root " + key);
        IEnumerable<string> images = (platforms.Length == 0 ? ["linux/amd64"] : platforms).Select((platform, i) =>
        {
            string id = i == 0 ? first : Hash(key + platform);
            string hash = Hash("history " + key);
            string created = DateTime.UtcNow.AddDays(-15).Ticks.ToString(CultureInfo.InvariantCulture);
            return $"i {Hash("manifest " + key + i)} o 500 1500 {id} {created} {platform} " +
                $"12345678:117198000 {hash} {hash[..32]} {hash[..32]} {hash[..32]}";
        });
        return AddEntry(root, name, $"2 {root};{string.Join(';', images)}");
    }

    private CompletionStore AddEntry(string root, string? name, string? summary)
    {
        var annotations = new Dictionary<string, string> { ["com.example.other"] = "x" };
        if (name is not null)
        {
            annotations.Add("org.opencontainers.image.ref.name", name);
        }

        if (summary is not null)
        {
            annotations.Add("containerimages.summary", summary);
        }

        _annotations.Add(annotations);
        _manifests.Add(new
        {
            mediaType = "application/vnd.oci.image.manifest.v1+json",
            digest = "sha256:" + root,
            size = 500,
            annotations,
            platform = new { architecture = "amd64", os = "linux" },
        });
        return this;
    }
}
