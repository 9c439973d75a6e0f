using System;
using System.Diagnostics;
using System.IO;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Import-ContainerImage from streams and bytes, to their end and to a sudden one.</summary>
public sealed class ImportStreamTests : IDisposable
{
    private static readonly ArchiveImage _image = new(new string('x', 200_000)) { Names = ["localhost/image:1"] };
    private static readonly byte[] _archive = ArchiveFixture.DockerArchive(_image);

    private readonly StoreSession _session = new();

    public ImportStreamTests() => _session.Set("bytes", _archive);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Import-ContainerImage -InputStream $stream")]
    [InlineData("$stream | Import-ContainerImage")]
    [InlineData("[pscustomobject]@{ RawContentStream = $stream; StatusCode = 200; Content = [byte[]](1, 2) } | Import-ContainerImage")]
    public void Takes_a_stream_that_can_be_read_once_and_does_not_close_it(string script)
    {
        using SlowStream stream = SlowStream.Of(_archive);
        _session.Set("stream", stream);

        Assert.Equal(["localhost/image:1"], _session.Texts(script));
        Assert.False(stream.IsClosed);
    }

    [Fact]
    public void Takes_what_is_in_memory()
    {
        using MemoryStream stream = new(_archive);
        _session.Set("stream", stream);

        Assert.Equal([_image.Id], _session.Texts("(Import-ContainerImage -InputStream $stream -Reference other:1).Id"));
        Assert.True(stream.CanRead);
        Assert.Equal(["localhost/other:1"], _session.Names());
    }

    [Theory]
    [InlineData("Import-ContainerImage -InputStream $stream")]
    [InlineData("Import-ContainerImage -InputStream $stream -RootFileSystem")]
    public void A_stream_that_cannot_be_read_is_said_to_be_so(string script)
    {
        MemoryStream closed = new(_archive);
        closed.Dispose();
        _session.Set("stream", closed);

        ErrorRecord error = _session.Run(script).ShouldFail("InvalidArchive", ErrorCategory.InvalidData);

        Assert.Equal("The stream cannot be read: it is closed, or for writing alone.", error.Exception.Message);
        Assert.Empty(_session.Ingests);
    }

    [Fact]
    public void Bytes_that_were_read_as_text_are_no_path()
    {
        ErrorRecord error = _session.Run("[System.Text.Encoding]::UTF8.GetString($bytes) | Import-ContainerImage")
            .ShouldFail("ArchiveNotFound", ErrorCategory.ObjectNotFound);

        Assert.EndsWith(
            " is no path; the bytes of an archive come from Get-Content -AsByteStream, and not as text.", error.Exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Import-ContainerImage -InputBytes $bytes")]
    [InlineData(", $bytes | Import-ContainerImage")]
    [InlineData("(, [byte[]]$bytes[0..99999] + , [byte[]]$bytes[100000..($bytes.Length - 1)]) | Import-ContainerImage")]
    [InlineData("& { $in = [IO.MemoryStream]::new($bytes); $b = [byte[]]::new(512); while ($in.Read($b, 0, 512)) { , $b } } | Import-ContainerImage")]
    [InlineData("& { for ($i = 0; $i -lt $bytes.Length; $i += 7001) { , [byte[]]$bytes[$i..[Math]::Min($i + 7000, $bytes.Length - 1)] } } | Import-ContainerImage")]
    public void All_chunks_of_bytes_are_one_archive(string script)
    {
        Assert.Equal(["localhost/image:1"], _session.Texts(script));
        Assert.Empty(_session.Ingests);
    }

    [Fact]
    public void Single_bytes_work_too()
    {
        ArchiveImage small = new("small") { Names = ["localhost/small:1"] };
        _session.Set("bytes", ArchiveFixture.DockerArchive(small));

        Assert.Equal(["localhost/small:1"], _session.Texts("$bytes | Import-ContainerImage"));
    }

    [Fact]
    public void What_if_calls_them_stream_and_bytes() =>
        _session.Run("[IO.MemoryStream]::new($bytes) | Import-ContainerImage -WhatIf; $bytes | Import-ContainerImage -WhatIf")
            .ShouldSucceed().Transcript.ShouldBe("""
                What if: Performing the operation "Import images" on target "stream".
                What if: Performing the operation "Import images" on target "bytes".
                """);

    [Theory]
    [InlineData("[System.IO.MemoryStream]::new([byte[]](1..100)) | Import-ContainerImage", "UnknownArchiveFormat")]
    [InlineData(", [byte[]](1..100) | Import-ContainerImage", "UnknownArchiveFormat")]
    [InlineData("[byte[]](1..100) | Import-ContainerImage", "UnknownArchiveFormat")]
    [InlineData(", [byte[]]$bytes[0..150000] | Import-ContainerImage", "InvalidArchive")]
    [InlineData("[System.IO.MemoryStream]::new([byte[]]$bytes[0..150000]) | Import-ContainerImage", "InvalidArchive")]
    public void Refuses_and_leaves_nothing(string script, string error)
    {
        _session.Run(script).ShouldFail(error, ErrorCategory.InvalidData);

        Assert.Empty(_session.Names());
        Assert.Empty(_session.Ingests);
        Assert.Empty(_session.Blobs);
    }

    [Fact]
    public async Task Stopped_while_the_stream_waits_it_ends_at_once_and_leaves_nothing()
    {
        using SlowStream stream = new(_archive, 100_000, TimeSpan.Zero);
        _session.Set("stream", stream);
        Task<ScriptResult> running = Task.Run(() => _session.Run("Import-ContainerImage -InputStream $stream; 'after'"));
        stream.WaitForStall();

        await StopsAtOnce(running);
        stream.GoOn();
    }

    [Fact]
    public async Task Stopped_while_the_stream_trickles_it_ends_at_once_and_leaves_nothing()
    {
        using SlowStream stream = new(_archive, _archive.Length, TimeSpan.FromSeconds(2));
        _session.Set("stream", stream);
        Task<ScriptResult> running = Task.Run(() => _session.Run("Import-ContainerImage -InputStream $stream; 'after'"));
        Assert.True(SpinWait.SpinUntil(() => _session.Ingests.Length > 0, TimeSpan.FromSeconds(60)));

        await StopsAtOnce(running);
    }

    [Fact]
    public async Task Stopped_while_bytes_are_awaited_it_ends_at_once_and_leaves_nothing()
    {
        Task<ScriptResult> running = Task.Run(() => _session.Run(
            "& { , [byte[]]$bytes[0..99999]; while ($true) { [Threading.Thread]::Sleep(20) } } | Import-ContainerImage; 'after'"));
        Assert.True(SpinWait.SpinUntil(() => _session.Ingests.Length > 0, TimeSpan.FromSeconds(60)));

        await StopsAtOnce(running);
    }

    [SkippableFact]
    public async Task Stopped_while_nobody_writes_to_a_pipe_it_ends_at_once_and_leaves_nothing()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux says what is a pipe.");
        Tool.Run("mkfifo", [_session.Combine("pipe")]);
        Task<ScriptResult> running = Task.Run(() => _session.Run("Import-ContainerImage ./pipe; 'after'"));
        Assert.True(SpinWait.SpinUntil(() => _session.Ingests.Length > 0, TimeSpan.FromSeconds(60)));

        await StopsAtOnce(running);
    }

    [SkippableFact]
    public async Task A_pipe_is_read_to_its_end()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux says what is a pipe.");
        Tool.Run("mkfifo", [_session.Combine("pipe")]);
        Task writing = Task.Run(() => File.WriteAllBytes(_session.Combine("pipe"), _archive));

        Assert.Equal(["localhost/image:1"], _session.Texts("Import-ContainerImage ./pipe"));
        await writing;
    }

    [Fact]
    public void Bytes_whose_source_fails_leave_nothing()
    {
        ScriptResult result = _session.Run("& { , [byte[]]$bytes[0..99999]; throw 'cut off' } | Import-ContainerImage");

        Assert.Equal("cut off", result.TerminatingError?.FullyQualifiedErrorId);
        Assert.Empty(_session.Ingests);
        Assert.Empty(_session.Names());
    }

    private async Task StopsAtOnce(Task<ScriptResult> running)
    {
        Stopwatch clock = Stopwatch.StartNew();
        _session.Stop();
        ScriptResult result = await running;

        // A second is what is promised; the rest is for a machine that is busy with other tests. To its end it would take longer.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.True(result.Stopped);
        Assert.Empty(result.Objects);
        Assert.Empty(result.Errors);
        Assert.Null(result.TerminatingError);
        Assert.Empty(_session.Ingests);
        Assert.Empty(_session.Blobs);
        Assert.Empty(_session.Names());
    }
}
