using System;
using System.IO;
using ContainerImages.Codecs;

namespace ContainerImages.Content;

/// <summary>
/// The plain bytes of bzip2, of any number of streams one behind the other, as pbzip2 and <c>cat</c> write them: SharpZipLib's
/// decoder ends with the first. What follows the last one is nothing, as for bzip2 itself. The source is not closed.
/// </summary>
/// <param name="source">The compressed bytes.</param>
/// <param name="name">What is being read, for messages.</param>
/// <param name="budget">How far it may expand.</param>
internal sealed class Bzip2Stream(Stream source, string name, ExpansionBudget budget) : ReadOnlyStream
{
    private const int BlockUnit = 100_000;

    private static readonly byte[] _magic = [(byte)'B', (byte)'Z', (byte)'h'];

    // What follows a header where there is no block: the end, and the checksum of nothing.
    private static readonly byte[] _end = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0, 0, 0, 0];

    // It takes byte by byte, and none beyond the end of its stream.
    private Stream? _decoder = Codec.ReadBzip2(source);

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_decoder is not null && count > 0)
        {
            var read = _decoder.Read(buffer, offset, count);
            if (read > 0)
            {
                return read;
            }

            _decoder.Dispose();
            _decoder = OpenNext();
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder?.Dispose();
        }

        base.Dispose(disposing);
    }

    private Stream? OpenNext()
    {
        while (true)
        {
            var next = new PeekedStream(source, _magic.Length + 1 + _end.Length, leaveOpen: true);
            var start = next.Start;
            if (start.Length <= _magic.Length && start.Length > 0 && _magic.AsSpan().StartsWith(start))
            {
                throw new InvalidDataException("it is cut short");
            }

            if (!start.StartsWith(_magic))
            {
                return null;
            }

            var level = start[_magic.Length] - '0';
            if (level is < 1 or > 9)
            {
                return null;
            }

            // A decoder costs its block, however little there is in it.
            if (!start.Slice(_magic.Length + 1).SequenceEqual(_end))
            {
                budget.Give(level * BlockUnit, name);
                return Codec.ReadBzip2(next);
            }
        }
    }
}
