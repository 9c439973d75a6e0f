using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Optimize-ImageStore and Measure-ImageStore.</summary>
public sealed class OptimizeImageStoreTests : IDisposable
{
    private static readonly ArchiveImage _base = new("base") { Day = 1 };
    private static readonly ArchiveImage _child = new("base", "child") { Day = 2 };
    private static readonly ArchiveImage _one = new("shared", "one") { Names = ["docker.io/team/app:1"], Day = 3 };
    private static readonly ArchiveImage _two = new("shared", "two")
    {
        Names = ["docker.io/team/app:2", "localhost/prod:1"],
        Day = 4,
        Labels = new Dictionary<string, string> { ["stage"] = "build-1" },
    };

    private static readonly ArchiveImage _three = new("shared", "three") { Names = ["docker.io/team/app:3"], Day = 5 };

    private readonly StoreSession _session = new(_base, _child, _one, _two, _three);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Without_parameters_it_removes_what_nobody_has_any_use_for()
    {
        long before = _session.Blobs.Sum(file => new FileInfo(file).Length);
        long reclaimable = (long)_session.Run("(Measure-ImageStore).ReclaimableBytes").ShouldSucceed().Objects.Single().BaseObject;

        Assert.Empty(_session.Run("Optimize-ImageStore").ShouldSucceed().Transcript);

        Assert.Equal(["docker.io/team/app:1", "docker.io/team/app:2", "docker.io/team/app:3", "localhost/prod:1"], _session.Names());
        Assert.Equal(before - reclaimable, _session.Blobs.Sum(file => new FileInfo(file).Length));
        Assert.True(reclaimable > 0);
        Assert.Equal(["0", "0"], _session.Texts("Measure-ImageStore | ForEach-Object { $_.ReclaimableBytes; $_.DanglingCount }"));
    }

    [Fact]
    public void PassThru_says_what_was_done() => Assert.Equal(
        [$"Removed {_child.ShortId}", $"{_child.Id}", $"{_base.Id}", "", "True", _session.Store, "Untagged docker.io/team/app:2"],
        _session.Texts("""
            Optimize-ImageStore -PassThru | ForEach-Object { $_; $_.Id; $_.RemovedParents; "$($_.Untagged)"; $_.FreedBytes -gt 3000; $_.StorePath }
            Optimize-ImageStore team/app:2 -All -PassThru | ForEach-Object { $_ }
            """));

    [Fact]
    public void What_if_names_every_image_with_the_bytes_it_gives_back_and_changes_nothing()
    {
        string orphan = PutOrphan(3_100_000);
        string[] before = _session.Blobs;

        _session.Run("Optimize-ImageStore -All -Force -WhatIf").ShouldSucceed().Transcript.ShouldBe($"""
            What if: Performing the operation "Remove unreferenced content (3.1 MB)" on target "{_session.Store}".
            What if: Performing the operation "Remove image (678 B)" on target "{_base.ShortId}".
            What if: Performing the operation "Remove image (5.1 kB)" on target "{_child.ShortId}".
            What if: Performing the operation "Remove image (3.0 kB)" on target "team/app:1 ({_one.ShortId})".
            What if: Performing the operation "Remove image (3.0 kB)" on target "team/app:2 ({_two.ShortId})".
            What if: Performing the operation "Remove image (5.1 kB)" on target "team/app:3 ({_three.ShortId})".
            """);

        Assert.Equal(before, _session.Blobs);
        Assert.True(File.Exists(orphan));
        _session.Run("$WhatIfPreference = $true; Optimize-ImageStore -All; $WhatIfPreference = $false").ShouldSucceed();
        Assert.Equal(before, _session.Blobs);
    }

    [Theory]
    [InlineData("Optimize-ImageStore -All -WhatIf", 5)]
    [InlineData("Optimize-ImageStore -Keep 1 -WhatIf", 4)]
    [InlineData("Optimize-ImageStore team/* -Keep 2 -WhatIf", 1)]
    [InlineData("Optimize-ImageStore -MaximumSize 1 -WhatIf", 5)]
    public void Every_image_is_a_question_of_its_own(string script, int questions) =>
        Assert.Equal(questions, _session.Run(script).Transcript.Split('\n').Count(line => line.StartsWith("What if:", StringComparison.Ordinal)));

    [Fact]
    public void What_is_declined_stays()
    {
        _session.Run("Add-ImageTag $((Get-ContainerImage -Dangling).Id) child:1").ShouldSucceed();
        _session.Answers.Enqueue("No");
        _session.Answers.Enqueue("Yes");
        _session.Answers.Enqueue("No");

        ScriptResult result = _session.Run("Optimize-ImageStore child*, team/app:1, team/app:3 -All -Confirm").ShouldSucceed();

        // The base is freed by no answer.
        Assert.Equal(3, result.Transcript.Split('\n').Count(line => line.StartsWith("Performing", StringComparison.Ordinal)));
        Assert.Equal(["<none>", "docker.io/team/app:2", "docker.io/team/app:3", "localhost/child:1", "localhost/prod:1"], _session.Names());
    }

    [Fact]
    public void A_parent_that_is_declined_stays()
    {
        _session.Answers.Enqueue("Yes");
        _session.Answers.Enqueue("No");

        Assert.Equal(
            [$"Removed {_child.ShortId}", "0"],
            _session.Texts("Optimize-ImageStore -Confirm -PassThru | ForEach-Object { $_; $_.RemovedParents.Count }").Where(text => text.Length > 0));
        Assert.Equal([_base.Id], _session.Texts("(Get-ContainerImage -Dangling).Id"));
    }

    [Theory]
    [InlineData("Optimize-ImageStore -All", "")]
    [InlineData("Prune-ImageStore -All", "")]
    [InlineData("Optimize-ImageStore -Keep 1", "docker.io/team/app:3 localhost/prod:1")]
    [InlineData("Optimize-ImageStore team/* -Keep 2", "<none> docker.io/team/app:2 docker.io/team/app:3 localhost/prod:1")]
    [InlineData("Optimize-ImageStore 'team/app:[12]' -All", "<none> docker.io/team/app:3 localhost/prod:1")]
    [InlineData("Optimize-ImageStore team/app -All", "<none> localhost/prod:1")]
    [InlineData("Optimize-ImageStore -All -Until '2026-01-04T00:00:00Z'", "docker.io/team/app:2 docker.io/team/app:3 localhost/prod:1")]
    [InlineData("Optimize-ImageStore -All -Label stage=build*", "<none> docker.io/team/app:1 docker.io/team/app:3")]
    [InlineData("Optimize-ImageStore -Label stage", "<none> docker.io/team/app:1 docker.io/team/app:2 docker.io/team/app:3 localhost/prod:1")]
    [InlineData("Optimize-ImageStore -MaximumSize 10000", "docker.io/team/app:2 docker.io/team/app:3 localhost/prod:1")]
    public void Which_images_go_can_be_said(string script, string left)
    {
        _session.Run(script).ShouldSucceed();

        Assert.Equal(left.Split(' ', StringSplitOptions.RemoveEmptyEntries), _session.Names().Distinct());
    }

    [Fact]
    public void A_store_that_cannot_be_made_so_small_is_warned_about()
    {
        _session.Run("$null = New-ImageLease team/app:3 -Name web1").ShouldSucceed();

        ScriptResult result = _session.Run("Optimize-ImageStore -MaximumSize 1000").ShouldSucceed();

        Assert.Equal(
            [$"The store '{_session.Store}' has 4.1 kB more than -MaximumSize allows: what is left may not go."], result.Warnings);
        Assert.Equal(["docker.io/team/app:3"], _session.Names());
    }

    [Fact]
    public void Leased_images_stay_without_force()
    {
        _session.Run("$null = New-ImageLease team/app:1 -Name web1; $null = New-ImageLease team/app:2 -Name old -Until ([datetime]::Now.AddDays(-1)) -WarningAction Ignore").ShouldSucceed();

        ScriptResult result = _session.Run("Optimize-ImageStore team/* -Keep 1 -Verbose").ShouldSucceed();

        Assert.Contains($"Image {_one.ShortId} stays: a lease holds it.", result.Verbose);
        Assert.Equal(["docker.io/team/app:1", "docker.io/team/app:3", "localhost/prod:1"], _session.Names().Except(["<none>"]));
        Assert.Equal(["web1"], _session.Texts("Get-ImageLease"));
        _session.Run("Optimize-ImageStore team/* -Keep 1 -Force").ShouldSucceed();
        Assert.Equal(["docker.io/team/app:3", "localhost/prod:1"], _session.Names().Except(["<none>"]));
    }

    [Fact]
    public void Expired_leases_are_asked_about_and_cleared()
    {
        _session.Run("Optimize-ImageStore; $null = New-ImageLease team/*, prod:1 -Name old -Until ([datetime]::Now.AddDays(-1)) -WarningAction Ignore").ShouldSucceed();

        _session.Run("Optimize-ImageStore -WhatIf").ShouldSucceed().Transcript
            .ShouldBe("What if: Performing the operation \"Remove expired lease\" on target \"old\".");
        Assert.Equal(3, _session.Texts("Get-ImageLease").Length);

        _session.Run("Optimize-ImageStore").ShouldSucceed();
        Assert.Empty(_session.Texts("Get-ImageLease"));
    }

    [Fact]
    public void Young_blobs_that_nothing_leads_to_stay_without_force_and_old_ones_go()
    {
        string young = PutOrphan(10);
        string old = PutOrphan(20);
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));

        Assert.Contains("Removed unreferenced content: 20 B.", _session.Run("Optimize-ImageStore -Verbose").ShouldSucceed().Verbose);
        Assert.Equal((true, false), (File.Exists(young), File.Exists(old)));

        _session.Run("Optimize-ImageStore -Force").ShouldSucceed();
        Assert.False(File.Exists(young));
    }

    [Fact]
    public void Nothing_to_do_is_nothing_done()
    {
        _session.Run("Optimize-ImageStore").ShouldSucceed();
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(_session.Store, "index.json"));

        Assert.Empty(_session.Run("Optimize-ImageStore -PassThru; Optimize-ImageStore -StorePath ./none; Optimize-ImageStore nothing* -All").ShouldSucceed().Transcript);

        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(_session.Store, "index.json")));
        Assert.False(Directory.Exists(_session.Combine("none")));
    }

    [Theory]
    [InlineData("Optimize-ImageStore -All -Keep 1", "ConflictingParameter")]
    [InlineData("Optimize-ImageStore -All -MaximumSize 1GB", "ConflictingParameter")]
    [InlineData("Optimize-ImageStore '[' -All", "InvalidReference")]
    [InlineData("Optimize-ImageStore -Keep 0", "ParameterArgumentValidationError")]
    [InlineData("Optimize-ImageStore -Keep $unset", "ParameterArgumentValidationError")]
    [InlineData("Optimize-ImageStore -MaximumSize $unset", "ParameterArgumentValidationError")]
    [InlineData("Optimize-ImageStore -All -Until $unset", "ParameterArgumentValidationError")]
    [InlineData("Optimize-ImageStore $unset -All", "ParameterArgumentValidationError")]
    [InlineData("Optimize-ImageStore -All -Label $unset", "ParameterArgumentValidationError")]
    [InlineData("Optimize-ImageStore -All -Reference @()", "ParameterArgumentValidationError")]
    public void What_is_not_clear_removes_nothing(string script, string error)
    {
        int blobs = _session.Blobs.Length;

        ScriptResult result = _session.Run(script);

        Assert.Equal(error, result.Errors.Single().FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(blobs, _session.Blobs.Length);
    }

    [Fact]
    public void Text_and_images_in_the_pipeline_are_no_patterns()
    {
        _session.Run("'team/*' | Optimize-ImageStore -All -ErrorAction Stop");
        Assert.Equal(6, _session.Names().Length);

        // Of images the store is taken, once.
        Assert.Equal(2, _session.Texts("""
            $images = Get-ContainerImage team/*
            $PSDefaultParameterValues.Clear()
            $images | Optimize-ImageStore -Keep 2 -PassThru
            """).Length);
    }

    [Fact]
    public void A_measurement_leads_to_its_store()
    {
        _session.Run("$null = Import-ContainerImage $sample -StorePath ./second; Remove-ImageTag greeting -StorePath ./second").ShouldSucceed();

        _session.Run("$PSDefaultParameterValues.Clear(); Measure-ImageStore -StorePath ./second | Optimize-ImageStore").ShouldSucceed();

        Assert.Equal(["0"], _session.Texts("(Measure-ImageStore -StorePath ./second).TotalBytes"));
        Assert.Equal(6, _session.Texts("Get-ContainerImage -StorePath $store | ForEach-Object { if ($_.Names) { $_.Names } else { '<none>' } }").Length);
    }

    [Fact]
    public void A_measurement_is_a_list_with_sizes_for_people() => _session.RunFormatted("Measure-ImageStore").ShouldSucceed().Transcript.ShouldBe($"""
        StorePath        : {_session.Store}
        ImageCount       : 5
        TagCount         : 4
        DanglingCount    : 1
        BlobCount        : 16
        TotalBytes       : 16.8 kB
        SharedBytes      : 4.1 kB
        UniqueBytes      : 12.7 kB
        ReclaimableBytes : 5.7 kB
        LeaseCount       : 0
        IngestCount      : 0
        """);

    [Fact]
    public void A_measurement_is_made_by_hand_for_tests() => Assert.Equal(
        ["/srv/store", "5", "0", "True"],
        _session.Texts("""
            $found = [ContainerImages.StoreMeasurement]@{ StorePath = '/srv/store'; ImageCount = 5; ReclaimableBytes = 5GB }
            "$found"; $found.ImageCount; $found.TagCount; $found.ReclaimableBytes -eq 5GB
            """));

    private string PutOrphan(int size)
    {
        byte[] bytes = new byte[size];
        string path = Path.Combine(_session.Store, "blobs", "sha256", ArchiveFixture.Hash(bytes));
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
