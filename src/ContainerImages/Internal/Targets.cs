using System.Linq;
using System.Management.Automation;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Internal;

/// <summary>Reads what was piped in, or typed, as the naming of an image.</summary>
internal static class Targets
{
    /// <summary>An ID. One that came by the pipeline must be long: a process has an Id too.</summary>
    /// <param name="text">The ID, or the start of it.</param>
    /// <param name="isTyped">Whether it was typed.</param>
    /// <param name="shownBy">What came beside it: only which of the image's names is to be shown.</param>
    /// <exception cref="ContainerImageException">InvalidImageId.</exception>
    public static ImageTarget OfId(string text, bool isTyped, string? shownBy = null)
    {
        var hex = ImageIds.DigitsOf(text);
        return isTyped || hex.Length >= ImageIds.ShortestSafe
            ? ImageTarget.OfId(text, shownBy)
            : throw new ContainerImageException(
                ImageError.InvalidImageId, $"'{text}' came by the pipeline and is too short for an image ID: {ImageIds.ShortestSafe} digits are needed.");
    }

    /// <summary>A name, a pattern or the start of an ID.</summary>
    /// <param name="text">What was given; null for nothing.</param>
    /// <param name="isTyped">Whether it was typed; a number that came by the pipeline is no start of an ID.</param>
    /// <exception cref="ContainerImageException">ImageNotIdentified.</exception>
    public static ImageTarget OfText(string? text, bool isTyped) =>
        text is null ? throw NotIdentified("Nothing")
        : TextOrImagesAttribute.IsUnidentified(text, out var said) ? throw NotIdentified($"'{said}'")
        : ImageTarget.OfText(text, shortIds: isTyped);

    /// <summary>An object that was piped in: an image, text, or anything with an <c>Id</c> or a <c>Reference</c>.</summary>
    /// <exception cref="ContainerImageException">ImageNotIdentified; InvalidImageId.</exception>
    public static ImageTarget OfObject(PSObject input)
    {
        switch (input.BaseObject)
        {
            case ContainerImage image:
                return ImageTarget.OfImage(image);
            case string text:
                return ImageTarget.OfText(text, shortIds: false);
        }

        if (TextOf(input, "Id", "ImageId") is { } id)
        {
            return OfId(id, isTyped: false);
        }

        return TextOf(input, "Reference", "Image", "ImageName", "RepoTag") is { } reference
            ? ImageTarget.OfText(reference, shortIds: false)
            : throw NotIdentified($"'{input}'");
    }

    public static ContainerImageException NotIdentified(string input) =>
        new(ImageError.ImageNotIdentified, $"{input} names no image: it has neither an 'Id' nor a 'Reference'.");

    /// <summary>The first of some properties that says anything, as the binder turns it into text; null if none does.</summary>
    public static string? TextOf(PSObject input, params string[] properties) => properties
        .Select(property => LanguagePrimitives.ConvertTo<string?>(input.Properties[property]?.Value))
        .FirstOrDefault(text => !string.IsNullOrEmpty(text));
}
