using ContainerImages.Content;

namespace ContainerImages.Errors;

/// <summary>What a user can do about an error; shown under its message by PowerShell 7.6 and later.</summary>
internal static class Recommendations
{
    public static string For(ContainerImageException error) => error.Error switch
    {
        ImageError.ImageNotFound => error.Candidates.Count > 0
            ? $"Did you mean {error.Candidates[0]}? Get-ContainerImage lists what is in the store."
            : "Get-ContainerImage lists what is in the store; '<name>:*' finds all tags of a name.",
        ImageError.AmbiguousReference => "Give one of the names listed in full, or more digits of the ID.",
        ImageError.InvalidReference => "A reference is [registry[:port]/]repository[:tag][@digest], the repository in lower case. " +
            "Archives and folders come in by Import-ContainerImage, images of registries by Request-ContainerImage.",
        ImageError.InvalidImageId => "An ID is made of hexadecimal digits; where it comes by the pipeline, of at least 12.",
        ImageError.ImageNotIdentified => "Pipe images, text, or objects with a property 'Id' or 'Reference'.",
        ImageError.PlatformNotFound => "Choose one of the platforms listed.",
        ImageError.InvalidPlatform => "A platform is os/architecture[/variant], such as linux/arm64.",
        ImageError.TagNotFound => "Get-ContainerImage shows the names of an image.",
        ImageError.TagMissing => "Give the names by -Tag.",
        ImageError.MultipleTags => "Use -Force to remove the image with all its names, or name the one to take away.",
        ImageError.ImageInUse => "End its use by Remove-ImageLease, or use -Force to remove it all the same.",
        ImageError.ImageDetached => "Give the property when the object is made, or read the image by Get-ContainerImage.",
        ImageError.ConflictingParameter => "Leave one of the parameters out.",
        ImageError.ArchiveNotFound => "Check the path or address; wildcards are taken by -Path, and not by -LiteralPath.",
        ImageError.UnknownArchiveFormat =>
            "Images are imported from docker-archives, OCI archives, OCI layouts and dir folders, and by -RootFileSystem from a root file system's tar.",
        ImageError.EmptyArchive => "Write the archive again with an image in it.",
        ImageError.InvalidArchive => "Fetch or write the archive again.",
        ImageError.ContentMismatch => "Fetch or write the archive again; what is damaged in a store is mended by Repair-ImageStore.",
        ImageError.ContentMissing => "Import the image from a complete archive, or pull it; what a store lacks is fetched by Repair-ImageStore.",
        ImageError.ContentTooLarge => "The limits are listed in about_ContainerImages_Store.",
        ImageError.UnsupportedContent => "The formats that are supported are listed in about_ContainerImages_Formats.",
        ImageError.UnsupportedConversion => "Use -Format oci-archive or oci-dir, for a registry preserve, which hold anything, and -Compression preserve where digests must stay.",
        ImageError.ImageNotInArchive or ImageError.AmbiguousImage => "Choose one of the images listed by -Image; '@0' is the first.",
        ImageError.DestinationExists => "Use another -Destination, or -Force if it is an old file, or a folder of the same format.",
        ImageError.DestinationNotWritable => "Check that the folder exists and may be written.",
        ImageError.DiskFull => "Free space, or use another file system: by -StorePath for a store, by -Destination for what is saved.",
        ImageError.StoreBusy => "Wait for the other operation, or raise $env:CONTAINERIMAGES_TIMEOUT (seconds).",
        ImageError.StoreNotFound => "Give the folder of a store by -StorePath, or an empty or new one.",
        ImageError.StoreInvalid => "Nothing was changed. Repair-ImageStore -WhatIf says what can be brought back; it keeps the broken file.",
        ImageError.StoreVersion => "Update the module.",
        ImageError.StoreDamaged => "Give an archive or a registry that has the content by -From, or drop what is beyond repair by -Force.",
        ImageError.DestinationMissing => "Give the registry and repository by -Destination.",
        ImageError.LeaseNotFound => "Get-ImageLease lists the leases.",
        ImageError.InvalidLeaseName => "A name has up to 64 letters, digits, '.', '_' and '-', and begins with a letter or digit.",
        ImageError.InvalidInstruction => error.Candidates.Count > 0
            ? $"Write it as in: {error.Candidates[0]}"
            : "What runs in a container or copies files, such as RUN and COPY, is done in the root file system before it is imported.",
        ImageError.UnknownTransport => "Known are docker://, docker-archive:, oci-archive:, oci:, dir: and store:.",
        ImageError.RemoteImageNotFound => "Check the name; Find-ContainerImage lists the tags of a repository, and by -Registry the repositories of a registry.",
        ImageError.RegistryUnauthorized => "Check the account and its password; Connect-ContainerRegistry keeps a log-in, and -Credential gives one for a call, -DestinationCredential for where a copy goes.",
        ImageError.RegistryDenied => "Log in by Connect-ContainerRegistry with an account that may do this.",
        ImageError.RegistryUnreachable => "Check the name, the port and the network; -AllowInsecure speaks plain HTTP.",
        ImageError.RegistryTimeout => "Try again, or wait longer by -TimeoutSec.",
        ImageError.RegistryThrottled => "Wait, and try again; with a log-in a registry may allow more.",
        ImageError.RegistryCertificate => "Put the authority's certificate into certs.d, or give -AllowInsecure if you trust the network.",
        ImageError.RegistryProtocol => "Try again; if it stays so, the registry is at fault, or something between you and it.",
        ImageError.RegistryBlocked => "The entry in registries.conf decides; use a registry that is allowed.",
        ImageError.CredentialHelperFailed => "Run the helper by hand, or log in by Connect-ContainerRegistry with -AuthFile.",
        ImageError.LoginNotFound => "Connect-ContainerRegistry logs in.",
        ImageError.InvalidConfiguration => "Mend the file at the line named.",
        _ => "Check the path and the account's rights.",
    };
}
