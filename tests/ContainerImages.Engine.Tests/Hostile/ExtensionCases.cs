using System.Collections.Generic;
using System.Linq;
using System.Text;
using ContainerImages.Engine.Tests.Content;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>Extension headers in front of an entry of a sound archive: PAX, GNU's long names, and all forms of sparse files.</summary>
internal static class ExtensionCases
{
    private static readonly (string Name, string Data)[] _pax =
    [
        ("no length", "path=x\n"), ("length 0", "0 path=x\n"), ("length 1", "1\n"), ("length negative", "-9 path=x\n"), ("length too small", "2 path=x\n"),
        ("length too large", "99 path=x\n"), ("length beyond 64 bits", "99999999999999999999 path=x\n"), ("length in octal", "011 path=x\n"),
        ("length with blanks", "  9 path=x\n"), ("no blank", "8path=x\n"), ("no line feed", "9 path=xy"), ("no equals", "8 pathx\n"), ("no key", "5 =x\n"),
        ("no value", "8 path=\n"), ("line feed within", "13 path=a\nb\n\n"), ("garbage", "\u0001\u0002\u0003\n"), ("blanks", "        "), ("zeros", "\0\0\0\0"),
    ];

    private static readonly string[] _records =
    [
        "path=../x", "path=/etc/passwd", "path=a\0b", "path=", "path=.", "path=manifest.json", "path=\u001b[2J", "path=a\\b", "linkpath=/etc/passwd", "linkpath=\0",
        "size=0", "size=1", "size=-1", "size=99999999", "size=9223372036854775807", "size=18446744073709551616", "size=0x10", "size=1.5", "size= 1", "size=",
        "uid=-1", "uid=99999999999999999999", "gid=x", "mtime=1.x", "mtime=-1.5", "mtime=99999999999999", "mtime=.", "mtime=1.99999999999999999999999999", "atime=x",
        "uname=\0", "hdrcharset=BINARY", "hdrcharset=x", "charset=\0", "comment=\0\0\0", "SCHILY.xattr.user.x=\0", "SCHILY.xattr.security.capability=\u0001", "\0=x", "VENDOR.\0=x",
        "GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.major=2", "GNU.sparse.map=0,1", "GNU.sparse.map=1", "GNU.sparse.map=,,", "GNU.sparse.map=-1,-1",
        "GNU.sparse.map=0,9223372036854775807", "GNU.sparse.map=9223372036854775807,9223372036854775807", "GNU.sparse.offset=0", "GNU.sparse.numbytes=0",
        "GNU.sparse.size=-1", "GNU.sparse.realsize=9223372036854775807", "GNU.sparse.numblocks=99999999", "GNU.sparse.name=../x", "GNU.sparse.name=\0",
    ];

    private static readonly string[] _longNames = ["", "\0", "x", "x\0y", "../x", "/x", new string('n', 40_000), new string('n', 2_000_000), "manifest.json\0", "\u001b[2J"];

    private static readonly string[] _numbers =
        ["00000000000\0", "00000000001\0", "77777777777\0", "-0000000001\0", "x", "\u0080\0\0\0\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff"];

    private static readonly string[] _sparse10 = ["", "0\n", "-1\n", "1\n", "x\n", "1\n0\n", "1\n0\n1\n", "1\n-1\n1\n", "1\n0\n-1\n", "99999999\n", "1\n9223372036854775807\n1\n", "2\n0\n1\n0\n1\n", "1\n0\n99999999999999999999\n"];

    public static IEnumerable<HostileCase> All() => [.. Pax(), .. LongNames(), .. Sparse()];

    private static IEnumerable<HostileCase> Pax()
    {
        foreach (var type in "xXg")
        {
            foreach (var (name, data) in _pax)
            {
                yield return Before($"PAX '{type}' with {name}", TarBytes.PaxRaw(data, type));
            }

            foreach (var record in _records)
            {
                var shown = record.Replace("\0", "NUL", System.StringComparison.Ordinal);
                yield return Before($"PAX '{type}' {shown}", TarBytes.PaxRaw(TarBytes.WithLength(record), type));
                yield return Before($"PAX '{type}' {shown}, and again", TarBytes.PaxRaw(TarBytes.WithLength(record) + TarBytes.WithLength(record), type));
                yield return Before($"PAX '{type}' {shown}, in two headers", TarBytes.Join(TarBytes.PaxRaw(TarBytes.WithLength(record), type), TarBytes.PaxRaw(TarBytes.WithLength(record), type)));
            }

            yield return Before($"PAX '{type}' of a value of 1 MB", TarBytes.PaxRaw(TarBytes.WithLength("VENDOR.x=" + new string('x', 1_000_000)), type));
            yield return Before($"PAX '{type}' of a path of 1 MB", TarBytes.PaxRaw(TarBytes.WithLength("path=" + new string('x', 1_000_000)), type));
            yield return Before($"PAX '{type}' of 2 MB", TarBytes.PaxRaw(TarBytes.WithLength("VENDOR.x=" + new string('x', 2_000_000)), type));
            yield return Before($"PAX '{type}' of 300 records", TarBytes.PaxRaw(string.Concat(Enumerable.Range(0, 300).Select(i => TarBytes.WithLength($"V.k{i}=v"))), type));
            yield return Before($"PAX '{type}' of 5,000 records", TarBytes.PaxRaw(string.Concat(Enumerable.Range(0, 5000).Select(i => TarBytes.WithLength($"V.k{i}=v"))), type));
            yield return Before($"PAX '{type}' of one record 50,000 times", TarBytes.PaxRaw(string.Concat(Enumerable.Repeat(TarBytes.WithLength("V.k=v"), 50_000)), type));
            yield return Before($"PAX '{type}' 2,000 times", TarBytes.Join([.. Enumerable.Repeat(TarBytes.PaxRaw(TarBytes.WithLength("V.k=v"), type), 2000)]));
            yield return Before($"PAX '{type}' without a byte", TarBytes.PaxRaw("", type));
            yield return Before($"PAX '{type}' of a size beyond the archive", TarBytes.Header("p", 1 << 20, type));
            yield return HostileCase.OfArchive($"PAX '{type}' at the end", () => TarBytes.Join(SoundInputs.Tar(SoundInputs.Docker())[..^1024], TarBytes.PaxRaw(TarBytes.WithLength("path=x"), type), TarBytes.End));
        }
    }

    private static IEnumerable<HostileCase> LongNames() =>
        from type in "LK"
        from text in _longNames
        select Before($"GNU '{type}' of {text.Length} characters {text.Replace('\0', '0')[..System.Math.Min(text.Length, 12)]}", TarBytes.Entry("././@LongLink", Encoding.UTF8.GetBytes(text), type));

    private static IEnumerable<HostileCase> Sparse()
    {
        foreach (var map in _sparse10)
        {
            yield return Before($"sparse 1.0 {map.Replace('\n', ' ')}", TarBytes.Join(
                TarBytes.Pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=s", "GNU.sparse.realsize=9"),
                TarBytes.Entry("x", Encoding.ASCII.GetBytes(map.PadRight(513, '\0')))));
        }

        foreach (var (offset, length, size, more) in
            from offset in _numbers from length in _numbers from size in _numbers from more in Enumerable.Range(0, 2) select (offset, length, size, more))
        {
            yield return Before(
                $"old sparse {string.Join(' ', new[] { offset, length, size }.Select(number => System.Array.IndexOf(_numbers, number)))} {more}",
                TarBytes.Entry("s", new byte[9], 'S', block =>
                {
                    TarBytes.MakeGnu(block);
                    TarBytes.Put(block, 386, offset);
                    TarBytes.Put(block, 398, length);
                    TarBytes.Put(block, 483, size);
                    block[482] = (byte)more;
                }));
        }

        yield return Before("sparse file of 8 EiB that takes no space", TarBytes.Join(
            TarBytes.Pax("GNU.sparse.major=0", "GNU.sparse.minor=1", "GNU.sparse.map=0,0", "GNU.sparse.size=9223372036854775807"), TarBytes.Header("x")));
    }

    // In front of the first entry, which so has to bear it.
    private static HostileCase Before(string name, byte[] extension) =>
        HostileCase.OfArchive(name, () => TarBytes.Join(extension, SoundInputs.Tar(SoundInputs.Docker())));
}
