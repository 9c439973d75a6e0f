using System.Management.Automation;
using ContainerImages.Content;
using ContainerImages.Transports;

namespace ContainerImages.Internal;

/// <summary>A cmdlet that copies images to places of any transport: the parameters by which it is told how they are to be there.</summary>
internal interface ITransferCommand
{
    string Format { get; }

    string? Platform { get; }

    SwitchParameter AllPlatforms { get; }

    SwitchParameter IncludeReferrers { get; }

    string Compression { get; }

    int CompressionLevel { get; }
}

/// <summary>Reads those parameters.</summary>
internal static class Transfers
{
    /// <summary>What is wanted of a copy to a place.</summary>
    /// <param name="command">The cmdlet.</param>
    /// <param name="to">The place.</param>
    /// <exception cref="ContainerImageException">ConflictingParameter; InvalidPlatform; UnsupportedConversion.</exception>
    public static TransferRequest Read(ITransferCommand command, ImageLocation to)
    {
        var platform = command.Platform is null ? null : Platform.Parse(command.Platform);
        var family = FamilyOf(command.Format);
        CheckConflicts(command, to, family);
        var written = to.Transport switch
        {
            ImageTransport.DockerArchive => "docker-archive",
            ImageTransport.Directory when family == ManifestFamily.Docker => "docker-dir",
            _ => "",
        };
        var packing = to.Transport == ImageTransport.Registry
            ? Packing.ParseForRegistry(command.Compression, command.CompressionLevel, family)
            : Packing.Parse(command.Compression, command.CompressionLevel, written);
        return new TransferRequest
        {
            Platform = platform is null ? null : PlatformPattern.Parse(platform.ToString()),
            AllPlatforms = command.AllPlatforms,
            Family = family,
            Encoding = packing.Encoding,
            RecodesAll = packing.RecodesAll,
            PacksPlain = !((PSCmdlet)command).MyInvocation.BoundParameters.ContainsKey(nameof(command.Compression)),
            IncludesReferrers = command.IncludeReferrers,
        };
    }

    private static ManifestFamily FamilyOf(string format) => format.ToLowerInvariant() switch
    {
        "oci" => ManifestFamily.Oci,
        "docker" => ManifestFamily.Docker,
        _ => ManifestFamily.AsTheyAre,
    };

    private static void CheckConflicts(ITransferCommand command, ImageLocation to, ManifestFamily family)
    {
        var holdsOne = to.Transport == ImageTransport.DockerArchive || (to.Transport == ImageTransport.Directory && family == ManifestFamily.Docker);
        var conflict = command.AllPlatforms && command.Platform is not null ? "-AllPlatforms and -Platform"
            : command.AllPlatforms && holdsOne ? $"-AllPlatforms and '{to}', which holds one platform,"
            : family == ManifestFamily.Docker && to.Transport is not (ImageTransport.Registry or ImageTransport.Directory or ImageTransport.DockerArchive)
                ? $"-Format docker and '{to}', which is of OCI's format,"
            : family == ManifestFamily.Oci && to.Transport == ImageTransport.DockerArchive ? $"-Format oci and '{to}', which is of Docker's format,"
            : command.IncludeReferrers && to.Transport is ImageTransport.DockerArchive or ImageTransport.Directory
                ? $"-IncludeReferrers and '{to}', which has no place for them,"
            : null;
        if (conflict is not null)
        {
            throw new ContainerImageException(ImageError.ConflictingParameter, $"{conflict} exclude each other.");
        }
    }
}
