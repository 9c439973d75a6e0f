using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Content;
using Microsoft.PowerShell.Commands;

namespace ContainerImages.Internal;

/// <summary>Paths as users of PowerShell write them: relative to the session's location, on its drives, with wildcards.</summary>
internal static class FilePaths
{
    /// <summary>A path that is meant as it is, and need not be there.</summary>
    /// <exception cref="ContainerImageException">ArchiveNotFound: the path is no file system's, or its drive is not there.</exception>
    public static string Unresolved(PSCmdlet cmdlet, string path)
    {
        try
        {
            var full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            CheckProvider(provider, path);
            return full;
        }
        catch (SessionStateException e)
        {
            throw NotFound(path, e.Message);
        }
    }

    /// <summary>All paths that a path with wildcards means; a path without is there, or it is an error.</summary>
    /// <exception cref="ContainerImageException">ArchiveNotFound.</exception>
    public static IReadOnlyList<string> Resolved(PSCmdlet cmdlet, string path)
    {
        try
        {
            var paths = cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out var provider).ToList();
            CheckProvider(provider, path);
            return paths;
        }
        catch (SessionStateException e)
        {
            throw NotFound(path, e.Message);
        }
    }

    private static void CheckProvider(ProviderInfo provider, string path)
    {
        if (provider.ImplementingType != typeof(FileSystemProvider))
        {
            throw NotFound(path, $"it is a path of the provider {provider.Name}, and files are needed");
        }
    }

    private static ContainerImageException NotFound(string path, string why) =>
        new(ImageError.ArchiveNotFound, $"'{path}' is not there: {why.TrimEnd('.')}.");
}
