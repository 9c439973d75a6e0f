using System;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.Json;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Save-ContainerImage.</summary>
public sealed class SaveContainerImageTests : IDisposable
{
    private static readonly ArchiveImage _one = new("one")
    {
        Names = ["localhost/team/one:1", "localhost/team/one:2", "quay.io/one:1"],
        Day = 1,
    };

    private static readonly ArchiveImage _two = new("two") { Names = ["localhost/team/two:1"], Day = 2 };

    private readonly StoreSession _session = new(_one, _two);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Save-ContainerImage team/one:1 -Destination x.tar", "localhost/team/one:1")]
    [InlineData("Save-ContainerImage team/one:2, quay.io/one:1 -Destination ./x.tar", "localhost/team/one:2 quay.io/one:1")]
    [InlineData("Save-ContainerImage -Reference team/* -DestinationPath ./x.tar", "localhost/team/two:1 localhost/team/one:1 localhost/team/one:2")]
    [InlineData("Get-ContainerImage team/one* | Save-ContainerImage -OutFile \"$folder/x.tar\"", "localhost/team/one:1 localhost/team/one:2")]
    [InlineData("Save-ContainerImage (Get-ContainerImage team/one:2) -Destination x.tar", "localhost/team/one:2")]
    [InlineData("Save-ContainerImage -Id $one -Destination x.tar", "localhost/team/one:1 localhost/team/one:2 quay.io/one:1")]
    [InlineData("Get-ContainerImage | Save-ContainerImage -Destination x.tar", "localhost/team/two:1 localhost/team/one:1 localhost/team/one:2 quay.io/one:1")]
    [InlineData("'team/two:1', 'team/one:1' | Save-ContainerImage -Destination x.tar -Format docker-archive", "localhost/team/two:1 localhost/team/one:1")]
    [InlineData("Save-ContainerImage team/one:1 -Tag extra, quay.io/x:2 -Destination x.tar", "localhost/team/one:1 localhost/extra:latest quay.io/x:2")]
    [InlineData("Save-ContainerImage team/one:1, team/one:1 -Destination x.tar", "localhost/team/one:1")]
    public void Writes_these_names_into_one_archive_silently(string script, string names)
    {
        _session.Set("one", _one.Id);

        Assert.Empty(_session.Run(script).ShouldSucceed().Transcript);

        Assert.Equal(names.Split(' '), SavedNames("x.tar"));
        Assert.Empty(_session.Ingests);
        Assert.Equal(
            ["first.tar", "x.tar"],
            Directory.GetFiles(_session.Folder).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("docker-archive", "x")]
    [InlineData("oci-archive", "x")]
    [InlineData("OCI-Archive", "x")]
    [InlineData("oci-dir", "x")]
    [InlineData("dir", "x")]
    [InlineData("docker-dir", "x")]
    public void What_is_saved_can_be_imported(string format, string destination)
    {
        _session.Run($"Save-ContainerImage team/two:1 -Destination {destination} -Format {format}").ShouldSucceed();

        Assert.Equal([_two.Id], _session.Texts($"(Import-ContainerImage {destination} -StorePath ./other).Id"));
    }

    [Fact]
    public void PassThru_emits_the_file_or_folder()
    {
        Assert.Equal(
            ["FileInfo", _session.Combine("x.tar")],
            _session.Texts("Save-ContainerImage team/two:1 -Destination x.tar -PassThru | ForEach-Object { $_.GetType().Name, $_.FullName }"));
        Assert.Equal(
            ["DirectoryInfo", _session.Combine("x")],
            _session.Texts("Save-ContainerImage team/two:1 -Destination x -Format dir -PassThru | ForEach-Object { $_.GetType().Name, $_.FullName }"));
        Assert.Equal(
            [_two.Id],
            _session.Texts("(Save-ContainerImage team/two:1 -Destination y.tar -PassThru | Import-ContainerImage).Id"));
    }

    [Theory]
    [InlineData("Save-ContainerImage team/one:2, team/two:1", "one_2.tar")]
    [InlineData("Save-ContainerImage team/two:1 -Format oci-archive", "two_1.tar")]
    [InlineData("Remove-ImageTag team/two:1; Get-ContainerImage -Dangling | Save-ContainerImage", null)]
    public void In_an_existing_folder_the_archive_is_named_after_the_image(string script, string? name)
    {
        Directory.CreateDirectory(_session.Combine("archives"));

        _session.Run($"{script} -Destination ./archives").ShouldSucceed();

        Assert.Equal(name ?? _two.ShortId + ".tar", Path.GetFileName(Directory.GetFiles(_session.Combine("archives")).Single()));
    }

    [Fact]
    public void A_file_that_is_there_is_replaced_by_force_only()
    {
        File.WriteAllText(_session.Combine("x.tar"), "mine");

        ErrorRecord error = _session.Run("Save-ContainerImage team/two:1 -Destination x.tar")
            .ShouldFail("DestinationExists", ErrorCategory.ResourceExists);
        Assert.Equal("DestinationExists,ContainerImages.Commands.SaveContainerImageCommand", error.FullyQualifiedErrorId);
        Assert.Equal("x.tar", error.TargetObject);
        Assert.Contains("-Force", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_session.Combine("x.tar")));

        _session.Run("Save-ContainerImage team/two:1 -Destination x.tar -Force").ShouldSucceed();
        Assert.Equal(["localhost/team/two:1"], SavedNames("x.tar"));
    }

    [Fact]
    public void A_folder_that_is_there_is_replaced_by_force_and_if_it_is_of_that_format_only()
    {
        _session.Run("Save-ContainerImage team/one:1 -Destination x -Format oci-dir").ShouldSucceed();
        Directory.CreateDirectory(_session.Combine("mine"));
        File.WriteAllText(_session.Combine("mine/file"), "mine");

        _session.Run("Save-ContainerImage team/two:1 -Destination x -Format oci-dir")
            .ShouldFail("DestinationExists", ErrorCategory.ResourceExists);
        _session.Run("Save-ContainerImage team/two:1 -Destination mine -Format oci-dir -Force")
            .ShouldFail("DestinationExists", ErrorCategory.ResourceExists);
        Assert.Equal("mine", File.ReadAllText(_session.Combine("mine/file")));
        _session.Run("Save-ContainerImage team/two:1 -Destination x -Format oci-dir -Force").ShouldSucceed();
        Assert.Equal(["localhost/team/two:1"], _session.Texts("(Import-ContainerImage x -StorePath ./other).Names"));
    }

    [Theory]
    [InlineData("Save-ContainerImage nope -Destination x.tar", "ImageNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Save-ContainerImage team/one:1, team/two:1 -Tag t -Destination x.tar", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Save-ContainerImage team/one:1 -Tag UPPER -Destination x.tar", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Save-ContainerImage team/one:1 -AllPlatforms -Destination x.tar", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Save-ContainerImage team/one:1 -Format oci-archive -AllPlatforms -Platform linux/amd64 -Destination x.tar", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Save-ContainerImage team/one:1 -Platform nonsense -Destination x.tar", "InvalidPlatform", ErrorCategory.InvalidArgument)]
    [InlineData("Save-ContainerImage team/one:1 -Platform linux/s390x -Destination x.tar", "PlatformNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Save-ContainerImage team/one:1 -Destination ./no/such/x.tar", "DestinationNotWritable", ErrorCategory.PermissionDenied)]
    [InlineData("Save-ContainerImage team/one:1 -Destination env:/x.tar", "DestinationNotWritable", ErrorCategory.PermissionDenied)]
    [InlineData("Save-ContainerImage team/one:1 -Destination nodrive:/x.tar", "DestinationNotWritable", ErrorCategory.PermissionDenied)]
    [InlineData("Save-ContainerImage team/one:1 -Destination FileSystem::x.tar", "DestinationNotWritable", ErrorCategory.PermissionDenied)]
    [InlineData("Save-ContainerImage nope:* -Destination x.tar", null, default(ErrorCategory))]
    public void Refuses_and_leaves_nothing(string script, string? error, ErrorCategory category)
    {
        ScriptResult result = _session.Run(script);

        if (error is null)
        {
            Assert.Empty(result.ShouldSucceed().Transcript);
        }
        else
        {
            result.ShouldFail(error, category);
        }

        Assert.Equal([_session.Combine("first.tar")], Directory.GetFiles(_session.Folder));
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("-Force")]
    public void A_pipe_is_not_replaced_and_so_no_device(string force)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux says what is a pipe.");
        Tool.Run("mkfifo", [_session.Combine("pipe")]);

        _session.Run($"Save-ContainerImage team/one:1 -Destination ./pipe {force}").ShouldFail("DestinationExists", ErrorCategory.ResourceExists);

        Assert.Equal("fifo", Tool.Run("stat", ["-c", "%F", _session.Combine("pipe")]).Output);
        Assert.Equal(["first.tar", "pipe"], Directory.GetFiles(_session.Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void An_error_names_the_file_that_was_asked_for_and_no_other()
    {
        ErrorRecord error = _session.Run("Save-ContainerImage team/one:1 -Destination \"./$('x' * 300).tar\"")
            .ShouldFail("DestinationNotWritable", ErrorCategory.PermissionDenied);

        Assert.StartsWith($"'{_session.Combine(new string('x', 300) + ".tar")}' cannot be written: ", error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("partial", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_save_that_fails_in_the_middle_leaves_the_old_file_or_none()
    {
        File.Delete(_session.Blobs.Single(file => file.EndsWith(ArchiveFixture.Hash(_two.Layers[0]), StringComparison.Ordinal)));
        File.WriteAllText(_session.Combine("old.tar"), "old");

        _session.Run("Save-ContainerImage team/one:1, team/two:1 -Destination x.tar")
            .ShouldFail("ContentMissing", ErrorCategory.ObjectNotFound);
        _session.Run("Save-ContainerImage team/one:1, team/two:1 -Destination old.tar -Force")
            .ShouldFail("ContentMissing", ErrorCategory.ObjectNotFound);

        Assert.Equal("old", File.ReadAllText(_session.Combine("old.tar")));
        Assert.Equal(["first.tar", "old.tar"], Directory.GetFiles(_session.Folder).Select(Path.GetFileName).Order());
        Assert.Empty(_session.Ingests);
    }

    [Fact]
    public void A_bad_item_does_not_stop_the_rest()
    {
        _session.Run("Save-ContainerImage nope, team/two:1 -Destination x.tar")
            .ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);

        Assert.Equal(["localhost/team/two:1"], SavedNames("x.tar"));
    }

    [Fact]
    public void What_if_says_how_many_and_where_and_writes_nothing()
    {
        string path = _session.Combine("both.tar");

        _session.Run("Save-ContainerImage team/one:1, team/two:1 -Destination ./both.tar -WhatIf").ShouldSucceed().Transcript
            .ShouldBe($"""What if: Performing the operation "Save 2 images as docker-archive" on target "{path}".""");
        _session.Run("Save-ContainerImage team/one:* -Destination ./both.tar -Format OCI-archive -WhatIf")
            .ShouldSucceed().Transcript
            .ShouldBe($"""What if: Performing the operation "Save 1 image as oci-archive" on target "{path}".""");
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void What_is_declined_is_not_written()
    {
        _session.Answers.Enqueue("No");

        _session.Run("Get-ContainerImage | Save-ContainerImage -Destination x.tar -Confirm").ShouldSucceed();

        Assert.False(File.Exists(_session.Combine("x.tar")));
    }

    [Fact]
    public void Images_of_several_stores_go_into_one_archive()
    {
        _session.Run("Save-ContainerImage team/two:1 -Destination two.tar; Import-ContainerImage two.tar -Reference far:1 -StorePath ./far")
            .ShouldSucceed();

        // What is typed as a default store would win over the images' own.
        _session.Run("""
            $images = @(Get-ContainerImage team/one:1) + (Get-ContainerImage far:1 -StorePath ./far)
            $PSDefaultParameterValues.Clear()
            $images | Save-ContainerImage -Destination x.tar
            """).ShouldSucceed();

        Assert.Equal(["localhost/team/one:1", "localhost/far:1"], SavedNames("x.tar"));
    }

    [Fact]
    public void Of_a_multi_platform_image_OCI_formats_take_all_and_Docker_formats_one()
    {
        using StoreSession session = StoreSession.WithPlatforms(out ArchiveImage amd64, out ArchiveImage arm64);
        string Imported(string arguments, string file)
        {
            session.Run($"Save-ContainerImage {arguments} -Destination ./{file}").ShouldSucceed();
            return string.Join(' ', session.Texts($"(Import-ContainerImage ./{file} -StorePath ./store-{file}).Id"));
        }

        Assert.Equal($"{amd64.Id} {arm64.Id}", Imported("multi:1 -Format oci-archive", "1"));
        Assert.Equal($"{amd64.Id} {arm64.Id}", Imported("multi:1 -Format oci-dir -AllPlatforms", "2"));
        Assert.Equal($"{amd64.Id} {arm64.Id}", Imported("(Get-ContainerImage multi:1 -AllPlatforms) -Format oci-archive", "3"));
        Assert.Equal(arm64.Id, Imported("multi:1 -Format oci-archive -Platform linux/arm64", "4"));
        Assert.Equal(arm64.Id, Imported("multi:1 -Platform linux/arm64", "5"));
        Assert.Equal(arm64.Id, Imported("(Get-ContainerImage multi:1) -Platform linux/arm64", "7"));
        Assert.Equal(arm64.Id, Imported("(Get-ContainerImage -AllPlatforms) -Platform linux/arm64", "8"));
        Assert.Equal(arm64.Id, Imported("(Get-ContainerImage multi:1 -Platform linux/arm64)", "6"));
    }

    [Theory]
    [InlineData("docker-archive")]
    [InlineData("docker-dir")]
    [InlineData("dir")]
    public void What_refers_to_images_goes_into_formats_that_have_a_place_for_it(string format)
    {
        ScriptResult result = _session.Run($"Save-ContainerImage team/two:1 -Destination x -Format {format} -IncludeReferrers");

        Assert.StartsWith("ConflictingParameter,", (result.TerminatingError ?? result.Errors.Single()).FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.False(File.Exists(_session.Combine("x")) || Directory.Exists(_session.Combine("x")));
        _session.Run("Save-ContainerImage team/two:1 -Destination y.tar -Format oci-archive -IncludeReferrers").ShouldSucceed();
    }

    [Fact]
    public void Formats_are_a_closed_set()
    {
        ScriptResult result = _session.Run("Save-ContainerImage team/two:1 -Destination x.tar -Format zip");

        Assert.Equal(
            "ParameterArgumentValidationError",
            (result.TerminatingError ?? result.Errors.Single()).FullyQualifiedErrorId.Split(',')[0]);
    }

    /// <summary>The names in a docker-archive, in its order.</summary>
    private string[] SavedNames(string archive)
    {
        using TarReader tar = new(File.OpenRead(_session.Combine(archive)));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name == "manifest.json")
            {
                return [.. JsonDocument.Parse(entry.DataStream!).RootElement.EnumerateArray()
                    .SelectMany(image => image.GetProperty("RepoTags").EnumerateArray())
                    .Select(name => name.GetString()!)];
            }
        }

        throw new InvalidDataException("There is no manifest.json.");
    }
}
