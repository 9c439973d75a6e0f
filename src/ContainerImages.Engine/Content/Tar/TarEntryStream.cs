using System;
using System.IO;

namespace ContainerImages.Content;

/// <summary>Takes the data of one file of a tar, of which the header has promised the size.</summary>
internal sealed class TarEntryStream(Stream output, string name, long size) : WriteOnlyStream
{
    private long written;
    private bool closed;

    public override bool CanWrite => !closed;

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (closed)
        {
            throw new ObjectDisposedException(nameof(TarEntryStream));
        }

        if (count > size - written)
        {
            throw new ContainerImageException(
                ImageError.ContentMismatch,
                $"The content of {QuotedText.Quote(name)} is larger than the {size} bytes that were promised.");
        }

        output.Write(buffer, offset, count);
        written += count;
    }

    /// <summary>Closes the stream; the answer is its size.</summary>
    /// <exception cref="ContainerImageException">Less was written.</exception>
    public long Complete()
    {
        closed = true;
        return written == size ? size : throw new ContainerImageException(
            ImageError.ContentMismatch, $"The content of {QuotedText.Quote(name)} has {written} bytes where {size} were promised.");
    }

    public override void Flush() => output.Flush();

    protected override void Dispose(bool disposing)
    {
        closed = true;
        base.Dispose(disposing);
    }
}
