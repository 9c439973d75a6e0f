using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Copies that need no registry: between archives, folders and stores.</summary>
[Collection(ProcessState.Name)]
public sealed class CopyContainerImageTests : IDisposable
{
    private readonly RegistrySession _registries = new();
    private readonly StoreSession _session;

    public CopyContainerImageTests()
    {
        // What this machine says of registries must not count.
        _session = new StoreSession(_registries.Session);
        _session.Run("$PSDefaultParameterValues['*-*Image*:StorePath'] = $store; Import-ContainerImage $sample").ShouldSucceed();
    }

    public void Dispose()
    {
        _session.Dispose();
        _registries.Dispose();
    }

    [Theory]
    [InlineData("Copy-ContainerImage store:greeting oci:./to")]
    [InlineData("cpcimg store:greeting oci:./to:localhost/greeting:latest")]
    [InlineData("'store:greeting' | Copy-ContainerImage -Destination oci:./to")]
    [InlineData("Copy-ContainerImage docker-archive:$sample oci:./to")]
    [InlineData("Get-ContainerImage greeting | Copy-ContainerImage -Destination oci:./to")]
    [InlineData("Copy-ContainerImage (Get-ContainerImage greeting) oci:./to")]
    [InlineData("[pscustomobject]@{ Reference = 'store:greeting'; Id = 'of something' } | Copy-ContainerImage -Destination oci:./to")]
    public void Copies_silently_what_is_named_or_piped_in(string script)
    {
        Assert.Empty(_session.Run(script).ShouldSucceed().Objects);

        PSObject copied = _session.Run("Import-ContainerImage ./to -StorePath ./judge").ShouldSucceed().Objects.Single();
        Assert.Equal(StoreSession.SampleId, copied.Properties["Id"].Value);
        Assert.Equal("localhost/greeting:latest", copied.Properties["Reference"].Value);
        Assert.Empty(_session.Ingests);
    }

    [Fact]
    public void An_image_that_is_piped_in_is_that_of_its_own_store()
    {
        _session.Run("Copy-ContainerImage store:greeting oci:./to; Import-ContainerImage ./to -Reference team/other:1 -StorePath ./second").ShouldSucceed();

        ScriptResult result = _session.Run("""
            Get-ContainerImage -StorePath ./second | Copy-ContainerImage -Destination oci-archive:./piped.tar -PassThru
            $PSDefaultParameterValues.Clear()
            [pscustomobject]@{ Reference = 'team/other:1'; StorePath = './second' } | Copy-ContainerImage -Destination oci-archive:./row.tar -PassThru
            """).ShouldSucceed();

        Assert.Equal(
            [$"oci-archive:{_session.Combine("piped.tar")}:localhost/team/other:1", $"oci-archive:{_session.Combine("row.tar")}:localhost/team/other:1"],
            result.Objects.Select(copy => copy.ToString()));
    }

    [Theory]
    [InlineData("[pscustomobject]@{ Id = $image.Id; StorePath = $image.StorePath }", "")]
    [InlineData("[pscustomobject]@{ Id = $image.Id; StorePath = './second' }", "-StorePath ./third")]
    [InlineData("[pscustomobject]@{ Id = ''; Reference = 'team/other:1'; StorePath = './second' }", "-StorePath ./third")]
    [InlineData("[pscustomobject]@{ Id = $image.Id; Reference = $null; StorePath = './second' }", "-StorePath ./third")]
    [InlineData("[pscustomobject]@{ Id = $image.Id; Reference = $image.Reference; StorePath = './second' }", "-StorePath ./third")]
    [InlineData("$image | ConvertTo-Deserialized", "")]
    [InlineData("$image | ConvertTo-Deserialized", "-StorePath ./third")]
    [InlineData("Remove-ImageTag team/other:1 -StorePath ./second; Get-ContainerImage -StorePath ./second | ConvertTo-Deserialized", "-StorePath ./third")]
    [InlineData("[pscustomobject]@{ Id = $image.Id }", "-StorePath ./second")]
    [InlineData("[pscustomobject]@{ ImageId = \"sha256:$($image.Id)\"; Reference = $image.Reference }", "-StorePath ./second")]
    [InlineData("$image | New-ImageLease -Name web1", "-StorePath ./third")]
    [InlineData("@(Get-ImageHistory team/other:1 -StorePath ./second)[0]", "")]
    public void What_has_the_properties_of_an_image_is_that_of_its_store(string from, string store)
    {
        _session.Run("""
            $PSDefaultParameterValues.Clear()
            filter ConvertTo-Deserialized { [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($_)) }
            $image = Import-ContainerImage $sample -Reference team/other:1 -StorePath ./second
            """).ShouldSucceed();

        _session.Run($"{from} | Copy-ContainerImage -Destination oci:./to {store}").ShouldSucceed();

        Assert.Equal([StoreSession.SampleId], _session.Texts("(Import-ContainerImage ./to -StorePath ./judge).Id"));
    }

    [Theory]
    [InlineData("[pscustomobject]@{ Id = 1; Reference = 'registry.example.com/a:1' }", "docker://registry.example.com/a:1")]
    [InlineData("[pscustomobject]@{ Id = 'of a row'; Reference = 'registry.example.com/a:1'; StorePath = '' }", "docker://registry.example.com/a:1")]
    [InlineData("[pscustomobject]@{ Id = '0679216bcb6c'; Reference = 'docker://registry.example.com/a:1'; StorePath = './second' }", "docker://registry.example.com/a:1")]
    [InlineData("[pscustomobject]@{ Reference = 'registry.example.com/a:1'; Registry = 'registry.example.com' }", "docker://registry.example.com/a:1")]
    [InlineData("[pscustomobject]@{ Id = '0679216bcb6c' }", "store:0679216bcb6c")]
    public void What_has_none_of_them_or_says_its_transport_is_where_it_says(string from, string target) => _session
        .Run($"{from} | Copy-ContainerImage -Destination oci:./to:a:1 -WhatIf").ShouldSucceed().Transcript.ShouldBe(
            $"What if: Performing the operation \"Copy to oci:{_session.Combine("to")}:localhost/a:1\" on target \"{target}\".");

    [Fact]
    public void Tells_what_it_would_do_and_does_nothing()
    {
        _session.Run("""
            Copy-ContainerImage store:greeting oci:./layout:app:1 -WhatIf
            Copy-ContainerImage docker://quay.io/app:1 oci:./layout:app -WhatIf
            Copy-ContainerImage alpine registry.example.com/mirror/ -WhatIf
            Copy-ContainerImage docker-archive:./a.tar registry.example.com/mirror/ -WhatIf
            Copy-ContainerImage quay.io/a:1, quay.io/b:2 docker-archive:./both.tar -WhatIf
            'quay.io/a@sha256:0000000000000000000000000000000000000000000000000000000000000000' | Copy-ContainerImage -Destination store: -WhatIf
            """).ShouldSucceed().Transcript.ShouldBe($"""
            What if: Performing the operation "Copy to oci:{_session.Combine("layout")}:localhost/app:1" on target "store:greeting".
            What if: Performing the operation "Copy to oci:{_session.Combine("layout")}:localhost/app:latest" on target "docker://quay.io/app:1".
            What if: Performing the operation "Copy to docker://registry.example.com/mirror/library/alpine:latest" on target "docker://docker.io/library/alpine:latest".
            What if: Performing the operation "Copy to docker://registry.example.com/mirror/" on target "docker-archive:{_session.Combine("a.tar")}".
            What if: Performing the operation "Copy to docker-archive:{_session.Combine("both.tar")}" on target "docker://quay.io/a:1".
            What if: Performing the operation "Copy to docker-archive:{_session.Combine("both.tar")}" on target "docker://quay.io/b:2".
            What if: Performing the operation "Copy to store:" on target "docker://quay.io/a@sha256:0000000000000000000000000000000000000000000000000000000000000000".
            """);

        Assert.Equal(["store"], Directory.GetFileSystemEntries(_session.Folder).Select(entry => Path.GetFileName(entry)!));
    }

    [Fact]
    public void Each_image_is_asked_about()
    {
        _session.Run("Add-ImageTag greeting other:1").ShouldSucceed();
        _session.Answers.Enqueue("No");
        _session.Answers.Enqueue("Yes");

        _session.Run("Copy-ContainerImage store:greeting, store:other:1 oci-archive:./to.tar -Confirm").ShouldSucceed();

        Assert.Equal(["localhost/other:1"], _session.Texts("(Import-ContainerImage ./to.tar -StorePath ./judge).Names"));
    }

    [Theory]
    [InlineData("Copy-ContainerImage greeting:1 foo:./x", "UnknownTransport", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage containers-storage:greeting oci:./to", "UnknownTransport", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage ./a.tar oci:./to", "UnknownTransport", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting localhost/app:1", "DestinationMissing", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting 127.0.0.1:5000", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting docker://registry.example.com", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage registry.example.com oci:./to", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage localhost:5000 oci:./to", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting oci:", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting oci:./to:App", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting oci:Env:/to", "DestinationNotWritable", ErrorCategory.PermissionDenied)]
    [InlineData("Copy-ContainerImage store:none oci:./to", "ImageNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Copy-ContainerImage docker-archive:./none.tar oci:./to", "ArchiveNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Copy-ContainerImage docker-archive:${sample}:none oci:./to", "ImageNotInArchive", ErrorCategory.ObjectNotFound)]
    [InlineData("Copy-ContainerImage store:greeting dir:./none/to", "DestinationNotWritable", ErrorCategory.PermissionDenied)]
    [InlineData("Copy-ContainerImage store:greeting oci-archive:./taken.tar", "DestinationExists", ErrorCategory.ResourceExists)]
    [InlineData("Copy-ContainerImage store:greeting, store:greeting oci:./to:app", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting oci:./to -Platform linux/amd64 -AllPlatforms", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting docker-archive:./to.tar -AllPlatforms", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting oci:./to -Format docker", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting docker-archive:./to -Format oci", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting registry.example.com/a:1 -Format docker -Compression zstd", "UnsupportedConversion", ErrorCategory.InvalidOperation)]
    [InlineData("Copy-ContainerImage store:greeting dir:./to -IncludeReferrers", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting docker-archive:./to.tar -Compression gzip", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting docker-archive:./to.tar -Compression zstd", "UnsupportedConversion", ErrorCategory.InvalidOperation)]
    [InlineData("Copy-ContainerImage store:greeting oci:./to -Platform linux/*", "InvalidPlatform", ErrorCategory.InvalidArgument)]
    [InlineData("Copy-ContainerImage store:greeting oci:./to -Platform linux/s390x", "PlatformNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("[pscustomobject]@{ Size = 1 } | Copy-ContainerImage -Destination oci:./to", "ImageNotIdentified", ErrorCategory.InvalidArgument)]
    [InlineData("[pscustomobject]@{ StorePath = './a' } | Copy-ContainerImage -Destination oci:./to", "ImageNotIdentified", ErrorCategory.InvalidArgument)]
    [InlineData("[pscustomobject]@{ Id = '<missing>'; StorePath = $store } | Copy-ContainerImage -Destination oci:./to", "InvalidReference", ErrorCategory.InvalidArgument)]
    public void What_cannot_be_copied_says_why(string script, string id, ErrorCategory category)
    {
        _session.Write("taken.tar");

        ErrorRecord error = _session.Run(script).ShouldFail(id, category);

        Assert.EndsWith(",ContainerImages.Commands.CopyContainerImageCommand", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(_session.Folder), entry => Path.GetFileName(entry).Contains("to", StringComparison.Ordinal) && !entry.EndsWith("store", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_missing_does_not_keep_the_rest_from_coming()
    {
        ScriptResult result = _session.Run("Copy-ContainerImage store:none, store:greeting docker-archive:./to.tar -PassThru");

        Assert.Equal("store:none", result.ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound).TargetObject);
        Assert.Equal($"docker-archive:{_session.Combine("to.tar")}:localhost/greeting:latest", Assert.Single(result.Objects).ToString());
    }

    [Fact]
    public void Layers_are_compressed_as_is_asked() => Assert.Equal(
        [.. Enumerable.Repeat("application/vnd.oci.image.layer.v1.tar+zstd", 3), StoreSession.SampleId],
        _session.Texts("""
            Copy-ContainerImage store:greeting oci-archive:./to.tar -Compression zstd -CompressionLevel 5
            $image = Import-ContainerImage ./to.tar -StorePath ./judge
            $image.Layers.MediaType; $image.Id
            """));

    [Fact]
    public void A_docker_dir_is_a_dir_with_a_manifest_of_dockers() => Assert.Equal(
        "application/vnd.docker.distribution.manifest.v2+json",
        _session.Texts("Copy-ContainerImage store:greeting dir:./to -Format Docker; (Import-ContainerImage ./to -StorePath ./judge).ManifestType").Single());

    [Fact]
    public void What_was_copied_can_be_emitted_and_looks_so()
    {
        _session.Run("Copy-ContainerImage store:greeting oci:./to").ShouldSucceed();
        PSObject copy = _session.Run("Copy-ContainerImage store:greeting oci:./to:copy:1 -PassThru").ShouldSucceed().Objects.Single();

        Assert.Equal("store:localhost/greeting:latest", copy.Properties["Source"].Value);
        Assert.Equal($"oci:{_session.Combine("to")}:localhost/copy:1", copy.Properties["Destination"].Value);
        Assert.Equal(["linux/amd64"], (System.Collections.Generic.IEnumerable<string>)copy.Properties["Platforms"].Value);
        Assert.Equal(0L, copy.Properties["CopiedBytes"].Value);
        Assert.True((long)copy.Properties["SkippedBytes"].Value > 0);
        Assert.StartsWith("sha256:", (string)copy.Properties["Digest"].Value, StringComparison.Ordinal);
        Assert.IsType<TimeSpan>(copy.Properties["Duration"].Value);
    }

    [Theory]
    [InlineData("Copy-ContainerImage ", "docker:// docker-archive: oci-archive: oci: dir: store:")]
    [InlineData("Copy-ContainerImage oci", "oci-archive: oci:")]
    [InlineData("Copy-ContainerImage -StorePath $store store:gr", "store:greeting:latest")]
    [InlineData("Copy-ContainerImage -StorePath $store gr", "greeting:latest")]
    [InlineData("Copy-ContainerImage store:greeting -Format ", "docker oci preserve")]
    [InlineData("Copy-ContainerImage store:greeting -Compression ", "gzip none preserve zstd")]
    public void Completes_transports_and_names(string line, string offers)
    {
        _session.Set("line", line);

        Assert.Equal(offers.Split(' '), _session.Texts("(TabExpansion2 $line $line.Length).CompletionMatches.CompletionText"));
    }
}
