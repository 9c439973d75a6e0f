using System;
using System.Linq;

namespace ContainerImages.Content;

/// <summary>IDs of images as users write them: hex digits, with or without the algorithm, whole or the start of one.</summary>
internal static class ImageIds
{
    public const string Prefix = "sha256:";

    /// <summary>Digits that nobody writes by chance.</summary>
    public const int ShortestSafe = 12;

    /// <summary>The digits of an ID, without the algorithm.</summary>
    /// <exception cref="ContainerImageException">InvalidImageId: there is none, or another character among them.</exception>
    public static string DigitsOf(string text)
    {
        var digits = WithoutPrefix(text);
        return digits.Length > 0 && digits.All(Uri.IsHexDigit)
            ? digits
            : throw new ContainerImageException(
                ImageError.InvalidImageId, $"'{text}' is no image ID: an ID is made of hexadecimal digits.");
    }

    /// <summary>Whether a text is so much of an ID that it is nothing else by chance.</summary>
    public static bool IsSafe(string text) => WithoutPrefix(text) is { Length: >= ShortestSafe } digits && digits.All(Uri.IsHexDigit);

    /// <summary>A whole digest, of which SHA-256 need not be named.</summary>
    /// <exception cref="ContainerImageException">InvalidImageId.</exception>
    public static Digest ParseDigest(string text) =>
        Digest.TryParse(text, out var digest, out var reason) || Digest.TryParse(Prefix + text, out digest)
            ? digest
            : throw new ContainerImageException(ImageError.InvalidImageId, $"'{text}' is no digest: {reason}.");

    public static string WithoutPrefix(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal) ? text.Substring(Prefix.Length) : text;
}
