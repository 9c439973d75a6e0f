using System.Management.Automation;
using ContainerImages.Content;

namespace ContainerImages.Errors;

/// <summary>The one place where errors of the engine become error records: a stable id, a category, what to do.</summary>
internal static class ErrorRecords
{
    /// <summary>Makes the record.</summary>
    /// <param name="error">The error.</param>
    /// <param name="target">The user's own input.</param>
    public static ErrorRecord Create(ContainerImageException error, object? target) =>
        new(error, error.Error.ToString(), Category(error.Error), target)
        {
            ErrorDetails = new ErrorDetails(error.Message) { RecommendedAction = Recommendations.For(error) },
        };

    /// <summary>Whether nothing else of the call can succeed either.</summary>
    public static bool IsTerminating(ContainerImageException error) => error.Error is
        ImageError.StoreBusy or ImageError.StoreNotFound or ImageError.StoreInvalid or ImageError.StoreVersion or
        ImageError.StoreAccessDenied or ImageError.ConflictingParameter or ImageError.TagMissing or ImageError.InvalidPlatform or
        ImageError.InvalidInstruction;

    private static ErrorCategory Category(ImageError error) => error switch
    {
        ImageError.ImageNotFound or ImageError.PlatformNotFound or ImageError.TagNotFound or ImageError.ArchiveNotFound or
            ImageError.ContentMissing or ImageError.ImageNotInArchive or ImageError.StoreNotFound or ImageError.LeaseNotFound or
            ImageError.RemoteImageNotFound or ImageError.LoginNotFound => ErrorCategory.ObjectNotFound,
        ImageError.MultipleTags or ImageError.ImageInUse => ErrorCategory.ResourceBusy,
        ImageError.ImageDetached or ImageError.UnsupportedConversion => ErrorCategory.InvalidOperation,
        ImageError.UnknownArchiveFormat or ImageError.EmptyArchive or ImageError.InvalidArchive or ImageError.ContentMismatch or
            ImageError.StoreInvalid or ImageError.StoreDamaged or ImageError.InvalidConfiguration => ErrorCategory.InvalidData,
        ImageError.ContentTooLarge or ImageError.RegistryThrottled => ErrorCategory.LimitsExceeded,
        ImageError.UnsupportedContent or ImageError.StoreVersion => ErrorCategory.NotImplemented,
        ImageError.DestinationExists => ErrorCategory.ResourceExists,
        ImageError.DestinationNotWritable or ImageError.StoreAccessDenied or ImageError.RegistryDenied => ErrorCategory.PermissionDenied,
        ImageError.DiskFull => ErrorCategory.ResourceUnavailable,
        ImageError.StoreBusy or ImageError.RegistryTimeout => ErrorCategory.OperationTimeout,
        ImageError.RegistryUnauthorized or ImageError.CredentialHelperFailed => ErrorCategory.AuthenticationError,
        ImageError.RegistryUnreachable => ErrorCategory.ConnectionError,
        ImageError.RegistryCertificate or ImageError.RegistryBlocked => ErrorCategory.SecurityError,
        ImageError.RegistryProtocol => ErrorCategory.ProtocolError,
        _ => ErrorCategory.InvalidArgument,
    };
}
