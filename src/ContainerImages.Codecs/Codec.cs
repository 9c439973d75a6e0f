using System;
using System.IO;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.BZip2;
using ICSharpCode.SharpZipLib.GZip;
using SharpCompress.Common;
using SharpCompress.Compressors.LZMA;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace ContainerImages.Codecs;

/// <summary>
/// Opens the streams of SharpZipLib, SharpCompress and ZstdSharp. Nothing else asks for these libraries, and so this
/// assembly can be loaded beside them, away from the versions that other modules have loaded: an assembly in the default
/// context is given whatever later version is there, and nobody is asked.
/// </summary>
internal static class Codec
{
    /// <summary>The plain bytes of gzip, of all members. The source is not closed.</summary>
    public static Stream ReadGzip(Stream source) => new GZipInputStream(source) { IsStreamOwner = false };

    /// <summary>The plain bytes of bzip2. The source is not closed.</summary>
    public static Stream ReadBzip2(Stream source) => new BZip2InputStream(source) { IsStreamOwner = false };

    /// <summary>The plain bytes of LZMA2, as blocks of xz hold it. The source is not closed.</summary>
    /// <param name="source">The chunks.</param>
    /// <param name="dictionary">The size of the dictionary, in LZMA2's form.</param>
    public static Stream ReadLzma2(Stream source, byte dictionary) =>
        LzmaStream.Create([dictionary], source, -1, -1, null, isLzma2: true, leaveOpen: true);

    /// <summary>The plain bytes of zstd. The source is not closed.</summary>
    /// <param name="source">The frames.</param>
    /// <param name="largestWindowLog">The logarithm of the largest window that is taken.</param>
    public static Stream ReadZstd(Stream source, int largestWindowLog)
    {
        var stream = new DecompressionStream(source, leaveOpen: true);
        stream.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, largestWindowLog);
        return stream;
    }

    /// <summary>Writes one frame of zstd, which ends when the stream is disposed, and not before. The target is not closed.</summary>
    /// <param name="target">What takes the frame.</param>
    /// <param name="level">The level, 1 to 22.</param>
    /// <param name="threads">How many threads compress.</param>
    /// <param name="jobLength">How many bytes a thread takes at once.</param>
    /// <param name="windowLog">The logarithm of the window; null for that of the level.</param>
    public static Stream WriteZstd(Stream target, int level, int threads, int jobLength, int? windowLog)
    {
        var stream = new CompressionStream(target, level, leaveOpen: true);
        stream.SetParameter(ZSTD_cParameter.ZSTD_c_nbWorkers, threads);
        stream.SetParameter(ZSTD_cParameter.ZSTD_c_jobSize, jobLength);
        if (windowLog is { } log)
        {
            stream.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, log);
        }

        return stream;
    }

    /// <summary>Whether a library means by it that the bytes are none of its format.</summary>
    public static bool IsBadData(Exception e) => e is SharpZipBaseException or ZstdException or SharpCompressException;

    /// <summary>Whether zstd would need a larger window than it may take.</summary>
    public static bool IsWindowTooLarge(Exception e) =>
        e is ZstdException { Code: ZSTD_ErrorCode.ZSTD_error_frameParameter_windowTooLarge };
}
