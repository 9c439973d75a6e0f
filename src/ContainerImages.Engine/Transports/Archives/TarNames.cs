using System;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>The tar reader knows entries and offsets; who reads a file adds which.</summary>
internal static class TarNames
{
    public static T In<T>(string archive, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ContainerImageException e) when (!e.Message.StartsWith(archive, StringComparison.Ordinal))
        {
            throw new ContainerImageException(e.Error, $"{archive}: {e.Message}", e) { Candidates = e.Candidates };
        }
    }
}
