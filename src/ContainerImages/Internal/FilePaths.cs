using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Content;
using ContainerImages.References;
using Microsoft.PowerShell.Commands;

namespace ContainerImages.Internal;

/// <summary>Paths as users of PowerShell write them: relative to the session's location, on its drives, with wildcards.</summary>
internal static class FilePaths
{
    // No system takes a longer one.
    private const int LongestPath = 32767;

    /// <summary>A path that is meant as it is, and need not be there.</summary>
    /// <param name="cmdlet">The cmdlet it was given to.</param>
    /// <param name="path">The path.</param>
    /// <param name="error">What is wrong if the path is no file system's, or its drive is not there.</param>
    /// <exception cref="ContainerImageException">That error.</exception>
    public static string Unresolved(PSCmdlet cmdlet, string path, ImageError error = ImageError.ArchiveNotFound)
    {
        try
        {
            var full = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            CheckProvider(provider, path, error);
            return Path.IsPathRooted(full)
                ? full
                : throw Unusable(path, "it is no path of this machine that begins at a root", error);
        }
        catch (SessionStateException e)
        {
            throw Unusable(path, e.Message, error);
        }
    }

    /// <summary>All paths that a path with wildcards means; a path without is there, or it is an error.</summary>
    /// <exception cref="ContainerImageException">ArchiveNotFound.</exception>
    public static IReadOnlyList<string> Resolved(PSCmdlet cmdlet, string path)
    {
        try
        {
            var paths = cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out var provider).ToList();
            CheckProvider(provider, path, ImageError.ArchiveNotFound);
            return paths;
        }
        catch (Exception e) when (e is SessionStateException or WildcardPatternException)
        {
            throw Unusable(path, e.Message, ImageError.ArchiveNotFound);
        }
    }

    /// <summary>A path as it is shown: what Get-ChildItem pipes on has its provider before it.</summary>
    public static string Shown(string path)
    {
        // As PowerShell knows such a path.
        var colon = path.IndexOf(':');
        return colon > 0 && path[0] != '.' && string.CompareOrdinal(path, colon, "::", 0, 2) == 0 ? path.Substring(colon + 2) : path;
    }

    private static void CheckProvider(ProviderInfo provider, string path, ImageError error)
    {
        if (provider.ImplementingType != typeof(FileSystemProvider))
        {
            throw Unusable(path, $"it is a path of the provider {provider.Name}, and files are needed", error);
        }
    }

    private static ContainerImageException Unusable(string path, string why, ImageError error) => new(
        error,
        path.Length > LongestPath || path.IndexOf('\0') >= 0
            ? $"{QuotedText.Quote(path)} is no path; the bytes of an archive come from Get-Content -AsByteStream, and not as text."
            : TransportPrefix.Of(path) is { IsStore: false } transport
            ? $"'{path}' begins with the transport {transport.Prefix}, and a path is given without one: '{transport.Rest}'."
            : $"'{Shown(path)}' cannot be used: {why.TrimEnd('.')}.");
}
