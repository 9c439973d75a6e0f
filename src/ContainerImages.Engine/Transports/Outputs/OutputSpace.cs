using System;
using System.IO;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>The room for a file or folder that is to be written, as it was before the first byte.</summary>
internal sealed class OutputSpace(string path)
{
    private long _needed;

    /// <summary>Bytes; null where it cannot be told.</summary>
    public long? Free { get; } = StoreSystem.FreeBytes(Path.GetDirectoryName(path) ?? path);

    /// <summary>Announces bytes that will be written, none more: what is only believed could be refused for nothing.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _needed, bytes);

    /// <summary>Sees that there is room for all that was announced so far.</summary>
    /// <exception cref="ContainerImageException">DiskFull.</exception>
    public void Check()
    {
        if (Interlocked.Read(ref _needed) > Free)
        {
            throw ToError(null);
        }
    }

    /// <summary>The error of a disk that is full.</summary>
    /// <param name="e">What the system says; null if it was not asked.</param>
    public ContainerImageException ToError(Exception? e)
    {
        var needed = Interlocked.Read(ref _needed);
        var sizes = Free is not { } free ? ""
            : needed > free ? $": {needed} bytes are needed, {free} are free"
            : $": more than {free} bytes are needed, and no more are free";
        return new ContainerImageException(ImageError.DiskFull, $"There is not enough space to write '{path}'{sizes}; nothing was left there.", e);
    }
}
