using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>The error for a wish about a new image's config that cannot be understood.</summary>
internal static class InvalidInstruction
{
    /// <summary>The error.</summary>
    /// <param name="why">What is wrong and what is accepted, without a full stop.</param>
    public static ContainerImageException Because(string why) => new(ImageError.InvalidInstruction, Sentence(why));

    /// <summary>The same error, said of a whole line.</summary>
    public static ContainerImageException In(string line, ContainerImageException inner) =>
        new(inner.Error, $"{QuotedText.Quote(line)}: {inner.Message}", inner);

    /// <summary>The same error, said of a parameter.</summary>
    public static ContainerImageException Of(string parameter, ContainerImageException inner) =>
        new(inner.Error, $"-{parameter}: {inner.Message}", inner);

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text.Substring(1) + ".";
}
