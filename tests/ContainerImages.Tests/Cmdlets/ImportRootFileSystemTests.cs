using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Import-ContainerImage -RootFileSystem: images made of plain tars.</summary>
public sealed class ImportRootFileSystemTests : IDisposable
{
    private const string Command = "ContainerImages.Commands.ImportContainerImageCommand";

    private static readonly byte[] _lower = ArchiveFixture.Tar(("etc/motd", "lower"u8.ToArray()), ("bin/sh", new byte[70_000]));
    private static readonly byte[] _upper = ArchiveFixture.Tar(("etc/motd", "upper"u8.ToArray()));

    private readonly StoreSession _session = new();

    public ImportRootFileSystemTests()
    {
        Write("a[1].tar", _lower, 1);
        Write("a1.tar", _upper, 2);
        Write("b.tar", _lower, 3);
        _session.Set("lower", _lower);
        _session.Set("upper", _upper);
    }

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("-RootFileSystem ./a1.tar", "upper")]
    [InlineData("./a1.tar -RootFileSystem", "upper")]
    [InlineData("-Path \"$folder/a1.tar\" -RootFileSystem", "upper")]
    [InlineData("-RootFileSystem b.tar, a1.tar", "lower upper")]
    [InlineData("-RootFileSystem a?.tar, b.tar", "upper lower")]
    [InlineData("-RootFileSystem -LiteralPath 'a[1].tar', a1.tar", "lower upper")]
    [InlineData("-RootFileSystem -InputStream ([IO.MemoryStream]::new($upper))", "upper")]
    [InlineData("-RootFileSystem -InputBytes $upper", "upper")]
    [InlineData("-RootFileSystem a1.tar -Reference x -Platform linux/arm64", "upper")]
    public void Makes_one_image_with_a_layer_of_each(string arguments, string layers) =>
        Assert.Equal(DiffIds(layers), _session.Texts($"(Import-ContainerImage {arguments}).RootFS.Layers"));

    [Theory]
    [InlineData("'b.tar', 'a1.tar'", "lower upper")]
    [InlineData("'a1.tar', 'b.tar'", "upper lower")]
    [InlineData("[pscustomobject]@{ Path = 'b.tar' }, [pscustomobject]@{ LiteralPath = 'a1.tar' }", "lower upper")]
    [InlineData("$ExecutionContext.InvokeProvider.ChildItem.Get(\"$folder/?.tar\", $false)", "lower")]
    [InlineData("$ExecutionContext.InvokeProvider.ChildItem.Get(\"$folder/a*.tar\", $false)", "upper lower")]
    [InlineData("[IO.MemoryStream]::new($lower), [IO.MemoryStream]::new($upper)", "lower upper")]
    [InlineData("[pscustomobject]@{ RawContentStream = [IO.MemoryStream]::new($upper); StatusCode = 200 }", "upper")]
    [InlineData(", $upper", "upper")]
    [InlineData("(, [byte[]]$lower[0..9999] + , [byte[]]$lower[10000..($lower.Length - 1)])", "lower")]
    public void All_that_is_piped_in_is_one_image(string input, string layers)
    {
        Assert.Equal(DiffIds(layers).Order(), _session.Texts($"({input} | Import-ContainerImage -RootFileSystem).RootFS.Layers").Order());

        // Files of a folder come in no certain order.
        if (!input.Contains('*'))
        {
            Assert.Equal(DiffIds(layers), _session.Texts("(Get-ContainerImage).RootFS.Layers"));
        }

        Assert.Single(_session.Texts("(Get-ContainerImage).Id"));
        Assert.Empty(_session.Ingests);
    }

    [Fact]
    public void Emits_the_image_with_the_names_it_was_given()
    {
        Assert.Equal(
            ["localhost/team/r:1"], _session.Texts("Import-ContainerImage -RootFileSystem ./a1.tar -Reference team/r:1, quay.io/r | ForEach-Object Reference"));
        Assert.Equal(["localhost/team/r:1", "quay.io/r:latest"], _session.Names());
    }

    [Fact]
    public void Without_a_name_it_is_dangling_and_the_same_file_is_the_same_image()
    {
        var ids = _session.Texts("Import-ContainerImage -RootFileSystem ./a1.tar, b.tar; Import-ContainerImage -RootFileSystem ./a1.tar, ./b.tar");

        Assert.Equal(ids[0], ids[1]);
        Assert.Equal(["<none>"], _session.Names());
    }

    [Fact]
    public void All_parameters_are_in_the_config_and_the_manifest()
    {
        var image = _session.Run("""
            Import-ContainerImage -RootFileSystem ./a1.tar -Platform linux/arm64/v8 -Message 'by hand' -Author 'Jörg' `
                -Entrypoint /e, '-x' -Command 'c d', e -Environment @{ B = 1; a = $true; A0 = $null } -Label @{ l = 'm n'; k = 2 } `
                -ExposedPort 80, 53/udp, 8000-8001 -Volume /v, /u -WorkingDirectory w/x -User 1:2 -StopSignal term `
                -Annotation @{ z = 1; y = 'x' }
            """).ShouldSucceed().Objects.Single();
        var config = JsonElement.Parse((string)image.Properties["ImageConfig"].Value);

        Assert.Equal(
            """{"User":"1:2","ExposedPorts":{"53/udp":{},"80/tcp":{},"8000/tcp":{},"8001/tcp":{}},"Env":["A0=","B=1","a=True"],"Entrypoint":["/e","-x"],"Cmd":["c d","e"],"Volumes":{"/u":{},"/v":{}},"WorkingDir":"/w/x","Labels":{"k":"2","l":"m n"},"StopSignal":"15"}""",
            config.GetProperty("config").GetRawText());
        Assert.Equal("by hand", config.GetProperty("history")[0].GetProperty("comment").GetString());
        Assert.Equal("2026-01-02T00:00:00Z", config.GetProperty("created").GetString());
        Assert.Equal("linux/arm64/v8", image.Properties["Platform"].Value);
        Assert.Equal("Jörg", image.Properties["Author"].Value);
        Assert.Equal("by hand", image.Properties["Comment"].Value);
        Assert.EndsWith(
            "\"annotations\":{\"y\":\"x\",\"z\":\"1\"}}", (string)image.Properties["Manifest"].Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Ordered_tables_keep_their_order() => Assert.Equal(
        ["B=1", "A=2"], _session.Texts("(Import-ContainerImage -RootFileSystem ./a1.tar -Environment ([ordered]@{ B = 1; A = 2 })).Config.Env"));

    [Fact]
    public void Parameters_come_after_the_changes()
    {
        Assert.Equal(
            ["A=1", "B=3", "C=4", "/srv/app", "b", "/bin/sh", "-c", "x y"],
            _session.Texts("""
                $config = (Import-ContainerImage -RootFileSystem ./a1.tar -Change 'ENV A=1 B=2', 'WORKDIR /srv', 'USER a', 'CMD x y', 'ENTRYPOINT z' `
                    -Environment @{ B = 3; C = 4 } -WorkingDirectory app -User b -Entrypoint @()).Config
                $config.Env; $config.WorkingDir; $config.User; $config.Entrypoint; $config.Cmd
                """));
    }

    [Fact]
    public void The_platform_is_the_machines_without_a_variant()
    {
        var platforms = _session.Texts("""
            (Import-ContainerImage -RootFileSystem ./a1.tar).Platform
            "$([ContainerImages.Content.Platform]::Host.Os)/$([ContainerImages.Content.Platform]::Host.Architecture)"
            """);

        Assert.Equal(platforms[1], platforms[0]);
    }

    [Fact]
    public void What_cannot_be_kept_is_a_warning() =>
        _session.Run("Import-ContainerImage -RootFileSystem ./a1.tar -Change 'ONBUILD RUN make' -Reference r | ForEach-Object Reference")
            .Transcript.ShouldBe("""
                WARNING: ONBUILD has no place in an OCI image, and is left out: 'RUN make'.
                localhost/r:latest
                """);

    [Fact]
    public void What_if_says_what_would_be_one_image_and_reads_nothing()
    {
        File.WriteAllBytes(_session.Combine("bad.tar"), []);

        _session.Run("""
            Import-ContainerImage -RootFileSystem ./a1.tar -WhatIf
            Import-ContainerImage -RootFileSystem ./a1.tar, ./bad.tar -WhatIf
            Import-ContainerImage -RootFileSystem -LiteralPath 'a[1].tar' -WhatIf
            'a1.tar', 'b.tar' | Import-ContainerImage -RootFileSystem -WhatIf
            [IO.MemoryStream]::new($upper) | Import-ContainerImage -RootFileSystem -WhatIf
            , $upper | Import-ContainerImage -RootFileSystem -WhatIf
            Import-ContainerImage -RootFileSystem https://user:geheim@registry.example.com/root.tar?sig=geheim -WhatIf
            """).ShouldSucceed().Transcript.ShouldBe("""
                What if: Performing the operation "Import root file system" on target "./a1.tar".
                What if: Performing the operation "Import root file system" on target "./a1.tar, ./bad.tar".
                What if: Performing the operation "Import root file system" on target "a[1].tar".
                What if: Performing the operation "Import root file system" on target "a1.tar, b.tar".
                What if: Performing the operation "Import root file system" on target "stream".
                What if: Performing the operation "Import root file system" on target "bytes".
                What if: Performing the operation "Import root file system" on target "https://registry.example.com/root.tar".
                """);
        Assert.False(Directory.Exists(_session.Store));
    }

    [Fact]
    public void A_layer_may_come_from_a_web_server()
    {
        using var server = new LoopbackServer(request =>
            request.Path == "/root.tar" ? new ServerReply(200, _upper) : new ServerReply(302).With("Location", "/root.tar"));

        Assert.Equal(
            DiffIds("lower upper"), _session.Texts($"(Import-ContainerImage -RootFileSystem ./b.tar, {server.Url}/moved).RootFS.Layers"));
    }

    [Fact]
    public void What_a_web_server_does_not_have_is_said_with_its_answer()
    {
        using var server = new LoopbackServer(_ => new ServerReply(404));

        _session.Run($"Import-ContainerImage -RootFileSystem {server.Url}/x.tar?a=b").Transcript.ShouldBe($"""
            ERROR: '{server.Url}/x.tar' cannot be fetched: the server answers 404 (NotFound).
                ArchiveNotFound,{Command} (ObjectNotFound: {server.Url}/x.tar?a=b)
                Recommendation: Check the path or address; wildcards are taken by -Path, and not by -LiteralPath.
            """);
        Assert.Empty(_session.Names());
    }

    [Fact]
    public async Task Stopped_while_a_web_server_is_silent_it_ends_and_leaves_nothing()
    {
        using var server = new LoopbackServer(_ => new ServerReply(200, _lower) { CutAfter = 20_000, IsStuck = true });
        var running = Task.Run(() => _session.Run($"Import-ContainerImage -RootFileSystem {server.Url}/x.tar; 'after'"));
        Assert.True(SpinWait.SpinUntil(() => server.Requests.Count > 0, TimeSpan.FromSeconds(60)));

        _session.Stop();

        Assert.True((await running).Stopped);
        Assert.Empty(_session.Ingests);
        Assert.Empty(_session.Names());
    }

    [Theory]
    [InlineData("nope.tar", "ArchiveNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-LiteralPath nope*.tar", "ArchiveNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("env:/PATH", "ArchiveNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("http://127.0.0.1:1/x.tar", "ArchiveNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("$folder", "UnknownArchiveFormat", ErrorCategory.InvalidData)]
    [InlineData("text.tar", "UnknownArchiveFormat", ErrorCategory.InvalidData)]
    [InlineData("empty.tar", "UnknownArchiveFormat", ErrorCategory.InvalidData)]
    [InlineData("$sample", "UnknownArchiveFormat", ErrorCategory.InvalidData)]
    [InlineData("short.tar", "InvalidArchive", ErrorCategory.InvalidData)]
    [InlineData("b.tar, nope.tar", "ArchiveNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("b.tar, short.tar", "InvalidArchive", ErrorCategory.InvalidData)]
    [InlineData("b.tar -Reference UPPER", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("-InputBytes ([byte[]](1..100))", "UnknownArchiveFormat", ErrorCategory.InvalidData)]
    [InlineData("-InputBytes ([byte[]]$lower[0..60000])", "InvalidArchive", ErrorCategory.InvalidData)]
    public void Refuses_and_makes_no_image_of_less(string arguments, string error, ErrorCategory category)
    {
        File.WriteAllText(_session.Combine("text.tar"), new string('x', 2000));
        File.WriteAllBytes(_session.Combine("empty.tar"), []);
        File.WriteAllBytes(_session.Combine("short.tar"), _lower[..60_000]);

        ScriptResult result = _session.Run($"Import-ContainerImage -RootFileSystem {arguments}");

        Assert.Equal($"{error},{Command}", result.ShouldFail(error, category).FullyQualifiedErrorId);
        Assert.Empty(result.Objects);
        Assert.Empty(_session.Names());
        Assert.Empty(_session.Blobs);
        Assert.Empty(_session.Ingests);
    }

    [Theory]
    [InlineData("-Change 'USER a', 'FOO b'", "InvalidInstruction", "FOO b", "'FOO b': 'FOO' is none of the instructions that are taken here: USER, EXPOSE, ENV, ENTRYPOINT, CMD, VOLUME, WORKDIR, LABEL, STOPSIGNAL, ONBUILD.", "such as RUN and COPY, is done in the root file system before")]
    [InlineData("-Change 'LABEL a b'", "InvalidInstruction", "LABEL a b", "'LABEL a b': 'a' has no '='; key=value is wanted, once or more often, with quotes around what has spaces.", "Write it as in: LABEL maintainer=ops")]
    [InlineData("-ExposedPort 80, 1/icmp", "InvalidInstruction", "1/icmp", "-ExposedPort: '1/icmp' is no port; port[-port][/protocol] is wanted, ports from 1 to 65535, the protocol tcp, udp or sctp.", "Write it as in: -ExposedPort 80, 53/udp")]
    [InlineData("-Volume ''", "InvalidInstruction", "", "-Volume: A volume is a path, and this one is empty.", "Write it as in: -Volume /data")]
    [InlineData("-Environment @{ 'a=b' = 1 }", "InvalidInstruction", "a=b", "-Environment: 'a=b' is no name of a variable; one without '=' is wanted.", "Write it as in: -Environment @{ LANG = 'C.UTF-8' }")]
    [InlineData("-Label @{ '' = 1 }", "InvalidInstruction", "", "-Label: The key of a label is empty.", "Write it as in: -Label @{ maintainer = 'ops' }")]
    [InlineData("-Annotation @{ '' = 1 }", "InvalidInstruction", "", "-Annotation: The key of an annotation is empty, and its value is '1'.", "Write it as in: -Annotation @{ 'org.opencontainers.image.title' = 'app' }")]
    [InlineData("-User 'a b'", "InvalidInstruction", "a b", "-User: 'a b' is no user; user[:group] is wanted, names or numbers.", "Write it as in: -User 1000:1000")]
    [InlineData("-StopSignal FOO", "InvalidInstruction", "FOO", "-StopSignal: 'FOO' is no signal; a name such as SIGTERM or RTMIN+3 is wanted, or a number from 1 to 64.", "Write it as in: -StopSignal SIGINT")]
    [InlineData("-Platform linux", "InvalidPlatform", null, "'linux' is not a platform", "A platform is os/architecture[/variant]")]
    [InlineData("-Platform linux/*", "InvalidPlatform", null, "'linux/*' is not a platform", "A platform is os/architecture[/variant]")]
    [InlineData("-Platform linux/amd64, linux/arm64", "InvalidPlatform", null, "A root file system is for one platform, and 2 are given: linux/amd64, linux/arm64.", "A platform is os/architecture[/variant]")]
    public void Bad_arguments_end_the_call_before_anything_is_read(string arguments, string error, string? target, string message, string advice)
    {
        ErrorRecord record = _session.Run($"Import-ContainerImage -RootFileSystem nope.tar {arguments}")
            .ShouldFail(error, ErrorCategory.InvalidArgument);

        Assert.Contains(message, record.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(advice, record.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        if (target is not null)
        {
            Assert.Equal(target, record.TargetObject.ToString());
        }

        Assert.False(Directory.Exists(_session.Store));
    }

    [Theory]
    [InlineData("-RootFileSystem b.tar -Image x", "AmbiguousParameterSet")]
    [InlineData("-RootFileSystem b.tar -ThrottleLimit 2", "AmbiguousParameterSet")]
    [InlineData("b.tar -Change 'USER x'", "MissingMandatoryParameter")]
    public void What_is_for_one_way_of_importing_is_not_for_the_other(string arguments, string error) =>
        _session.Run($"Import-ContainerImage {arguments}").ShouldFail(error, ErrorCategory.InvalidArgument);

    [Fact]
    public void A_switch_that_is_off_imports_images() =>
        Assert.Equal([StoreSession.SampleId], _session.Texts("(Import-ContainerImage -RootFileSystem:$false $sample).Id"));

    [Fact]
    public void An_archive_of_images_is_said_to_be_one() => Assert.Equal(
        $"'{StoreSession.Sample}' is an archive of images, and no root file system: it has 'manifest.json', and nothing but images.",
        _session.Run("Import-ContainerImage -RootFileSystem $sample").ShouldFail("UnknownArchiveFormat", ErrorCategory.InvalidData).Exception.Message);

    private static string[] DiffIds(string layers) =>
        [.. layers.Split(' ').Select(name => "sha256:" + ArchiveFixture.Hash(name == "lower" ? _lower : _upper))];

    private void Write(string name, byte[] tar, int day)
    {
        File.WriteAllBytes(_session.Combine(name), tar);
        File.SetLastWriteTimeUtc(_session.Combine(name), new DateTime(2026, 1, day, 0, 0, 0, DateTimeKind.Utc));
    }
}
