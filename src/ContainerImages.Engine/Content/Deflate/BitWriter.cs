using System;
using System.Buffers.Binary;

namespace ContainerImages.Content;

/// <summary>Writes bits into memory, the lowest first, as deflate has them. The caller sees to it that there is room.</summary>
internal unsafe struct BitWriter(byte* target)
{
    private readonly byte* _start = target;
    private byte* _at = target;
    private ulong _bits;
    private int _count;

    /// <summary>Whole bytes written so far, and those of the bits that are still held.</summary>
    public readonly int Length => (int)(_at - _start) + ((_count + 7) >> 3);

    /// <summary>Adds up to 32 bits; between two calls of <see cref="Flush"/> there may be 56 in all.</summary>
    public void Add(uint bits, int count)
    {
        _bits |= (ulong)bits << _count;
        _count += count;
    }

    /// <summary>Moves whole bytes to memory; up to eight bytes behind them are overwritten.</summary>
    public void Flush()
    {
        *(ulong*)_at = BitConverter.IsLittleEndian ? _bits : BinaryPrimitives.ReverseEndianness(_bits);
        _at += _count >> 3;
        _bits >>= _count & ~7;
        _count &= 7;
    }

    /// <summary>Goes on to the next whole byte.</summary>
    public void Align()
    {
        _count = (_count + 7) & ~7;
        Flush();
    }

    /// <summary>Copies bytes; the writer stands at a whole byte.</summary>
    public void Copy(byte* source, int count)
    {
        Buffer.MemoryCopy(source, _at, count, count);
        _at += count;
    }
}
