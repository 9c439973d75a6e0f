using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Content;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>What entries are called, where links lead, and entries that are no files.</summary>
internal static class NameCases
{
    private static readonly string[] _documents = ["manifest.json", "config.json", "lower.tar"];

    private static readonly string[] _noFiles = ["dev/x", "manifest.json", "../x", "config.json"];

    private static readonly string[] _targets =
    [
        "", ".", "..", "/", "../..", "../../../../../../etc/passwd", "/etc/passwd", "/proc/self/mem", "/dev/zero", "//etc//passwd", "./../x", "a/../../x",
        "..\\..\\x", "C:\\Windows\\win.ini", "\\\\host\\share", "x\u0001y", "\u001b[2J", "nowhere", "manifest.json/x", "lower.tar/../../x", "file:///etc/passwd",
    ];

    private static readonly string[] _names =
    [
        "../../etc/passwd", "/etc/passwd", "a/../../x", "..", "../", "a/..", "a\\..\\b", "\\\\host\\share", "C:/x", "con", "nul", "x\u0001", "\u001b]0;x\u0007", "\u202egpj",
        " ", "a ", "a.", new string('a', 255), new string('a', 5000), string.Concat(Enumerable.Repeat("a/", 5000)) + "a", "e\u0301", "\u00e9", "\ud83d\ude00",
    ];

    public static IEnumerable<HostileCase> All() => [.. Links(), .. Extras(), .. Duplicates(), .. NoFiles()];

    private static IEnumerable<HostileCase> Links() =>
        from document in _documents
        from type in "12"
        from target in _targets
        select HostileCase.OfArchive(
            $"{document} is a {(type == '1' ? "hard" : "symbolic")} link to '{target}'",
            () => Replace(document, Link(document, target, type)),
            ImageError.InvalidArchive, ImageError.ContentMissing, ImageError.UnknownArchiveFormat);

    private static IEnumerable<HostileCase> Extras()
    {
        foreach (var name in _names)
        {
            var shown = name.Length > 20 ? $"{name[..4]}… ({name.Length})" : name;
            yield return HostileCase.OfArchive($"an entry more: '{shown}'", () => More(Named(name)));
            yield return HostileCase.OfArchive($"a link more: '{shown}'", () => More(Link("x", name, '2')));
            yield return HostileCase.OfArchive($"a link and an entry below it: '{shown}'", () => More([.. Link("down", name, '2'), .. TarBytes.Entry("down/x", "x"u8.ToArray())]));
            yield return HostileCase.OfArchive($"the config is called '{shown}'", () => Renamed(name));
        }

        yield return HostileCase.OfArchive("a name that is no UTF-8", () => More(TarBytes.Entry("\u00ff\u00fe\u00c3(", [])));
        yield return HostileCase.OfArchive("links of 9 in a row", () => Chain(9), ImageError.InvalidArchive);
        yield return HostileCase.OfArchive("links of 8 in a row", () => Chain(8));
        yield return HostileCase.OfArchive("links of 5,000 in a row", () => Chain(5000), ImageError.InvalidArchive);
        yield return HostileCase.OfArchive("links in a circle", () => Replace("lower.tar", [.. Link("lower.tar", "a", '2'), .. Link("a", "b", '2'), .. Link("b", "lower.tar", '2')]), ImageError.InvalidArchive);
        yield return HostileCase.OfArchive("a link to itself", () => Replace("manifest.json", Link("manifest.json", "manifest.json", '2')), ImageError.InvalidArchive);
    }

    // Two tools that read it would see two archives.
    private static IEnumerable<HostileCase> Duplicates()
    {
        foreach (var name in _documents)
        {
            foreach (var other in new[] { name, "./" + name, ".//" + name, name + "/" })
            {
                yield return HostileCase.OfArchive($"{name} again as {other}", () => More(TarBytes.Entry(other, "x"u8.ToArray())), ImageError.InvalidArchive);
                yield return HostileCase.OfArchive($"{name} again as {other}, a link", () => More(Link(other, "lower.tar", '2')), ImageError.InvalidArchive);
            }

            foreach (var other in new[] { name.ToUpperInvariant(), "x/" + name, name + ".", name + " " })
            {
                yield return HostileCase.OfArchive($"{name} beside {other}", () => More(TarBytes.Entry(other, "x"u8.ToArray())));
            }
        }

        yield return HostileCase.OfArchive("index.json beside manifest.json", () => More(TarBytes.Entry("index.json", "{}"u8.ToArray())), ImageError.EmptyArchive);
        yield return HostileCase.OfArchive("a folder called manifest.json", () => Replace("manifest.json", TarBytes.Header("manifest.json", type: '5')), ImageError.UnknownArchiveFormat);
    }

    private static IEnumerable<HostileCase> NoFiles() =>
        from type in "34567DMNSVZ"
        from name in _noFiles
        select HostileCase.OfArchive($"an entry more of type {type} called {name}", () => More(TarBytes.Header(name, type: type, edit: b => TarBytes.Put(b, 329, "0000001\0" + "0000003\0"))));

    private static byte[] Link(string name, string target, char type) => TarBytes.Join(
        Encoding.UTF8.GetByteCount(target) <= 100 ? [] : TarBytes.Entry("././@LongLink", Encoding.UTF8.GetBytes(target), 'K'),
        TarBytes.Header(name, type: type, edit: block => Encoding.UTF8.GetBytes(target).AsSpan(0, Math.Min(100, Encoding.UTF8.GetByteCount(target))).CopyTo(block.AsSpan(157))));

    private static byte[] Named(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        return bytes.Length <= 100
            ? TarBytes.Entry(Encoding.Latin1.GetString(bytes), "x"u8.ToArray())
            : TarBytes.Join(TarBytes.Entry("././@LongLink", bytes, 'L'), TarBytes.Entry("x", "x"u8.ToArray()));
    }

    private static byte[] More(byte[] entry) => TarBytes.Join(entry, SoundInputs.Tar(SoundInputs.Docker()));

    private static byte[] Replace(string name, byte[] entry) =>
        TarBytes.Join(entry, SoundInputs.Tar(SoundInputs.Docker().Where(file => file.Name != name)));

    private static byte[] Renamed(string name)
    {
        var files = SoundInputs.Docker();
        var json = System.Text.Json.Nodes.JsonNode.Parse(files[4].Data)!;
        json[0]!["Config"] = name;
        files[4] = (files[4].Name, Encoding.UTF8.GetBytes(json.ToJsonString()));
        return TarBytes.Join(Named(name), SoundInputs.Tar(files));
    }

    // lower.tar is a link, and so on, until the layer itself.
    private static byte[] Chain(int count)
    {
        var files = SoundInputs.Docker();
        files[0] = ($"link{count}", files[0].Data);
        return TarBytes.Join(
            [.. Enumerable.Range(0, count).Select(i => Link(i == 0 ? "lower.tar" : $"link{i}", $"link{i + 1}", '2')), SoundInputs.Tar(files)]);
    }
}
