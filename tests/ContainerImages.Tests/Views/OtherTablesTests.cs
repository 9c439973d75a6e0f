using System;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Views;

public sealed class OtherTablesTests : IDisposable
{
    private const string History = """
        [ContainerImages.ImageHistoryEntry]@{
            Id = '8f2a1c0d9e7b' + '0' * 52; Size = 0; CreatedBy = '/bin/sh -c #(nop)  CMD ["bash"]'
            Created = [DateTimeOffset]::UtcNow.AddMinutes(-70)
        }
        [ContainerImages.ImageHistoryEntry]@{
            Size = 117234567; CreatedBy = "RUN /bin/sh -c apt-get update &&`n`tapt-get install --yes ca-certificates curl # buildkit"
            Created = [DateTimeOffset]::UtcNow.AddDays(-21); Comment = 'imported from tarball'
        }
        """;

    private readonly ScriptSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void A_step_of_a_history_takes_one_line() => _session.RunFormatted(History).ShouldSucceed().Transcript.ShouldBe("""
        Id           Created            Size CreatedBy                                            Comment
        --           -------            ---- ---------                                            -------
        8f2a1c0d9e7b 1 hour ago          0 B CMD ["bash"]
        <missing>    3 weeks ago    117.2 MB RUN /bin/sh -c apt-get update && apt-get install --… imported from tarball
        """);

    [Fact]
    public void A_narrow_screen_shortens_the_commands_of_a_history()
    {
        using ScriptSession narrow = new(width: 80);

        narrow.RunFormatted(History).ShouldSucceed().Transcript.ShouldBe("""
            Id           Created            Size CreatedBy
            --           -------            ---- ---------
            8f2a1c0d9e7b 1 hour ago          0 B CMD ["bash"]
            <missing>    3 weeks ago    117.2 MB RUN /bin/sh -c apt-get update && apt-get …
            """);
    }

    [Fact]
    public void A_removal_says_what_went() => _session.RunFormatted("""
        [ContainerImages.ImageRemoval]@{
            Id = '8f2a1c0d9e7b' + '0' * 52; Removed = $true; FreedBytes = 5000000
            Untagged = 'docker.io/library/a:1', 'localhost/b:2'
        }
        [ContainerImages.ImageRemoval]@{ Id = '1' * 64 }
        """).ShouldSucceed().Transcript.ShouldBe("""
        Id           Removed FreedBytes Untagged
        --           ------- ---------- --------
        8f2a1c0d9e7b True        5.0 MB a:1
                                        localhost/b:2
        111111111111 False          0 B
        """);

    [Fact]
    public void A_layer_has_both_its_sizes() => _session.RunFormatted("""
        [ContainerImages.ImageLayer]@{
            Digest = 'sha256:' + '1' * 64; DiffId = 'sha256:' + '2' * 64; Size = 117234567; CompressedSize = 49000000
            Present = $true; MediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'
        }
        [ContainerImages.ImageLayer]@{ Digest = 'sha256:' + '3' * 64 }
        """).ShouldSucceed().Transcript.ShouldBe("""
        Digest       DiffId           Size CompressedSize Present MediaType
        ------       ------           ---- -------------- ------- ---------
        111111111111 222222222222 117.2 MB        49.0 MB True    application/vnd.oci.image.layer.v1.tar+gzip
        333333333333                     ?            0 B False
        """);

    [Fact]
    public void A_step_of_a_config_looks_like_one_of_a_history() => _session.RunFormatted("""
        [ContainerImages.Manifests.HistoryStep]@{ CreatedBy = '/bin/sh -c #(nop) ENV A=1'; EmptyLayer = $true; Comment = 'c' }
        """).ShouldSucceed().Transcript.ShouldBe("""
        Created        CreatedBy                                            EmptyLayer Comment
        -------        ---------                                            ---------- -------
        ?              ENV A=1                                              True       c
        """);
}
