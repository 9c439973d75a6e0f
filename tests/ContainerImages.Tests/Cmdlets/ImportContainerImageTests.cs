using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Import-ContainerImage from files and folders, and what of them is taken.</summary>
public sealed class ImportContainerImageTests : IDisposable
{
    private const string Command = "ContainerImages.Commands.ImportContainerImageCommand";

    private static readonly ArchiveImage _one = new("one") { Names = ["docker.io/library/one:1", "localhost/one:2"], Day = 1 };
    private static readonly ArchiveImage _two = new("two") { Names = ["quay.io/two:1"], Day = 2 };
    private static readonly ArchiveImage _nameless = new("nameless") { Day = 3 };

    private readonly StoreSession _session = new();

    public ImportContainerImageTests()
    {
        _session.Write("a[1].tar", _one);
        _session.Write("a1.tar", _two);
        _session.Write("all.tar", _one, _two, _nameless);
    }

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Import-ContainerImage ./a1.tar", "two")]
    [InlineData("Import-ContainerImage -Path a1.tar", "two")]
    [InlineData("Import-ContainerImage \"$folder/a1.tar\"", "two")]
    [InlineData("Import-ContainerImage FileSystem::$folder/a1.tar", "two")]
    [InlineData("Import-ContainerImage a[1].tar", "two")]
    [InlineData("Import-ContainerImage 'a`[1`].tar'", "one")]
    [InlineData("Import-ContainerImage a?.tar", "two")]
    [InlineData("Import-ContainerImage -LiteralPath 'a[1].tar'", "one")]
    [InlineData("Import-ContainerImage -LP 'a[1].tar', a1.tar", "one two")]
    [InlineData("Import-ContainerImage a*1*.tar", "two one")]
    [InlineData("'a1.tar', 'a`[1`].tar' | Import-ContainerImage", "two one")]
    [InlineData("[pscustomobject]@{ Path = 'a1.tar' } | Import-ContainerImage", "two")]
    [InlineData("[pscustomobject]@{ PSPath = \"Microsoft.PowerShell.Core\\FileSystem::$folder/a[1].tar\"; Name = 'x' } | Import-ContainerImage", "one")]
    [InlineData("$ExecutionContext.InvokeProvider.ChildItem.Get(\"$folder/a*.tar\", $false) | Where-Object Name -ne 'all.tar' | Import-ContainerImage", "one two")]
    [InlineData("ipcimg all.tar", "one two nameless")]
    public void Takes_files_by_path_and_by_literal_path(string script, string images)
    {
        string[] ids = _session.Texts($"({script}).Id");

        Assert.Equal(images.Split(' ').Order(), ids.Select(NameOf).Order());
        Assert.Equal(ids.Distinct().Order(), _session.Texts("(Get-ContainerImage).Id").Order());
    }

    [Fact]
    public void Takes_paths_on_drives_of_the_session()
    {
        _session.Run("""
            $files = $ExecutionContext.SessionState.Provider.GetOne('FileSystem')
            $null = $ExecutionContext.SessionState.Drive.New([System.Management.Automation.PSDriveInfo]::new('images', $files, $folder, '', $null), 'Global')
            """).ShouldSucceed();

        Assert.Equal([_two.Id], _session.Texts("(Import-ContainerImage images:/a1.tar).Id"));
        Assert.Equal([_one.Id], _session.Texts("(Import-ContainerImage -LiteralPath 'images:/a[1].tar').Id"));
    }

    [Fact]
    public void Emits_an_image_for_each_in_the_archive_with_the_names_it_has_there()
    {
        Assert.Equal(["docker.io/library/one:1", "quay.io/two:1", _nameless.Id], _session.Texts("Import-ContainerImage all.tar"));
        Assert.Equal(
            ["docker.io/library/one:1", "localhost/one:2"],
            _session.Texts("(Import-ContainerImage -LiteralPath 'a[1].tar').MatchedNames"));
        Assert.Equal(["<none>", "docker.io/library/one:1", "localhost/one:2", "quay.io/two:1"], _session.Names());
        Assert.Empty(_session.Ingests);
    }

    [Theory]
    [InlineData("all.tar -Image '@0'", "one")]
    [InlineData("all.tar -Image '@2'", "nameless")]
    [InlineData("all.tar -Image two:1", "two")]
    [InlineData("all.tar -Image one:1, '@1'", "one two")]
    [InlineData("all.tar -Image localhost/one:2", "one")]
    [InlineData("all.tar -Image $two.Substring(0, 6)", "two")]
    [InlineData("all.tar -Image \"sha256:$two\", two:1", "two")]
    public void Of_several_images_some_can_be_chosen(string arguments, string images)
    {
        _session.Set("two", _two.Id);

        Assert.Equal(images, string.Join(' ', _session.Texts($"(Import-ContainerImage {arguments}).Id").Select(NameOf)));
        Assert.Equal(images.Split(' ').Length, _session.Texts("(Get-ContainerImage).Id").Length);
    }

    [Fact]
    public void References_are_given_instead_of_the_archives_own()
    {
        Assert.Equal(
            ["localhost/team/x:rc"],
            _session.Texts("Import-ContainerImage all.tar -Image one:1 -Reference team/x:rc, quay.io/y"));
        Assert.Equal(["localhost/team/x:rc", "quay.io/y:latest"], _session.Names());
    }

    [Theory]
    [InlineData("all.tar -Image nope", "ImageNotInArchive", ErrorCategory.ObjectNotFound)]
    [InlineData("all.tar -Image '@3'", "ImageNotInArchive", ErrorCategory.ObjectNotFound)]
    [InlineData("all.tar -Reference x:1", "AmbiguousImage", ErrorCategory.InvalidArgument)]
    [InlineData("all.tar -Image '@0', '@1' -Reference x:1", "AmbiguousImage", ErrorCategory.InvalidArgument)]
    [InlineData("a1.tar -Reference UPPER", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("a1.tar -Platform nonsense", "InvalidPlatform", ErrorCategory.InvalidArgument)]
    [InlineData("a1.tar -Platform linux/s390x", "PlatformNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("nope.tar", "ArchiveNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("-LiteralPath nope*.tar", "ArchiveNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("env:/PATH", "ArchiveNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("nodrive:/x.tar", "ArchiveNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("text.tar", "UnknownArchiveFormat", ErrorCategory.InvalidData)]
    [InlineData("empty.tar", "UnknownArchiveFormat", ErrorCategory.InvalidData)]
    [InlineData("rootfs.tar", "UnknownArchiveFormat", ErrorCategory.InvalidData)]
    [InlineData("none.tar", "EmptyArchive", ErrorCategory.InvalidData)]
    [InlineData("short.tar", "InvalidArchive", ErrorCategory.InvalidData)]
    [InlineData("wrong.tar", "ContentMismatch", ErrorCategory.InvalidData)]
    [InlineData("lacking.tar", "ContentMissing", ErrorCategory.ObjectNotFound)]
    public void Refuses_and_leaves_the_store_as_it_was(string arguments, string error, ErrorCategory category)
    {
        File.WriteAllText(_session.Combine("text.tar"), new string('x', 2000));
        File.WriteAllBytes(_session.Combine("empty.tar"), []);
        File.WriteAllBytes(_session.Combine("rootfs.tar"), ArchiveFixture.Tar(("etc/passwd", new byte[100])));
        File.WriteAllBytes(_session.Combine("none.tar"), ArchiveFixture.DockerArchive());
        byte[] archive = ArchiveFixture.DockerArchive(_two);
        File.WriteAllBytes(_session.Combine("short.tar"), archive[..1500]);
        archive[600] ^= 1;
        File.WriteAllBytes(_session.Combine("wrong.tar"), archive);
        byte[] manifest = """[{"Config":"gone.json","RepoTags":[],"Layers":["gone.tar"]}]"""u8.ToArray();
        File.WriteAllBytes(_session.Combine("lacking.tar"), ArchiveFixture.Tar(("manifest.json", manifest)));

        ScriptResult result = _session.Run($"Import-ContainerImage {arguments}");

        Assert.Equal($"{error},{Command}", result.ShouldFail(error, category).FullyQualifiedErrorId);

        Assert.Empty(_session.Names());
        Assert.Empty(_session.Blobs);
        Assert.Empty(_session.Ingests);
    }

    [Theory]
    [InlineData("nothing", "UnknownArchiveFormat", ErrorCategory.InvalidData)]
    [InlineData("no images", "EmptyArchive", ErrorCategory.InvalidData)]
    [InlineData("no JSON", "InvalidArchive", ErrorCategory.InvalidData)]
    [InlineData("a damaged layer", "ContentMismatch", ErrorCategory.InvalidData)]
    [InlineData("no layer", "ContentMissing", ErrorCategory.ObjectNotFound)]
    public void So_it_does_a_folder_that_has(string what, string error, ErrorCategory category)
    {
        string folder = Directory.CreateDirectory(_session.Combine("bad")).FullName;
        if (what != "nothing")
        {
            ArchiveFixture.WriteOciLayout(folder, "localhost/one:1", _one);
        }

        string layer = Path.Combine(folder, "blobs", "sha256", ArchiveFixture.Hash(_one.Layers[0]));
        Action change = what switch
        {
            "no images" => () => File.WriteAllText(Path.Combine(folder, "index.json"), """{"schemaVersion":2,"manifests":[]}"""),
            "no JSON" => () => File.WriteAllText(Path.Combine(folder, "index.json"), "{\"manifests\": ["),
            "a damaged layer" => () => File.WriteAllBytes(layer, [.. File.ReadAllBytes(layer).Select((value, i) => i == 7 ? (byte)(value ^ 1) : value)]),
            "no layer" => () => File.Delete(layer),
            _ => () => { },
        };
        change();

        ErrorRecord record = _session.Run("Import-ContainerImage ./bad").ShouldFail(error, category);

        Assert.Contains("bad", record.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(_session.Names());
        Assert.Empty(_session.Blobs);
        Assert.Empty(_session.Ingests);
    }

    [Fact]
    public void A_wildcard_without_a_match_is_nothing()
    {
        ScriptResult result = _session.Run("Import-ContainerImage nope*.tar");

        Assert.Empty(result.ShouldSucceed().Transcript);
    }

    [Fact]
    public void A_bad_item_does_not_stop_the_rest_and_is_the_target()
    {
        ScriptResult result = _session.Run("'./nope.tar', 'a1.tar' | Import-ContainerImage");

        Assert.Equal("./nope.tar", result.ShouldFail("ArchiveNotFound", ErrorCategory.ObjectNotFound).TargetObject);
        Assert.Equal("quay.io/two:1", result.Objects.Single().ToString());
    }

    [Fact]
    public void Messages_have_the_path_as_it_was_typed()
    {
        File.WriteAllBytes(_session.Combine("text.tar"), new byte[] { 1, 2, 3 });

        _session.Run("Import-ContainerImage ./text.tar").Transcript.ShouldBe($"""
            ERROR: './text.tar' is of no format known here: it begins with the bytes 01 02 03.
                UnknownArchiveFormat,{Command} (InvalidData: ./text.tar)
                Recommendation: Images are imported from docker-archives, OCI archives, OCI layouts and dir folders, and by -RootFileSystem from a root file system's tar.
            """);
    }

    [Fact]
    public void Files_that_are_piped_in_are_shown_without_their_provider()
    {
        File.WriteAllBytes(_session.Combine("text.tar"), [1, 2, 3]);

        ScriptResult result = _session.Run(
            "$files = $ExecutionContext.InvokeProvider.ChildItem.Get(\"$folder/text.tar\", $false); " +
            "$files | Import-ContainerImage -WhatIf; $files | Import-ContainerImage -RootFileSystem -WhatIf; $files | Import-ContainerImage");

        ErrorRecord error = result.ShouldFail("UnknownArchiveFormat", ErrorCategory.InvalidData);
        Assert.StartsWith($"'{_session.Combine("text.tar")}' is of no format", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains($"\"Import images\" on target \"{_session.Combine("text.tar")}\"", result.Transcript, StringComparison.Ordinal);
        Assert.Contains($"\"Import root file system\" on target \"{_session.Combine("text.tar")}\"", result.Transcript, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_is_refused_with_what_fetches_it()
    {
        ErrorRecord error = _session.Run("Import-ContainerImage https://user:secret@registry.example.com/a.tar")
            .ShouldFail("ArchiveNotFound", ErrorCategory.ObjectNotFound);

        Assert.Equal(
            "'https://registry.example.com/a.tar' is an address, and only root file systems are fetched from one; " +
            "fetch an archive by Invoke-WebRequest, and pipe the answer in.",
            error.Exception.Message);
    }

    [Fact]
    public void What_if_says_each_archive_and_reads_none()
    {
        File.WriteAllBytes(_session.Combine("bad.tar"), []);

        _session.Run("Import-ContainerImage ./a1.tar, ./bad.tar -WhatIf; Import-ContainerImage -LiteralPath 'a[1].tar' -WhatIf")
            .ShouldSucceed().Transcript.ShouldBe("""
                What if: Performing the operation "Import images" on target "./a1.tar".
                What if: Performing the operation "Import images" on target "./bad.tar".
                What if: Performing the operation "Import images" on target "a[1].tar".
                """);
        Assert.False(Directory.Exists(_session.Store));
    }

    [Fact]
    public void What_is_declined_is_not_imported()
    {
        _session.Answers.Enqueue("No");
        _session.Answers.Enqueue("Yes");

        Assert.Equal(
            ["quay.io/two:1"],
            _session.Run("Import-ContainerImage -LiteralPath 'a[1].tar', a1.tar -Confirm").Objects.Select(o => o.ToString()));
        Assert.Equal(["quay.io/two:1"], _session.Names());
    }

    [Fact]
    public void Importing_again_changes_nothing_and_emits_the_same()
    {
        string[] first = _session.Texts("(Import-ContainerImage all.tar).Digest");
        string[] blobs = _session.Blobs;

        Assert.Equal(first, _session.Texts("(Import-ContainerImage all.tar).Digest"));
        Assert.Equal(blobs.Order(), _session.Blobs.Order());
    }

    [Fact]
    public void A_name_that_another_image_had_moves()
    {
        _session.Run("Import-ContainerImage a1.tar").ShouldSucceed();

        ScriptResult result = _session.Run("Import-ContainerImage -LiteralPath 'a[1].tar' -Reference quay.io/two:1 -Verbose")
            .ShouldSucceed();

        Assert.Contains(result.Verbose, line => line.Contains("quay.io/two:1", StringComparison.Ordinal));
        Assert.Equal(["<none>", "quay.io/two:1"], _session.Names());
        Assert.Equal([_one.Id], _session.Texts("(Get-ContainerImage two:1).Id"));
    }

    [Fact]
    public void Compressed_archives_are_told_by_their_content()
    {
        using (GZipStream gzip = new(File.Create(_session.Combine("a.tgz")), CompressionLevel.Fastest))
        {
            gzip.Write(ArchiveFixture.DockerArchive(_two));
        }

        Assert.Equal(["quay.io/two:1"], _session.Texts("Import-ContainerImage a.tgz"));
    }

    [Fact]
    public void All_platforms_of_an_archive_are_taken_or_those_asked_for()
    {
        ArchiveImage arm64 = new("arm64") { Architecture = "arm64" };
        ArchiveFixture.WriteOciLayout(_session.Combine("multi"), "localhost/multi:1", _nameless, arm64);

        Assert.Equal(["linux/arm64"], _session.Texts("(Import-ContainerImage multi -Platform linux/arm64).Platform"));
        Assert.Equal([arm64.Id], _session.Texts("(Get-ContainerImage -AllPlatforms).Id"));
        Assert.Equal(["linux/amd64", "linux/arm64"], _session.Texts("(Get-ContainerImage).Platforms"));

        Assert.Equal(["linux/amd64", "linux/arm64"], _session.Texts("(Import-ContainerImage multi).Platform"));
        Assert.Equal(
            ["linux/amd64", "linux/arm64"],
            _session.Texts("(Import-ContainerImage multi -Platform linux/* -StorePath ./other).Platform"));
    }

    private static string NameOf(string id) =>
        id == _one.Id ? "one" : id == _two.Id ? "two" : id == _nameless.Id ? "nameless" : id;
}
