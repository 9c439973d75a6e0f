using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.References;
using ContainerImages.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>The store's index.json as a file that other tools write too.</summary>
public class StoreIndexTests
{
    private const string Type = MediaTypes.OciManifest;
    private static readonly string _a = Digest.Compute("a"u8.ToArray()).ToString();
    private static readonly string _b = Digest.Compute("b"u8.ToArray()).ToString();

    private static readonly string _foreign = $$"""
        {
          "annotations" : { "org.example.whole": "index" },
          "manifests": [
            {
              "mediaType":   "{{Type}}",
              "digest": "{{_a}}", "size": 1,
              "platform": { "os": "linux", "architecture": "amd64", "os.version": "1é" },
              "annotations": { "org.opencontainers.image.ref.name": "docker.io/library/a:1", "x": "a / é" },
              "data": "e30="
            },
            { "size": 1, "digest": "{{_b}}", "mediaType": "{{Type}}", "x-unknown": [1.50, {"y": null}] }
          ],
          "schemaVersion": 2.0e0,
          "x-unknown": {"deep": [1, 2 ]}
        }

        """;

    [Fact]
    public void Rewriting_without_a_change_copies_every_descriptor_and_all_around_them()
    {
        var index = Parse(_foreign);

        var text = Encoding.UTF8.GetString(index.Rewrite(index.Entries));

        Assert.StartsWith("{\n  \"annotations\" : { \"org.example.whole\": \"index\" },\n  \"manifests\": [", text, StringComparison.Ordinal);
        Assert.EndsWith("],\n  \"schemaVersion\": 2.0e0,\n  \"x-unknown\": {\"deep\": [1, 2 ]}\n}\n", text, StringComparison.Ordinal);
        Assert.All(index.Entries, entry => Assert.Contains(Encoding.UTF8.GetString(entry.Raw.Span), _foreign, StringComparison.Ordinal));
        Assert.All(index.Entries, entry => Assert.Contains(Encoding.UTF8.GetString(entry.Raw.Span), text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_new_name_keeps_what_others_wrote_into_the_descriptor()
    {
        var entry = Parse(_foreign).Entries[0].With("docker.io/library/new:2", "the summary");

        var text = Encoding.UTF8.GetString(entry.Raw.Span);
        Assert.Contains("\"os.version\": \"1é\"", text, StringComparison.Ordinal);
        Assert.Contains("\"x\": \"a / é\"", text, StringComparison.Ordinal);
        Assert.Contains("\"data\": \"e30=\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("library/a:1", text, StringComparison.Ordinal);
        Assert.Equal(("docker.io/library/new:2", "the summary"), ReadBack(entry));
    }

    [Fact]
    public void Text_that_is_no_Unicode_is_kept_as_it_stands()
    {
        const string Strange = "\"x-\\ud800\":\"\\udc00\"";
        var entry = Parse($$"""{"manifests":[{"digest":"{{_a}}","size":1,{{Strange}},"annotations":{ {{Strange}} } } ] }""").Entries[0];

        var named = entry.With("docker.io/library/a:1", "the summary");

        Assert.Equal(2, Encoding.UTF8.GetString(named.Raw.Span).Split(Strange).Length - 1);
        Assert.Equal(("docker.io/library/a:1", "the summary"), ReadBack(named));
    }

    [Fact]
    public void A_descriptor_without_annotations_gets_none_where_there_is_nothing_to_say()
    {
        var entry = Parse(_foreign).Entries[1];

        Assert.DoesNotContain("annotations", Encoding.UTF8.GetString(entry.With(null, null).Raw.Span), StringComparison.Ordinal);
        Assert.Contains("[1.50,", Encoding.UTF8.GetString(entry.With("docker.io/library/b:1", null).Raw.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"schemaVersion\":2,\"manifests\":null}")]
    [InlineData("\uFEFF{\"schemaVersion\":2,\"manifests\":[]}")]
    [InlineData("\uFEFF { \"manifests\" : [ ] , \"schemaVersion\" : 2 } \n")]
    public void An_index_without_descriptors_takes_one(string text)
    {
        var entry = IndexEntry.Create(new Descriptor(Type, Digest.Parse(_a), 1), "docker.io/library/a:1", null);

        var written = Encoding.UTF8.GetString(Parse(text).Rewrite([entry]));

        var read = Assert.Single(Parse(written).Entries);
        Assert.Equal("docker.io/library/a:1", read.Name);
        Assert.Equal(text.StartsWith('\uFEFF'), written.StartsWith('\uFEFF'));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"manifests\":{}}")]
    [InlineData("{\"manifests\":[1]}")]
    [InlineData("{\"manifests\":[null]}")]
    [InlineData("{\"manifests\":[null,{\"digest\":\"DIGEST\",\"size\":1}]}")]
    [InlineData("{\"manifests\":[]} x")]
    [InlineData("{\"manifests\":[],\"manifests\":[]}")]
    [InlineData("{\"manifests\":[{\"size\":1}]}")]
    [InlineData("{\"manifests\":[{\"digest\":7,\"size\":1}]}")]
    [InlineData("{\"manifests\":[{\"digest\":\"sha256:00\",\"size\":1}]}")]
    [InlineData("{\"manifests\":[{\"digest\":\"DIGEST\"}]}")]
    [InlineData("{\"manifests\":[{\"digest\":\"DIGEST\",\"size\":-1}]}")]
    [InlineData("{\"manifests\":[{\"digest\":\"DIGEST\",\"size\":1.5}]}")]
    [InlineData("{\"manifests\":[{\"digest\":\"DIGEST\",\"size\":\"1\"}]}")]
    [InlineData("{\"manifests\":[{\"digest\":\"DIGEST\",\"size\":99999999999999999999}]}")]
    [InlineData("{\"manifests\":[{\"digest\":\"DIGEST\",\"size\":1,\"mediaType\":[]}]}")]
    public void A_broken_index_is_an_error_that_names_the_file(string text)
    {
        var error = Assert.Throws<ContainerImageException>(() => Parse(text.Replace("DIGEST", _a, StringComparison.Ordinal)));

        Assert.Equal(ImageError.StoreInvalid, error.Error);
        Assert.Contains("/the/index.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void JSON_nested_too_deep_is_a_broken_index()
    {
        var text = "{\"manifests\":[],\"x\":" + new string('[', 100_000) + new string(']', 100_000) + "}";

        Assert.Equal(ImageError.StoreInvalid, Assert.Throws<ContainerImageException>(() => Parse(text)).Error);
    }

    [Theory]
    [InlineData("alpine", "localhost/alpine:latest")]
    [InlineData("alpine:3", "localhost/alpine:3")]
    [InlineData("team/app:1", "localhost/team/app:1")]
    [InlineData("docker.io/alpine", "docker.io/library/alpine:latest")]
    [InlineData("quay.io/a/b:1", "quay.io/a/b:1")]
    [InlineData("Not A Name", "Not A Name")]
    public void A_name_that_another_tool_wrote_is_read_as_the_full_one(string written, string name)
    {
        using var test = new TestStore();
        var image = TestImage.Of("foreign");
        TestArchive.OciLayout(image.Named(written)).WriteFolder(test.Path);

        Assert.Equal([name], test.Store.Find(image.Id.Hex).Names);
    }

    [Fact]
    public void Images_of_another_tool_are_found_named_and_removed()
    {
        using var test = new TestStore();
        var image = TestImage.Of("foreign", "short:1");
        TestArchive.OciLayout(image).WriteFolder(test.Path);

        test.Store.Tag("short:1", "team/app:2");
        Assert.Equal(["localhost/short:1", "localhost/team/app:2"], test.Store.Find("team/app:2").Names);

        test.Store.Remove([image.Id.Hex], force: true);
        Assert.Empty(test.Store.List());
        Assert.Empty(test.Store.BlobNames());
    }

    [Fact]
    public void Of_two_descriptors_with_one_name_the_first_has_it_and_taking_it_takes_both()
    {
        using var test = new TestStore();
        var (first, second) = (TestImage.Of("first", "docker.io/library/twice:1"), TestImage.Of("second", "docker.io/library/twice:1"));
        TestArchive.OciLayout(first, second).WriteFolder(test.Path);
        Assert.Equal(first.Id.Hex, test.Store.Find("twice:1").Id);

        test.Store.Untag("docker.io/library/twice:1");

        Assert.Equal(ImageError.ImageNotFound, Assert.Throws<ContainerImageException>(() => test.Store.Find("twice:1")).Error);
        Assert.Equal(2, test.Store.List().Count);
    }

    [Fact]
    public void A_name_that_two_descriptors_have_moves_from_both()
    {
        using var test = new TestStore();
        var third = TestImage.Of("third");
        TestArchive.OciLayout(
            TestImage.Of("first", "docker.io/library/twice:1"), TestImage.Of("second", "docker.io/library/twice:1"), third).WriteFolder(test.Path);

        test.Store.Tag(third.Id.Hex, "docker.io/library/twice:1");

        Assert.Equal(third.Id.Hex, test.Store.Find("docker.io/library/twice:1").Id);
    }

    [Fact]
    public void A_root_listed_twice_is_one_image()
    {
        using var test = new TestStore();
        var image = TestImage.Of("one", "docker.io/library/a:1", "docker.io/library/b:1");
        TestArchive.OciLayout(image, image.Named()).WriteFolder(test.Path);

        Assert.Equal(["docker.io/library/a:1", "docker.io/library/b:1"], Assert.Single(test.Store.List()).Names);
    }

    [Fact]
    public async Task A_torn_index_is_waited_out()
    {
        using var test = new TestStore();
        test.Store.Import(TestImage.Of("torn", "docker.io/library/torn:1"));
        var whole = File.ReadAllBytes(test.Store.Paths.Index);
        File.WriteAllBytes(test.Store.Paths.Index, whole[..(whole.Length / 2)]);

        using var reading = new ManualResetEventSlim();
        var read = Task.Run(() =>
        {
            reading.Set();
            return test.Store.List();
        });
        reading.Wait();
        File.WriteAllBytes(test.Store.Paths.Index, whole);

        Assert.Equal(["docker.io/library/torn:1"], Assert.Single(await read).Names);
    }

    [Fact]
    public void A_broken_index_stays_as_it_is_whatever_is_asked_of_the_store()
    {
        using var test = new TestStore();
        test.Store.Import(TestImage.Of("kept", "docker.io/library/kept:1"));
        var match = test.Store.Match("kept:1");
        File.WriteAllText(test.Store.Paths.Index, "{\"manifests\":[");

        Assert.All(
            new Action<ImageStore>[]
            {
                store => store.List(),
                store => store.Tag([(match, ImageReference.ParseForTag("new"))], default),
                store => store.Import(TestImage.Of("another", "docker.io/library/another:1")),
            },
            action => test.Store.AssertRefused(ImageError.StoreInvalid, action));
    }

    [Theory]
    [InlineData("{\"imageLayoutVersion\":\"2.0.0\"}", ImageError.StoreVersion)]
    [InlineData("{\"imageLayoutVersion\":null}", ImageError.StoreVersion)]
    [InlineData("{}", ImageError.StoreVersion)]
    [InlineData("{", ImageError.StoreInvalid)]
    [InlineData("[]", ImageError.StoreInvalid)]
    [InlineData("", ImageError.StoreInvalid)]
    public void A_store_of_another_version_is_not_opened(string layout, ImageError error)
    {
        using var test = new TestStore();
        Directory.CreateDirectory(test.Path);
        File.WriteAllText(Path.Combine(test.Path, "oci-layout"), layout);

        var thrown = Assert.Throws<ContainerImageException>(() => ImageStore.Open(test.Path));

        Assert.Equal(error, thrown.Error);
        Assert.Contains(test.Path, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_within_one_step_of_a_coarse_clock_is_seen_though_the_length_is_the_same()
    {
        // FAT notes every other second.
        using var folder = new TempFolder();
        var written = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        using var store = ImageStore.Open(folder.Combine("store"), new StoreOptions { Clock = () => written.AddSeconds(1.9) });
        store.Import(TestImage.Of("content", "docker.io/library/one:1"));
        File.SetLastWriteTimeUtc(store.Paths.Index, written);
        Assert.Equal(["docker.io/library/one:1"], store.List().Single().Names);

        File.WriteAllText(store.Paths.Index, store.IndexText().Replace("one:1", "two:1", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(store.Paths.Index, written);

        Assert.Equal(["docker.io/library/two:1"], store.List().Single().Names);
    }

    [Fact]
    public void The_file_that_says_the_version_is_not_read_whatever_its_size()
    {
        using var test = new TestStore();
        Directory.CreateDirectory(test.Path);
        File.WriteAllText(Path.Combine(test.Path, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}".PadRight(Limits.Config + 1));

        var thrown = Assert.Throws<ContainerImageException>(() => ImageStore.Open(test.Path));

        Assert.Equal(ImageError.StoreInvalid, thrown.Error);
        Assert.Contains($"has {Limits.Config + 1} bytes; {Limits.Config} are the limit", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_something_else_in_it_and_a_file_are_no_stores()
    {
        using var test = new TestStore();
        Directory.CreateDirectory(test.Path);
        var file = Path.Combine(test.Path, "holiday.jpg");
        File.WriteAllText(file, "");

        Assert.All([test.Path, file], path =>
        {
            var error = Assert.Throws<ContainerImageException>(() => ImageStore.Open(path));
            Assert.Equal(ImageError.StoreNotFound, error.Error);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_store_that_is_not_there_reads_as_empty_and_reading_makes_nothing()
    {
        using var test = new TestStore();

        Assert.Empty(test.Store.List());
        Assert.Equal(ImageError.ImageNotFound, Assert.Throws<ContainerImageException>(() => test.Store.Find("alpine")).Error);
        Assert.False(Directory.Exists(test.Path));
    }

    [Theory]
    [InlineData]
    [InlineData("store.lock")]
    [InlineData("store.lock", "oci-layout.new")]
    public void What_a_first_commit_that_was_cut_off_left_is_an_empty_store(params string[] files)
    {
        using var test = new TestStore();
        Directory.CreateDirectory(Path.Combine(test.Path, "blobs", "sha256"));
        Directory.CreateDirectory(Path.Combine(test.Path, "ingest"));
        files.ToList().ForEach(file => File.WriteAllText(Path.Combine(test.Path, file), ""));

        using var store = ImageStore.Open(test.Path);
        Assert.Empty(store.List());
        store.Import(TestImage.Of("first", "docker.io/library/first:1"));
        Assert.Single(store.List());
    }

    private static StoreIndex Parse(string text) => StoreIndex.Parse(Encoding.UTF8.GetBytes(text), "/the/index.json");

    private static (string? Name, string? Summary) ReadBack(IndexEntry entry)
    {
        var read = Parse("{\"manifests\":[" + Encoding.UTF8.GetString(entry.Raw.Span) + "]}").Entries.Single();
        return (read.StoredName, read.SummaryText);
    }
}
