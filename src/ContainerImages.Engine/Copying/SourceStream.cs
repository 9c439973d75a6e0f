using System;
using System.IO;
using ContainerImages.Content;

namespace ContainerImages.Copying;

/// <summary>A source's bytes, whose errors of reading say so: they must not be taken for errors of what is written.</summary>
internal sealed class SourceStream : ReadOnlyStream
{
    private readonly string _name;
    private readonly Stream _source;

    public SourceStream(Func<Stream> open, string name)
    {
        _name = name;
        _source = Guard(open);
    }

    public override int Read(byte[] buffer, int offset, int count) => Guard(() => _source.Read(buffer, offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _source.Dispose();
        }

        base.Dispose(disposing);
    }

    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ContainerImageException(ImageError.InvalidArchive, $"{_name} cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
