namespace ContainerImages.Content;

/// <summary>
/// What went wrong, by the name under which it is documented and shows as the error id of a cmdlet
/// (about_ContainerImages_Errors). Names are stable: scripts compare them.
/// </summary>
public enum ImageError
{
    /// <summary>No image has that name, ID or digest, or it is gone since it was listed.</summary>
    ImageNotFound,

    /// <summary>Several images or names fit what was given.</summary>
    AmbiguousReference,

    /// <summary>The text breaks the grammar of references.</summary>
    InvalidReference,

    /// <summary>The text is no image ID, or too short where only a long one is safe.</summary>
    InvalidImageId,

    /// <summary>An object was given that names no image.</summary>
    ImageNotIdentified,

    /// <summary>The image has no such platform.</summary>
    PlatformNotFound,

    /// <summary>The text is not <c>os/architecture[/variant]</c>.</summary>
    InvalidPlatform,

    /// <summary>The name is not one of the image's.</summary>
    TagNotFound,

    /// <summary>No tag was given where one is needed.</summary>
    TagMissing,

    /// <summary>The image has several names, and the request means all of it.</summary>
    MultipleTags,

    /// <summary>The image object has no store to load the property from.</summary>
    ImageDetached,

    /// <summary>Parameters that exclude each other.</summary>
    ConflictingParameter,

    /// <summary>No such file or folder.</summary>
    ArchiveNotFound,

    /// <summary>The content is none of the formats known.</summary>
    UnknownArchiveFormat,

    /// <summary>The archive holds no image.</summary>
    EmptyArchive,

    /// <summary>The archive or folder is truncated or malformed.</summary>
    InvalidArchive,

    /// <summary>A digest, size or diff ID differs from what was promised.</summary>
    ContentMismatch,

    /// <summary>A blob that an image needs is not there.</summary>
    ContentMissing,

    /// <summary>A named limit is passed.</summary>
    ContentTooLarge,

    /// <summary>A media type, schema or encoding that is not supported.</summary>
    UnsupportedContent,

    /// <summary>The format asked for cannot hold the image.</summary>
    UnsupportedConversion,

    /// <summary>The archive has no such image.</summary>
    ImageNotInArchive,

    /// <summary>Several images of the archive fit where one is needed.</summary>
    AmbiguousImage,

    /// <summary>The destination is there already.</summary>
    DestinationExists,

    /// <summary>The destination cannot be written.</summary>
    DestinationNotWritable,

    /// <summary>There is not enough space.</summary>
    DiskFull,

    /// <summary>The store's lock could not be had in time.</summary>
    StoreBusy,

    /// <summary>The folder is not a store.</summary>
    StoreNotFound,

    /// <summary>The store's index is broken.</summary>
    StoreInvalid,

    /// <summary>The store has a layout version that is not known.</summary>
    StoreVersion,

    /// <summary>The store may not be read or written.</summary>
    StoreAccessDenied,
}
