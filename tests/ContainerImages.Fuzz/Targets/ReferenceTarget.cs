using System;
using System.Collections.Generic;
using System.Text;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Fuzz.Targets;

/// <summary>Names of images in each of the ways in which they are read, and digests.</summary>
internal sealed class ReferenceTarget : FuzzTarget
{
    public override string Name => "reference";

    public override string Purpose => "names of images, and digests";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        "docker.io/", "index.docker.io/", "localhost/", "localhost:5000/", "[::1]:5000/", "library/", ":latest", ":", "@", "@sha256:", "sha512:",
        new string('f', 64), new string('0', 128), "__", "--", "..", "//", "A", "é", "\0", "\u202e", "://");

    public override void Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        Read(text, ImageReference.Parse, ImageReference.TryParse);
        if (Read(text, ImageReference.ParseNormalized, ImageReference.TryParseNormalized) is { } full && HasFamiliarForm(full))
        {
            Documented.Require(ImageReference.ParseNormalized(full.ToFamiliarString()) == full, "The familiar form means another name.");
        }

        Read(text, ImageReference.ParseForTag, ImageReference.TryParseForTag);
        Read(text, ImageReference.NormalizeName, null);
        Documented.Try(() => Digest.Parse(text), ImageError.InvalidReference);
    }

    // As in distribution, a path on docker.io that looks like a host with a path, or like an ID, has none.
    private static bool HasFamiliarForm(ImageReference full) =>
        full.Domain != "docker.io" || (!full.Path.Contains('.', StringComparison.Ordinal) && !ReferenceGrammar.IsIdentifier(full.FamiliarName));

    private delegate bool TryParse(string text, out ImageReference? reference);

    private static ImageReference? Read(string text, Func<string, ImageReference> parse, TryParse? tryParse)
    {
        ImageReference? reference = null;
        var isOne = Documented.Try(() => reference = parse(text), ImageError.InvalidReference);
        ImageReference? tried = null;
        Documented.Require(tryParse is null || (tryParse(text, out tried) == isOne && tried == reference), "Parse and TryParse differ.");
        if (isOne)
        {
            Documented.Require(parse(reference!.ToString()) == reference, $"'{reference}' is read as another reference than it was written for.");
        }

        return reference;
    }
}
