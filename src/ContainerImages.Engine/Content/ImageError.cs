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

    /// <summary>A lease holds the image.</summary>
    ImageInUse,

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

    /// <summary>The name says no registry that the image could go to.</summary>
    DestinationMissing,

    /// <summary>A flaw of the store that repair could not mend.</summary>
    StoreDamaged,

    /// <summary>No lease of that name.</summary>
    LeaseNotFound,

    /// <summary>The text is no name for a lease.</summary>
    InvalidLeaseName,

    /// <summary>A line of <c>-Change</c>, a port, a label or a signal that cannot be understood.</summary>
    InvalidInstruction,

    /// <summary>The prefix of a source or destination is none that is known.</summary>
    UnknownTransport,

    /// <summary>The registry has no such manifest, tag or repository.</summary>
    RemoteImageNotFound,

    /// <summary>The registry wants a log-in, or refuses the one it was shown (401).</summary>
    RegistryUnauthorized,

    /// <summary>The registry knows the account and denies it this (403).</summary>
    RegistryDenied,

    /// <summary>No connection: the host is unknown, or refuses.</summary>
    RegistryUnreachable,

    /// <summary>The registry sent no byte in time.</summary>
    RegistryTimeout,

    /// <summary>The registry asks to come later (429), more often than is tried.</summary>
    RegistryThrottled,

    /// <summary>The registry's certificate is not trusted.</summary>
    RegistryCertificate,

    /// <summary>The registry's answer breaks its specification, or it failed (5xx).</summary>
    RegistryProtocol,

    /// <summary>registries.conf blocks the registry or repository.</summary>
    RegistryBlocked,

    /// <summary>A credential helper failed, or what it printed makes no sense.</summary>
    CredentialHelperFailed,

    /// <summary>There is no log-in for the registry.</summary>
    LoginNotFound,

    /// <summary>A configuration file is malformed: file, line and key are named.</summary>
    InvalidConfiguration,
}
