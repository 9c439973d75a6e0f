using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Fuzz.Mutation;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>Thousands of everything, mostly the same thing again: little to write, and much work for who is not careful.</summary>
internal static class ManyCases
{
    public static IEnumerable<HostileCase> All() =>
    [
        HostileCase.OfArchive($"{Limits.Layers} layers", () => Layers(Limits.Layers)),
        HostileCase.OfArchive($"{Limits.Layers + 1} layers", () => Layers(Limits.Layers + 1), ImageError.ContentTooLarge),
        HostileCase.OfArchive("500 layers by 500 links", () => Links(500)),
        HostileCase.OfArchive($"{Limits.History} steps", () => Config(json => json["history"] = Repeat(Limits.History, Step))),
        HostileCase.OfArchive($"{Limits.History + 1} steps", () => Config(json => json["history"] = Repeat(Limits.History + 1, Step)), ImageError.ContentTooLarge),
        HostileCase.OfArchive($"{Limits.JsonItems} labels", () => Config(json => json["config"]!["Labels"] = Labels(Limits.JsonItems))),
        HostileCase.OfArchive($"{Limits.JsonItems + 1} labels", () => Config(json => json["config"]!["Labels"] = Labels(Limits.JsonItems + 1)), ImageError.ContentTooLarge),
        HostileCase.OfArchive("100,001 variables", () => Config(json => json["config"]!["Env"] = Repeat(100_001, _ => "x=y")), ImageError.ContentTooLarge),
        HostileCase.OfArchive("10,000 names", () => Names(10_000)),
        HostileCase.OfArchive("100,001 names", () => Names(100_001), ImageError.ContentTooLarge),
        HostileCase.OfArchive("10,000 images that are one", () => Items(10_000)),
        HostileCase.OfArchive("10,000 names in an index", () => OciNames(10_000)),
        HostileCase.OfArchive("300 images of one config of 1 MB", () => SharedConfig(300, 1_000_000)),
        HostileCase.OfArchive("20,000 entries that nothing needs", () => Entries(20_000)),
        HostileCase.OfArchive("5,000 entries that begin like gzip", () => Entries(5000, [0x1F, 0x8B, 8, 0, 1, 2, 3, 4])),
        HostileCase.OfArchive("names of 33 million characters", LongNames, ImageError.ContentTooLarge),
        HostileCase.OfArchive("300 global headers of 200 records, 20,000 folders", Globals, ImageError.InvalidArchive),
        HostileCase.OfArchive("200 global records, 20,000 folders", () => Folders(200)),
    ];

    private static byte[] Layers(int count) => Edit(json => json[0]!["Layers"] = Repeat(count, _ => "upper.tar"), json => json["rootfs"]!["diff_ids"] = Repeat(count, _ => SoundInputs.Upper.DiffId.ToString()));

    private static byte[] Links(int count) => TarBytes.Join(
    [
        .. Enumerable.Range(0, count).Select(i => TarBytes.Header($"l{i}", type: '2', edit: block => TarBytes.Put(block, 157, "lower.tar"))),
        Edit(
            json => json[0]!["Layers"] = Repeat(count, i => $"l{i}"),
            json => json["rootfs"]!["diff_ids"] = Repeat(count, _ => SoundInputs.Lower.DiffId.ToString())),
    ]);

    private static byte[] Config(Action<JsonNode> edit) => Edit(_ => { }, edit);

    private static byte[] Names(int count) => Edit(json => json[0]!["RepoTags"] = Repeat(count, i => $"name:{i}"), _ => { });

    private static byte[] Items(int count) => Edit(
        json =>
        {
            var item = json[0]!.ToJsonString();
            json.AsArray().Clear();
            for (var i = 0; i < count; i++)
            {
                json.AsArray().Add(JsonNode.Parse(item));
            }
        },
        _ => { });

    private static byte[] OciNames(int count) =>
        TestArchive.OciLayout(SoundInputs.Image.Named([.. Enumerable.Range(0, count).Select(i => $"docker.io/library/name:{i}")])).ToTar();

    private static byte[] SharedConfig(int count, int size)
    {
        var first = new TestImage { EditConfig = config => config["author"] = new string('x', size) };
        return TestArchive.OciLayout([.. Enumerable.Range(0, count).Select(i => new TestImage
        {
            EditConfig = first.EditConfig,
            EditManifest = manifest => manifest["annotations"] = new JsonObject { ["number"] = i.ToString(null, null) },
        })]).ToTar();
    }

    private static byte[] Entries(int count, params byte[] data) => TarBytes.Join(
        [.. Enumerable.Range(0, count).Select(i => TarBytes.Entry($"entry/{i}", data)), SoundInputs.Tar(SoundInputs.Docker())]);

    private static byte[] LongNames()
    {
        var name = Encoding.ASCII.GetBytes(new string('n', 30_000));
        var entry = TarBytes.Join(TarBytes.Entry("././@LongLink", name, 'L'), TarBytes.Header("x", type: '2', edit: block => TarBytes.Put(block, 157, "x")));
        var (tar, digits) = (new byte[entry.Length * 1200], "0123456789"u8.ToArray());
        for (var i = 0; i < 1200; i++)
        {
            entry.CopyTo(tar, i * entry.Length);

            // Behind the header of the long name: its first digits tell one entry from the next.
            for (var (digit, left) = (0, i); digit < 4; digit++, left /= 10)
            {
                tar[(i * entry.Length) + 512 + digit] = digits[left % 10];
            }
        }

        return tar;
    }

    private static byte[] Globals() => TarBytes.Join(
        [.. Enumerable.Range(0, 300).Select(i => Global(i * 200, 200)), Folders(0)]);

    private static byte[] Folders(int records) => TarBytes.Join(
        [Global(0, records), .. Enumerable.Repeat(TarBytes.Header("folder/", type: '5'), 20_000), SoundInputs.Tar(SoundInputs.Docker())]);

    private static byte[] Global(int first, int count) => TarBytes.PaxRaw(string.Concat(Enumerable.Range(first, count).Select(i => TarBytes.WithLength($"V.{i}=v"))), 'g');

    private static byte[] Edit(Action<JsonNode> manifest, Action<JsonNode> config)
    {
        var files = SoundInputs.Docker();
        files[2] = (files[2].Name, Edit(files[2].Data, config));
        files[4] = (files[4].Name, Edit(files[4].Data, manifest));
        return ArchiveMutation.Write(files);
    }

    private static byte[] Edit(byte[] json, Action<JsonNode> edit)
    {
        var node = JsonNode.Parse(json)!;
        edit(node);
        return Encoding.UTF8.GetBytes(node.ToJsonString());
    }

    private static JsonNode Step(int number) => new JsonObject { ["created_by"] = $"step {number}", ["empty_layer"] = true };

    private static JsonArray Repeat(int count, Func<int, JsonNode> item) => new([.. Enumerable.Range(0, count).Select(item)]);

    private static JsonObject Labels(int count) => new(Enumerable.Range(0, count).Select(i => KeyValuePair.Create(i.ToString(null, null), (JsonNode?)"x")));
}
