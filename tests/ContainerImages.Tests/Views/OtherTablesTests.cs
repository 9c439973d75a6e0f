using System;
using System.Linq;
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
    public void A_lease_says_what_it_holds_and_until_when() => _session.RunFormatted("""
        [ContainerImages.ImageLease]@{
            Name = 'web1'; Id = '8f2a1c0d9e7b' + '0' * 52; Reference = 'docker.io/library/debian:12'
            Until = [DateTimeOffset]::UtcNow.AddHours(3.4)
        }
        [ContainerImages.ImageLease]@{ Name = 'build-4711.nightly'; Id = '1' * 64; Until = [DateTimeOffset]::UtcNow.AddDays(-3) }
        [ContainerImages.ImageLease]@{ Name = 'forever'; Id = '2' * 64; Reference = 'localhost/team/app:1' }
        """).ShouldSucceed().Transcript.ShouldBe("""
        Name             Id           Reference                      Until
        ----             --           ---------                      -----
        web1             8f2a1c0d9e7b debian:12                      in 3 hours
        build-4711.night 111111111111                                ended 3 days ago
        ly
        forever          222222222222 localhost/team/app:1
        """);

    [Theory]
    [InlineData("@{ Name = 'a'; Until = [DateTimeOffset]::UtcNow.AddDays(-1) }", true)]
    [InlineData("@{ Name = 'a'; Until = [DateTimeOffset]::UtcNow.AddDays(1) }", false)]
    [InlineData("@{ Name = 'a' }", false)]
    [InlineData("@{ Name = 'a'; Expired = $true }", true)]
    public void A_lease_made_by_hand_has_ended_when_its_time_is_over(string given, bool expired)
    {
        ScriptResult result = _session.Run($"$lease = [ContainerImages.ImageLease]{given}; \"$lease\", $lease.Name, $lease.Expired").ShouldSucceed();

        Assert.Equal(["a", "a", expired], result.Objects.Select(o => o.BaseObject));
    }

    [Fact]
    public void A_copy_says_from_where_to_where_and_how_much() => _session.RunFormatted("""
        [ContainerImages.ImageCopy]@{
            Source = 'docker://quay.io/app:1'; Destination = 'docker://registry.example.com/mirror/app:1'; CopiedBytes = 117234567
            Digest = 'sha256:8f2a1c0d9e7b' + '0' * 52; Platforms = 'linux/amd64'; Duration = [timespan]::FromSeconds(3)
        }
        [ContainerImages.ImageCopy]@{ Source = 'store:a:1'; Destination = 'oci:/srv/platform/layouts/base-images/slim:localhost/a:1' }
        """).ShouldSucceed().Transcript.ShouldBe("""
        Source                            Destination                       CopiedBytes Digest
        ------                            -----------                       ----------- ------
        docker://quay.io/app:1            docker://registry.example.com/mir    117.2 MB 8f2a1c0d9e7b
                                          ror/app:1
        store:a:1                         oci:/srv/platform/layouts/base-im         0 B
                                          ages/slim:localhost/a:1
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
