using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>What layers and history add up to, as digests: two images are equal up to a point when these are.</summary>
internal static class ChainIds
{
    /// <summary>The chain ID after each layer (OCI image specification, config.md, "Layer ChainID").</summary>
    public static IReadOnlyList<Digest> OfLayers(IReadOnlyList<Digest> diffIds)
    {
        var chain = new List<Digest>(diffIds.Count);
        foreach (var diffId in diffIds)
        {
            chain.Add(chain.Count == 0
                ? diffId
                : Digest.Compute(Encoding.ASCII.GetBytes($"{chain[chain.Count - 1]} {diffId}")));
        }

        return chain;
    }

    /// <summary>
    /// A digest of all steps, and one of all but the last: an image is another's parent when its whole history is the
    /// other's without the last step, field by field.
    /// </summary>
    public static (string All, string AllButLast) OfHistory(IReadOnlyList<HistoryStep> history)
    {
        var prefixes = OfHistoryPrefixes(history);
        var count = prefixes.Count;
        return (count > 0 ? prefixes[count - 1] : "", count > 1 ? prefixes[count - 2] : "");
    }

    /// <summary>The digest of all steps up to each one.</summary>
    public static IReadOnlyList<string> OfHistoryPrefixes(IReadOnlyList<HistoryStep> history)
    {
        var prefixes = new List<string>(history.Count);
        var all = "";
        using var sha = SHA256.Create();
        foreach (var step in history)
        {
            var text = string.Join(
                "\0",
                all,
                step.Created is { } created ? Rfc3339.Format(created) : "",
                step.CreatedBy,
                step.Author,
                step.Comment,
                step.EmptyLayer ? "1" : "0");
            all = Digest.FromHash("sha256", sha.ComputeHash(Encoding.UTF8.GetBytes(text))).Hex;
            prefixes.Add(all);
        }

        return prefixes;
    }
}
