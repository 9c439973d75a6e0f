using System.IO;

namespace ContainerImages.Content;

/// <summary>
/// What the index at the end of an xz stream must say (the .xz file format, 4): how many blocks there were, and their sizes,
/// of which the sums are kept, for a stream may have any number of blocks.
/// </summary>
internal struct XzIndex
{
    private long _blocks;
    private long _stored;
    private long _plain;

    public void Add((long Stored, long Plain) block)
    {
        _blocks++;
        _stored += block.Stored;
        _plain += block.Plain;
    }

    /// <summary>Reads the index, the zero that it begins with excepted, and sees that it fits.</summary>
    public void Read(XzInput input)
    {
        input.BeginChecksum(0);
        var start = input.Count - 1;
        var left = input.ReadNumber();
        if (left != _blocks)
        {
            throw Wrong();
        }

        for (; left > 0; left--)
        {
            _stored -= input.ReadNumber();
            _plain -= input.ReadNumber();
        }

        if (_stored != 0 || _plain != 0)
        {
            throw Wrong();
        }

        input.SkipZeros((int)(-(input.Count - start) & 3));
        var found = input.EndChecksum();
        var promised = new byte[4];
        input.Fill(promised, 0, promised.Length);
        XzCheck.Require(found, promised, 0, "the index");
    }

    private static InvalidDataException Wrong() => new("the index does not fit the blocks");
}
