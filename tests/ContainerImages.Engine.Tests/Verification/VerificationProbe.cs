using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Store;
using ContainerImages.Transports;
using ContainerImages.Verification;

namespace ContainerImages.Engine.Tests.Verification;

/// <summary>Damage that tests do to a store, and what its verification says of it.</summary>
internal static class VerificationProbe
{
    public static VerificationResult Verify(this ImageStore store, bool sizeOnly = false) =>
        new StoreVerifier(store, new CopyOptions()) { SizeOnly = sizeOnly }.VerifyStore();

    /// <summary>Verifies one image, or one platform of it.</summary>
    public static VerificationResult Verify(this ImageStore store, string image, string? platform = null, bool sizeOnly = false)
    {
        var snapshot = store.ReadSnapshot();
        var pattern = platform is null ? null : PlatformPattern.Parse(platform);
        var roots = store.Select(snapshot, ImageTarget.OfText(image)).Select(match => match.Root).Distinct();
        return new StoreVerifier(store, new CopyOptions()) { SizeOnly = sizeOnly }
            .VerifyImages(snapshot, [.. roots.Select(root => new VerificationScope(root, pattern))]);
    }

    /// <summary>Mends a store as the cmdlet does that is asked to do all it offers.</summary>
    /// <param name="store">The store.</param>
    /// <param name="force">Whether to drop what is beyond repair.</param>
    /// <param name="only">The only findings to mend.</param>
    /// <param name="from">Archives or folders.</param>
    /// <returns>What was done, as lines, and what became of each flaw.</returns>
    public static (IReadOnlyList<string> Done, IReadOnlyList<RepairedFlaw> Flaws) Repair(
        this ImageStore store, bool force = false, IReadOnlyList<VerificationFinding>? only = null, params string[] from)
    {
        var options = new CopyOptions();
        var done = new List<string>();
        using var repair = new StoreRepair(store, only) { Force = force };
        repair.Begin(options);
        foreach (var path in repair.WantedBlobs.Count > 0 ? from : [])
        {
            repair.AddSupply(ingest => new SourceSupply(ImageSources.Open(path, $"'{path}'", ingest, options)), options);
        }

        while (repair.OfferBlobs() is { Count: > 0 } offers)
        {
            done.AddRange(Approve(offers));
            repair.Fetch(offers, options);
        }

        var rest = repair.OfferRest();
        done.AddRange(Approve(rest));
        return (done, repair.Commit(rest, options));
    }

    /// <summary>What was found: kind, how bad, and the digest's first digits or the file's name.</summary>
    public static string[] Lines(this VerificationResult result) => [.. result.Flaws.Select(flaw =>
        $"{flaw.Severity} {flaw.Kind} {(flaw.Digest.IsEmpty ? Path.GetFileName(flaw.Path) : flaw.Digest.ShortId)}" +
        (flaw.IsRepairable ? "" : " for good"))];

    public static IReadOnlyList<VerificationFinding> Findings(this VerificationResult result) =>
        [.. result.Flaws.Select(flaw => result.ToFinding(flaw))];

    private static IEnumerable<string> Approve(IReadOnlyList<RepairAction> actions)
    {
        foreach (var action in actions)
        {
            action.IsApproved = true;
            yield return action.Kind switch
            {
                RepairKind.Fetch => $"Fetch {action.Blob!.Digest.ShortId} from {Path.GetFileName(action.SupplyName)}",
                RepairKind.Drop => $"Drop {action.Root!.Digest.ShortId}" + string.Concat(action.Manifests.Select(digest => " " + digest.ShortId)),
                _ => action.Kind.ToString(),
            };
        }
    }

    /// <summary>Changes a file whatever its mode, and keeps its date.</summary>
    public static void Edit(string path, Func<byte[], byte[]> edit)
    {
        var date = File.GetLastWriteTimeUtc(path);
        var bytes = edit(File.ReadAllBytes(path));
        File.Delete(path);
        File.WriteAllBytes(path, bytes);
        File.SetLastWriteTimeUtc(path, date);
    }

    public static void Damage(this ImageStore store, Digest blob) => Edit(store.Paths.Blob(blob), bytes => Flip(bytes, bytes.Length * 4));

    public static byte[] Flip(byte[] bytes, int bit)
    {
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return bytes;
    }

    public static void EditIndex(this ImageStore store, Action<JsonArray> edit)
    {
        var index = JsonNode.Parse(File.ReadAllBytes(store.Paths.Index))!;
        edit(index["manifests"]!.AsArray());
        File.WriteAllText(store.Paths.Index, index.ToJsonString());
    }

    /// <summary>Puts a file among the blobs that is as old as one that nobody is about to name.</summary>
    public static string AddOldBlob(this ImageStore store, string name, byte[] bytes)
    {
        var path = Path.Combine(store.Paths.BlobFolder(Digest.Sha256), name);
        File.WriteAllBytes(path, bytes);
        File.SetCreationTimeUtc(path, DateTime.UtcNow.AddHours(-2));
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-2));
        return path;
    }
}
