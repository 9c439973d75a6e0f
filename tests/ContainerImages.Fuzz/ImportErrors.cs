using ContainerImages.Content;

namespace ContainerImages.Fuzz;

/// <summary>The kinds of errors that an import may end with, whatever is imported.</summary>
internal static class ImportErrors
{
    public static ImageError[] All { get; } =
    [
        ImageError.UnknownArchiveFormat,
        ImageError.EmptyArchive,
        ImageError.InvalidArchive,
        ImageError.ContentMismatch,
        ImageError.ContentMissing,
        ImageError.ContentTooLarge,
        ImageError.UnsupportedContent,
        ImageError.DiskFull,
    ];
}
