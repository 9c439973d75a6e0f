using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
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
    private const string Sha256Prefix = Digest.Sha256 + ":";
    private const int Sha256HexLength = 64;

    // Most images have this platform, and need no text of their own for it.
    private const string Usual = "linux/amd64";

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

    /// <summary>In which form an ASCII text begins as a summary of this root does: other tools copy annotations to other digests.</summary>
    [MethodImpl(Compiled.Well)]
    public static SummaryForm FormOf(ReadOnlySpan<byte> text, Digest root)
    {
        var digest = EncodeSpan(root);
        if (text.Length < digest.Length + 3 || text[1] != ' ')
        {
            return SummaryForm.None;
        }

        for (var i = 0; i < digest.Length; i++)
        {
            if (text[i + 2] != digest[i])
            {
                return SummaryForm.None;
            }
        }

        return ((char)text[0], (char)text[digest.Length + 2]) switch
        {
            ('1', ';') => SummaryForm.Old,
            ('2', ';') => SummaryForm.WithoutSubject,
            ('2', ' ') => SummaryForm.WithSubject,
            _ => SummaryForm.None,
        };
    }

    public static RootSummary? Decode(string? text, Digest root)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            var sections = new FieldReader(text.AsSpan(), ';');
            var head = new FieldReader(sections.Next(), ' ');
            var version = head.Next();
            var isOld = version.SequenceEqual(FirstVersion.AsSpan());
            if ((!isOld && !version.SequenceEqual(Version.AsSpan())) || !head.Next().SequenceEqual(EncodeSpan(root)) || (isOld && !head.IsAtEnd))
            {
                return null;
            }

            Digest? subject = head.IsAtEnd ? null : DecodeDigest(head.Next());
            if (!head.IsAtEnd)
            {
                return null;
            }

            var manifests = new List<ManifestSummary>(1);
            while (!sections.IsAtEnd)
            {
                manifests.Add(DecodeManifest(sections.Next(), root));
            }

            return new RootSummary(root, subject, manifests);
        }
        catch (Exception e) when (e is FormatException or OverflowException or ArgumentException or UriFormatException)
        {
            return null;
        }
    }

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

    // What follows the fields known here is left alone.
    private static ManifestSummary DecodeManifest(ReadOnlySpan<char> section, Digest root)
    {
        var fields = new FieldReader(section, ' ');
        var kind = fields.Next();
        var name = fields.Next();
        var digest = name is [Own] ? root : DecodeDigest(name);
        switch (kind.Length == 1 ? kind[0] : default)
        {
            case ManifestSummary.Image:
                return new ManifestSummary(ManifestSummary.Image, new Descriptor(MediaType(fields.Next()), digest, DecodeNumber(fields.Next())))
                {
                    ConfigSize = DecodeNumber(fields.Next()),
                    Id = DecodeDigest(fields.Next()),
                    Created = fields.Next() is var created && IsNothing(created) ? null : new DateTimeOffset(DecodeNumber(created), TimeSpan.Zero),
                    Platform = Unescape(fields.Next()),
                    Layers = DecodeLayers(fields.Next()),
                    TopChain = OrEmpty(fields.Next()),
                    ParentChain = OrEmpty(fields.Next()),
                    History = OrEmpty(fields.Next()),
                    ParentHistory = OrEmpty(fields.Next()),
                };
            case ManifestSummary.Artifact:
                return new ManifestSummary(ManifestSummary.Artifact, new Descriptor(MediaType(fields.Next()), digest, DecodeNumber(fields.Next()))) { Id = digest };
            case ManifestSummary.Absent:
                return new ManifestSummary(ManifestSummary.Absent, new Descriptor("", digest, 0)) { Platform = Unescape(fields.Next()) };
            default:
                throw new FormatException();
        }
    }

    private static LayerSummary[] DecodeLayers(ReadOnlySpan<char> text)
    {
        if (IsNothing(text))
        {
            return [];
        }

        var list = new FieldReader(text, ',');
        var layers = new LayerSummary[list.Count()];
        for (var i = 0; i < layers.Length; i++)
        {
            var layer = list.Next();
            if (layer.IndexOf(':') != LayerSummary.MarkLength)
            {
                throw new FormatException();
            }

            var size = layer.Slice(LayerSummary.MarkLength + 1);
            layers[i] = new LayerSummary(
                layer.Slice(0, LayerSummary.MarkLength).ToString(), size.SequenceEqual(Unknown.AsSpan()) ? null : DecodeNumber(size));
        }

        return layers;
    }

    private static string Encode(Digest digest) => digest.Algorithm == Digest.Sha256 ? digest.Hex : digest.ToString();

    private static ReadOnlySpan<char> EncodeSpan(Digest digest) =>
        digest.Algorithm == Digest.Sha256 ? digest.ToString().AsSpan(Sha256Prefix.Length) : digest.ToString().AsSpan();

    private static Digest DecodeDigest(ReadOnlySpan<char> text)
    {
        if (text.IndexOf(':') >= 0)
        {
            return Digest.TryParse(text.ToString(), out var other) ? other : throw new FormatException();
        }

        Span<char> whole = stackalloc char[Sha256Prefix.Length + Sha256HexLength];
        if (text.Length != Sha256HexLength)
        {
            throw new FormatException();
        }

        Sha256Prefix.AsSpan().CopyTo(whole);
        text.CopyTo(whole.Slice(Sha256Prefix.Length));
        return Digest.TryParse(whole.ToString(), out var digest) ? digest : throw new FormatException();
    }

    private static string Code(string mediaType) => MediaTypes.IsDocker(mediaType) ? "d" : "o";

    private static string MediaType(ReadOnlySpan<char> code) => code.Length == 1 && code[0] == 'd' ? MediaTypes.DockerManifest : MediaTypes.OciManifest;

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long DecodeNumber(ReadOnlySpan<char> text)
    {
        long number = text.Length == 0 ? throw new FormatException() : 0;
        foreach (var digit in text)
        {
            number = digit is >= '0' and <= '9' ? checked((number * 10) + (digit - '0')) : throw new FormatException();
        }

        return number;
    }

    // A config may say anything of its platform; the slash is the only mark to be left as it is.
    private static string Escape(string platform) =>
        platform.Length == 0 ? Nothing : string.Join("/", platform.Split('/').Select(Uri.EscapeDataString));

    private static string Unescape(ReadOnlySpan<char> text) => IsNothing(text) ? ""
        : text.SequenceEqual(Usual.AsSpan()) ? Usual
        : text.IndexOf('%') < 0 ? text.ToString()
        : Uri.UnescapeDataString(text.ToString());

    private static bool IsNothing(ReadOnlySpan<char> text) => text.SequenceEqual(Nothing.AsSpan());

    private static string OrNothing(string text) => text.Length == 0 ? Nothing : text;

    private static string OrEmpty(ReadOnlySpan<char> text) => IsNothing(text) ? "" : text.ToString();
}

/// <summary>What is told of a summary by its beginning.</summary>
internal enum SummaryForm
{
    /// <summary>It is none of this root.</summary>
    None,

    /// <summary>It is of the first version, which does not say all subjects.</summary>
    Old,

    /// <summary>It says that the root has no subject.</summary>
    WithoutSubject,

    /// <summary>It says the root's subject.</summary>
    WithSubject,
}
