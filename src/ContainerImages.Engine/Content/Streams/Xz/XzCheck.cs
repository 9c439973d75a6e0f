using System;
using System.IO;
using System.Security.Cryptography;

namespace ContainerImages.Content;

/// <summary>The check over the plain bytes of each block of an xz stream (the .xz file format, 2.1.1.2 and 3.4).</summary>
internal sealed class XzCheck : IDisposable
{
    public const int LargestType = 15;

    /// <summary>What a CRC32 that is made byte by byte begins with; its bits are turned at the end.</summary>
    public const uint Crc32Start = uint.MaxValue;

    private const int Crc32Type = 1;
    private const int Crc64Type = 4;
    private const int Sha256Type = 10;

    private static readonly int[] Lengths = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];
    private static readonly uint[] Table32 = Array.ConvertAll(MakeTable(0xEDB88320), value => (uint)value);
    private static readonly ulong[] Table64 = MakeTable(0xC96C5795D7870F42);

    private readonly int _type;
    private readonly IncrementalHash? _hash;
    private uint _crc32 = Crc32Start;
    private ulong _crc64 = ulong.MaxValue;

    /// <param name="type">As the stream's header has it. Types that nobody has defined yet are read over.</param>
    public XzCheck(int type)
    {
        _type = type;
        _hash = type == Sha256Type ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    }

    public int Length => Lengths[_type];

    public static uint Crc32(uint crc, byte next) => (crc >> 8) ^ Table32[(byte)crc ^ next];

    public static uint Crc32(byte[] bytes, int offset, int count)
    {
        var crc = Crc32Start;
        for (var i = offset; i < offset + count; i++)
        {
            crc = Crc32(crc, bytes[i]);
        }

        return ~crc;
    }

    /// <exception cref="InvalidDataException">The checksum is not the one that stands in the bytes.</exception>
    public static void Require(uint checksum, byte[] bytes, int offset, string what)
    {
        if (!Is(bytes, offset, 4, checksum))
        {
            throw Wrong(what);
        }
    }

    public void Add(byte[] bytes, int offset, int count)
    {
        _hash?.AppendData(bytes, offset, count);
        var end = offset + count;
        if (_type == Crc32Type)
        {
            for (var i = offset; i < end; i++)
            {
                _crc32 = Crc32(_crc32, bytes[i]);
            }
        }
        else if (_type == Crc64Type)
        {
            for (var i = offset; i < end; i++)
            {
                _crc64 = (_crc64 >> 8) ^ Table64[(byte)_crc64 ^ bytes[i]];
            }
        }
    }

    /// <summary>Compares with what stands behind a block, and begins anew.</summary>
    public void End(XzInput input)
    {
        var promised = new byte[Length];
        input.Fill(promised, 0, promised.Length);
        var isRight = _type switch
        {
            Crc32Type => Is(promised, 0, 4, ~_crc32),
            Crc64Type => Is(promised, 0, 8, ~_crc64),
            Sha256Type => _hash!.GetHashAndReset().AsSpan().SequenceEqual(promised),
            _ => true,
        };
        _crc32 = Crc32Start;
        _crc64 = ulong.MaxValue;
        if (!isRight)
        {
            throw Wrong("a block");
        }
    }

    public void Dispose() => _hash?.Dispose();

    private static bool Is(byte[] bytes, int offset, int length, ulong value)
    {
        for (var i = 0; i < length; i++)
        {
            if (bytes[offset + i] != (byte)(value >> (8 * i)))
            {
                return false;
            }
        }

        return true;
    }

    private static InvalidDataException Wrong(string what) => new($"the check of {what} is wrong");

    private static ulong[] MakeTable(ulong polynomial)
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var value = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ polynomial;
            }

            table[i] = value;
        }

        return table;
    }
}
