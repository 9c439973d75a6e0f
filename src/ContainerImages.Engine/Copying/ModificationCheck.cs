using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Copying;

/// <summary>
/// Whether the manifests of a copy may be changed: not where something that goes along, or a name, depends on the digest of
/// one. It is found out before any work, since such a thing would be worth nothing afterwards.
/// </summary>
internal static class ModificationCheck
{
    // How buildkit says in an index which of its manifests an attestation is about.
    private const string AttestedDigest = "vnd.docker.reference.digest";

    /// <exception cref="ContainerImageException">UnsupportedConversion, with the reason.</exception>
    public static void Check(IReadOnlyList<CopyPlan> plans)
    {
        if (FindReason(plans) is { } reason)
        {
            throw new ContainerImageException(
                ImageError.UnsupportedConversion,
                plans.Any(plan => plan.Images.Any(image => image.IsRecoded))
                    ? $"Layers cannot be compressed anew where digests must stay, and {reason}. Keep the compression, or leave that out."
                    : $"Manifests cannot be converted where digests must stay, and {reason}. Keep the format, or leave that out.");
        }
    }

    /// <summary>Why what is planned to be changed must not be; null if it may, or if nothing is.</summary>
    public static string? FindReason(IReadOnlyList<CopyPlan> plans)
    {
        HashSet<Digest> changing = [];
        foreach (var plan in plans)
        {
            AddChanging(plan, changing);
        }

        return changing.Count == 0 ? null : plans.Select(plan => CannotModifyReason(plan, changing)).FirstOrDefault(why => why is not null);
    }

    private static void AddChanging(CopyPlan plan, HashSet<Digest> changing)
    {
        changing.UnionWith(plan.Images.Where(image => image.IsChanged).Select(image => image.Source.Manifest?.Digest).OfType<Digest>());
        foreach (var index in plan.Indexes.Reverse())
        {
            if (index.Manifests.Any(child => changing.Contains(child.Digest)))
            {
                changing.Add(index.Digest);
            }
        }
    }

    private static string? CannotModifyReason(CopyPlan plan, HashSet<Digest> changing)
    {
        var documents = plan.Images.Select(image => image.Source.Manifest).OfType<ManifestDocument>().Concat(plan.Indexes).ToList();
        if (documents.FirstOrDefault(document => document.Subject is { } subject && changing.Contains(subject.Digest)) is { } referrer)
        {
            return $"{referrer.Digest} refers to {referrer.Subject!.Digest} by its digest";
        }

        foreach (var child in plan.Indexes.SelectMany(index => index.Manifests))
        {
            if (child.Annotations.TryGetValue(AttestedDigest, out var text) && Digest.TryParse(text, out var attested) && changing.Contains(attested))
            {
                return $"the attestation {child.Digest} is about {attested} by its digest";
            }
        }

        return documents.Any(document => changing.Contains(document.Digest)) && plan.Names.FirstOrDefault(name => name.IndexOf('@') >= 0) is { } name
            ? $"the name {name} is made of one"
            : null;
    }
}
