using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Linq;
using System.Text;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>
/// What a list, a size or a search for parents needs of a root, kept in an annotation of its descriptor so that one file
/// answers. It is a cache of the blobs and no more: made for another digest, in an unknown form or absent, it counts as
/// absent; and nothing is verified, removed or copied on its word.
/// </summary>
/// <remarks>
/// The text is made of sections divided by <c>;</c>, their fields by spaces: <c>2 digest</c>, and the subject where there is
/// one; then for each manifest
/// <c>i digest type size configSize id created os/arch layers topChain parentChain history parentHistory</c> (an image),
/// <c>a digest type size</c> (an artifact) or <c>x digest platform</c> (named, but not here). A digest is the hex of
/// a SHA-256, or has its algorithm before it; <c>=</c> is the root's own. A date is the number of .NET's
/// ticks, UTC. A layer is <c>8 hex digits:plain size</c>. Release 0.1.0 wrote <c>1 digest</c>, and told no subjects but those of
/// artifacts, each with its manifest.
/// </remarks>
/// <param name="root">The root.</param>
/// <param name="subject">What the root says something about (OCI's <c>subject</c>), be it an artifact, an image or an index.</param>
/// <param name="manifests">Its manifests, indexes flattened.</param>
internal sealed class RootSummary(Digest root, Digest? subject, IReadOnlyList<ManifestSummary> manifests)
{
    public const string Annotation = "containerimages.summary";

    private const string Version = "2";
    private const string FirstVersion = "1";
    private const string Nothing = "-";
    private const string Unknown = "?";
    private const char Own = '=';

    public Digest Root { get; } = root;

    public Digest? Subject { get; } = subject;

    public IReadOnlyList<ManifestSummary> Manifests { get; } = manifests;

    /// <summary>The manifests that are here.</summary>
    public IEnumerable<Digest> Present =>
        Manifests.Where(manifest => manifest.Kind != ManifestSummary.Absent).Select(manifest => manifest.Manifest.Digest);

    /// <summary>Whether nothing in it is left to be found out.</summary>
    public bool IsComplete => Manifests.All(manifest => manifest.Layers.All(layer => layer.Size is not null));

    public string Encode()
    {
        var text = new StringBuilder(512).Append(Version + " ").Append(Encode(Root));
        if (Subject is { } subject)
        {
            text.Append(' ').Append(Encode(subject));
        }

        foreach (var manifest in Manifests)
        {
            text.Append(';').Append(manifest.Kind).Append(' ')
                .Append(manifest.Manifest.Digest == Root ? Own.ToString() : Encode(manifest.Manifest.Digest));
            switch (manifest.Kind)
            {
                case ManifestSummary.Image:
                    AppendImage(text, manifest);
                    break;
                case ManifestSummary.Artifact:
                    text.Append(' ').Append(Code(manifest.Manifest.MediaType)).Append(' ').Append(Number(manifest.Manifest.Size));
                    break;
                default:
                    text.Append(' ').Append(Escape(manifest.Platform));
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>Whether a text begins as a summary of this root does: other tools copy annotations to other digests.</summary>
    public static bool IsFor([NotNullWhen(true)] string? text, Digest root) =>
        HasNoSubject(text, root) || (text is not null && HasHead(text, Version, root, ' ')) || IsOld(text, root);

    /// <summary>The same for one that says that the root has no subject.</summary>
    public static bool HasNoSubject([NotNullWhen(true)] string? text, Digest root) => text is not null && HasHead(text, Version, root, ';');

    /// <summary>The same for one of the first version, which does not say all subjects.</summary>
    public static bool IsOld([NotNullWhen(true)] string? text, Digest root) => text is not null && HasHead(text, FirstVersion, root, ';');

    public static RootSummary? Decode(string? text, Digest root)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            var sections = text.Split(';');
            var head = sections[0].Split(' ');
            var isOld = head.Length == 2 && head[0] == FirstVersion;
            if ((!isOld && (head.Length is not (2 or 3) || head[0] != Version)) || DecodeDigest(head[1]) != root)
            {
                return null;
            }

            var manifests = new List<ManifestSummary>(sections.Length - 1);
            for (var i = 1; i < sections.Length; i++)
            {
                manifests.Add(DecodeManifest(sections[i].Split(' '), root));
            }

            return new RootSummary(root, head.Length == 3 ? DecodeDigest(head[2]) : null, manifests);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or IndexOutOfRangeException or UriFormatException)
        {
            return null;
        }
    }

    private static bool HasHead(string text, string version, Digest root, char end) =>
        text.StartsWith($"{version} {Encode(root)}{end}", StringComparison.Ordinal);

    private static void AppendImage(StringBuilder text, ManifestSummary image)
    {
        text.Append(' ').Append(Code(image.Manifest.MediaType)).Append(' ').Append(Number(image.Manifest.Size))
            .Append(' ').Append(Number(image.ConfigSize))
            .Append(' ').Append(Encode(image.Id))
            .Append(' ').Append(image.Created is { } created ? Number(created.UtcTicks) : Nothing)
            .Append(' ').Append(Escape(image.Platform))
            .Append(' ').Append(image.Layers.Count == 0
                ? Nothing
                : string.Join(",", image.Layers.Select(l => l.Mark + ":" + (l.Size is { } size ? Number(size) : Unknown))))
            .Append(' ').Append(OrNothing(image.TopChain))
            .Append(' ').Append(OrNothing(image.ParentChain))
            .Append(' ').Append(OrNothing(image.History))
            .Append(' ').Append(OrNothing(image.ParentHistory));
    }

    private static ManifestSummary DecodeManifest(string[] fields, Digest root)
    {
        var digest = fields[1] == Own.ToString() ? root : DecodeDigest(fields[1]);
        switch (fields[0])
        {
            case "i":
                return new ManifestSummary(ManifestSummary.Image, new Descriptor(MediaType(fields[2]), digest, DecodeNumber(fields[3])))
                {
                    ConfigSize = DecodeNumber(fields[4]),
                    Id = DecodeDigest(fields[5]),
                    Created = fields[6] == Nothing ? null : new DateTimeOffset(DecodeNumber(fields[6]), TimeSpan.Zero),
                    Platform = Unescape(fields[7]),
                    Layers = fields[8] == Nothing ? [] : Array.ConvertAll(fields[8].Split(','), DecodeLayer),
                    TopChain = OrEmpty(fields[9]),
                    ParentChain = OrEmpty(fields[10]),
                    History = OrEmpty(fields[11]),
                    ParentHistory = OrEmpty(fields[12]),
                };
            case "a":
                return new ManifestSummary(ManifestSummary.Artifact, new Descriptor(MediaType(fields[2]), digest, DecodeNumber(fields[3]))) { Id = digest };
            case "x":
                return new ManifestSummary(ManifestSummary.Absent, new Descriptor("", digest, 0)) { Platform = Unescape(fields[2]) };
            default:
                throw new FormatException();
        }
    }

    private static LayerSummary DecodeLayer(string text)
    {
        var colon = text.IndexOf(':');
        if (colon != LayerSummary.MarkLength)
        {
            throw new FormatException();
        }

        var size = text.Substring(colon + 1);
        return new LayerSummary(text.Substring(0, colon), size == Unknown ? null : DecodeNumber(size));
    }

    private static string Encode(Digest digest) => digest.Algorithm == Digest.Sha256 ? digest.Hex : digest.ToString();

    private static Digest DecodeDigest(string text) =>
        Digest.TryParse(text.IndexOf(':') < 0 ? "sha256:" + text : text, out var digest) ? digest : throw new FormatException();

    private static string Code(string mediaType) => MediaTypes.IsDocker(mediaType) ? "d" : "o";

    private static string MediaType(string code) => code == "d" ? MediaTypes.DockerManifest : MediaTypes.OciManifest;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long DecodeNumber(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    // A config may say anything of its platform; the slash is the only mark to be left as it is.
    private static string Escape(string platform) =>
        platform.Length == 0 ? Nothing : string.Join("/", platform.Split('/').Select(Uri.EscapeDataString));

    private static string Unescape(string text) => text == Nothing ? "" : Uri.UnescapeDataString(text);

    private static string OrNothing(string text) => text.Length == 0 ? Nothing : text;

    private static string OrEmpty(string text) => text == Nothing ? "" : text;
}
