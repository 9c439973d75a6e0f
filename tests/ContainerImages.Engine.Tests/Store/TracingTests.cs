using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>What a collector of traces sees of the engine's work.</summary>
public sealed class TracingTests : IDisposable
{
    private static readonly TestLayer _layer = TestLayer.Of(new string('x', 20_000), Compression.Gzip);

    private readonly TempFolder _folder = new();
    private readonly TestStore _test = new();

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Each_operation_is_an_activity_with_the_images_and_bytes_it_dealt_with()
    {
        using var traces = new Traces(_test.Path);
        var image = new TestImage(_layer) { Names = ["docker.io/a/b:1"] };
        _test.Store.Import(image);
        _test.Store.Tag("a/b:1", "docker.io/a/b:2", "docker.io/a/b:3");
        _test.Store.Untag("docker.io/a/b:3");
        var size = _test.Store.Find("a/b:2").Size;
        var item = new SaveItem(_test.Store, _test.Store.Match("a/b:1"), ["docker.io/a/b:1"]);
        new ImageSave(new CopyOptions()).Run([item], "oci-archive", _folder.Combine("a.tar"), force: false, onePlatform: false);
        var removal = Assert.Single(_test.Store.Remove(["a/b:1", "a/b:2"]));

        Assert.Equal(
            [
                $"import 1 {_layer.Bytes.Length}",
                "tag 1 ",
                "untag 1 ",
                $"resolve 1 {size} a/b:2",
                $"save 1 {_layer.Bytes.Length}",
                $"resolve 1 {size} a/b:1",
                $"resolve 1 {size} a/b:2",
                $"remove 1 {removal.FreedBytes}",
            ],
            traces.Seen.Select(Describe));
        Assert.All(traces.Seen, activity => Assert.Equal(("ContainerImages", ActivityKind.Internal), (activity.Source.Name, activity.Kind)));
        Assert.Equal(typeof(ContainerImage).Assembly.GetName().Version!.ToString(3), traces.Seen[0].Source.Version);
    }

    [Fact]
    public void What_is_there_already_counts_no_bytes_and_what_came_out_of_a_compressed_archive_does()
    {
        var image = new TestImage(_layer) { Names = ["docker.io/a/b:1"] };
        using var archive = new MemoryStream();
        using (var gzip = new GZipStream(archive, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(File.ReadAllBytes(TestArchive.OciLayout(image).WriteTar(_folder.Combine("a.tar"))));
        }

        archive.Position = 0;
        using var traces = new Traces(_test.Path);
        _test.Store.ImportStream(archive);
        _test.Store.Import(image);

        Assert.Equal([$"import 1 {_layer.Bytes.Length}", "import 1 0"], traces.Seen.Select(Describe));
    }

    [Fact]
    public void What_fails_says_so_and_fails_as_ever()
    {
        using var traces = new Traces(_test.Path);

        var error = Assert.Throws<ContainerImageException>(() => _test.Store.Find("nothing"));

        var activity = Assert.Single(traces.Seen);
        Assert.Equal((ActivityStatusCode.Error, error.Message), (activity.Status, activity.StatusDescription));
        Assert.Equal("ImageNotFound", activity.GetTagItem("error.type"));
        Assert.Null(activity.GetTagItem("image.count"));
    }

    [Fact]
    public void An_activity_is_the_child_of_what_the_caller_does()
    {
        _test.Store.Import(TestImage.Of("a", "docker.io/a/b:1"));
        using var traces = new Traces(_test.Path);
        using var caller = new Activity("caller").Start();

        _test.Store.Find("a/b:1");

        Assert.Equal(caller.SpanId, Assert.Single(traces.Seen).ParentSpanId);
        Assert.Same(caller, Activity.Current);
    }

    [Fact]
    public void Where_nobody_listens_nothing_is_allocated()
    {
        Work();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Work();

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static void Work()
        {
            using var activity = Tracing.Start(Tracing.Resolve, "/store");
            activity.Count(1, 2);
            Assert.Null(activity);
        }
    }

    private static string Describe(Activity activity) => string.Join(
        " ",
        new[] { activity.OperationName, activity.GetTagItem("image.count"), activity.GetTagItem("image.bytes"), activity.GetTagItem("image.reference") }
            .Where((part, i) => i < 3 || part is not null));

    /// <summary>Listens to what is done with one store, as other tests run beside.</summary>
    private sealed class Traces : IDisposable
    {
        private readonly ConcurrentQueue<Activity> _seen = new();
        private readonly ActivityListener _listener;

        public Traces(string store)
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "ContainerImages",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    if (Equals(activity.GetTagItem("store.path"), store))
                    {
                        _seen.Enqueue(activity);
                    }
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IReadOnlyList<Activity> Seen => [.. _seen];

        public void Dispose() => _listener.Dispose();
    }
}
