using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Fuzz.Mutation;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>
/// Every value of every JSON document that is read, replaced by every kind of other value, taken out, and given twice; and
/// documents that are no JSON, or in an encoding that JSON has not.
/// </summary>
internal static class JsonCases
{
    private delegate List<(string Name, byte[] Data)> Files();

    public static IEnumerable<HostileCase> All() =>
    [
        .. Archive("docker", SoundInputs.Docker, "manifest.json", "config.json"),
        .. Archive("oci", SoundInputs.Oci, "oci-layout", "index.json", Blob(SoundInputs.Image.Digest.Hex)),
        .. Archive("index", SoundInputs.Nested, Blob(SoundInputs.Index.Digest.Hex)),
        .. Of(SoundInputs.Dir, "manifest.json", (change, json) => HostileCase.OfFolder($"dir: {change}", folder => Write(folder, SoundInputs.With(SoundInputs.Dir(), "manifest.json", json())))),
    ];

    private static string Blob(string hex) => "blobs/sha256/" + hex;

    private static IEnumerable<HostileCase> Archive(string format, Files files, params string[] documents) => documents.SelectMany(document => Of(
        files, document, (change, json) => HostileCase.OfArchive($"{format}: {change}", () => SoundInputs.Tar(SoundInputs.With(files(), document, json())))));

    private static IEnumerable<HostileCase> Of(Files files, string document, Func<string, Func<byte[]>, HostileCase> make)
    {
        var sound = files().Single(file => file.Name == document).Data;
        var name = document.StartsWith("blobs", StringComparison.Ordinal) ? "manifest" : document;
        foreach (var span in JsonSpan.Of(sound))
        {
            foreach (var (kind, value) in JsonMutation.Values)
            {
                yield return make($"{name} {span.Path} is {kind}", () => span.Replace(sound, value));
            }

            if (span.Path.Length > 0)
            {
                yield return make($"{name} {span.Path} is not there", () => span.Remove(sound));
                yield return make($"{name} {span.Path} is there twice", () => span.PutBehind(sound, sound[span.Start..span.End]));
                yield return make($"{name} {span.Path} is null first", () => span.PutBefore(sound, "null"u8.ToArray()));
                yield return make($"{name} {span.Path} is 1 afterwards", () => span.PutBehind(sound, "1"u8.ToArray()));
            }

            if (span.KeyStart < span.Start)
            {
                yield return make($"{name} {span.Path} in another case", () => OtherCase(sound, span));
            }
        }

        foreach (var (kind, change) in _texts)
        {
            yield return make($"{name} {kind}", () => change(sound));
        }
    }

    private static readonly (string Kind, Func<byte[], byte[]> Change)[] _texts =
    [
        ("with a byte order mark", json => [0xEF, 0xBB, 0xBF, .. json]),
        ("with two byte order marks", json => [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF, .. json]),
        ("in UTF-16", json => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(json))]),
        ("in UTF-32", json => [0xFF, 0xFE, 0, 0, .. Encoding.UTF32.GetBytes(Encoding.UTF8.GetString(json))]),
        ("in Latin-1", json => [.. json[..^1], (byte)',', (byte)'"', 0xE9, (byte)'"', (byte)':', (byte)'1', json[^1]]),
        ("in too long UTF-8", json => [.. json[..^1], (byte)',', (byte)'"', 0xC0, 0xAF, (byte)'"', (byte)':', (byte)'1', json[^1]]),
        ("with a NUL at its end", json => [.. json, 0]),
        ("with blanks around", json => [.. "\r\n\t "u8, .. json, .. "\n\n"u8]),
        ("with a comment", json => [.. "/* x */"u8, .. json]),
        ("with a comma at its end", json => [.. json[..^1], (byte)',', json[^1]]),
        ("twice", json => [.. json, .. json]),
        ("cut in half", json => json[..(json.Length / 2)]),
        ("without its end", json => json[..^1]),
        ("empty", _ => []),
        ("of zeros", json => new byte[json.Length]),
        ("of blanks", json => [.. Enumerable.Repeat((byte)' ', json.Length)]),
        ("of quotes", json => [.. Enumerable.Repeat((byte)'"', json.Length)]),
        ("of a million brackets", _ => [.. Enumerable.Repeat((byte)'[', 1_000_000)]),
        ("of a million empty lists", _ => [(byte)'[', .. Enumerable.Repeat("[],"u8.ToArray(), 1_000_000).SelectMany(list => list), (byte)'1', (byte)']']),
    ];

    // Go's parser takes keys whatever their case; ours does not, and so sees a document without the field.
    private static byte[] OtherCase(byte[] json, JsonSpan span)
    {
        var changed = (byte[])json.Clone();
        var key = changed.AsSpan(span.KeyStart + 1, 1);
        key[0] ^= char.IsAsciiLetter((char)key[0]) ? (byte)0x20 : (byte)0;
        return changed;
    }

    private static void Write(string folder, IEnumerable<(string Name, byte[] Data)> files) =>
        files.ToList().ForEach(file => File.WriteAllBytes(Path.Combine(folder, file.Name), file.Data));
}
