using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>The error for a wish about a new image's config that cannot be understood.</summary>
internal static class InvalidInstruction
{
    /// <summary>The error.</summary>
    /// <param name="why">What is wrong and what is accepted, without a full stop.</param>
    public static ContainerImageException Because(string why) => new(ImageError.InvalidInstruction, Sentence(why));

    /// <summary>The same error, said of a whole line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="inner">The error.</param>
    /// <param name="example">A line that is right; null where no instruction is meant that could be shown.</param>
    public static ContainerImageException In(string line, ContainerImageException inner, string? example) =>
        new(inner.Error, $"{QuotedText.Quote(line)}: {inner.Message}", inner) { Candidates = example is null ? [] : [example] };

    /// <summary>The same error, said of a parameter.</summary>
    /// <param name="parameter">Its name.</param>
    /// <param name="inner">The error.</param>
    /// <param name="example">A value that is right, as it is typed.</param>
    public static ContainerImageException Of(string parameter, ContainerImageException inner, string example) =>
        new(inner.Error, $"-{parameter}: {inner.Message}", inner) { Candidates = [$"-{parameter} {example}"] };

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text.Substring(1) + ".";
}
