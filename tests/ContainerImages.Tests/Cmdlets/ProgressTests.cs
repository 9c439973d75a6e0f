using System;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Progress of work that takes long, and silence of work that does not.</summary>
public sealed class ProgressTests : IDisposable
{
    private static readonly byte[] _archive = ArchiveFixture.DockerArchive(
        new ArchiveImage(new string('x', 100_000), new string('y', 50_000)) { Names = ["localhost/image:1"] });

    private readonly StoreSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Long_work_shows_a_bar_in_total_and_one_for_each_blob_and_completes_them()
    {
        using SlowStream stream = new(_archive, _archive.Length, TimeSpan.FromMilliseconds(40));
        _session.Set("stream", stream);

        ScriptResult result = _session.Run("Import-ContainerImage -InputStream $stream").ShouldSucceed();

        Assert.NotEmpty(result.Progress);
        ProgressRecord total = result.Progress[0];
        Assert.Equal("Importing stream", total.Activity);
        Assert.Equal(-1, total.ParentActivityId);
        Assert.Contains("/s", total.StatusDescription, StringComparison.Ordinal);
        Assert.Contains(result.Progress, record => record.ParentActivityId == total.ActivityId);
        AssertAllCompleted(result);
        Assert.Equal(total.ActivityId, result.Progress[^1].ActivityId);
    }

    [Fact]
    public void Bytes_that_come_slowly_show_and_complete_them_too()
    {
        _session.Set("bytes", _archive);

        ScriptResult result = _session.Run("""
            & { for ($i = 0; $i -lt $bytes.Length; $i += 4096) {
                , [byte[]]$bytes[$i..[Math]::Min($i + 4095, $bytes.Length - 1)]
                [System.Threading.Thread]::Sleep(40)
            } } | Import-ContainerImage
            """).ShouldSucceed();

        Assert.NotEmpty(result.Progress);
        AssertAllCompleted(result);
    }

    [Fact]
    public void Long_work_that_fails_completes_them_too()
    {
        using SlowStream stream = new(_archive[..100_000], 100_000, TimeSpan.FromMilliseconds(40));
        _session.Set("stream", stream);

        ScriptResult result = _session.Run("Import-ContainerImage -InputStream $stream");

        result.ShouldFail("InvalidArchive", ErrorCategory.InvalidData);
        Assert.NotEmpty(result.Progress);
        AssertAllCompleted(result);
    }

    private static void AssertAllCompleted(ScriptResult result) => Assert.All(
        result.Progress.GroupBy(record => record.ActivityId),
        bar => Assert.Equal(ProgressRecordType.Completed, bar.Last().RecordType));
}
