using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Views;

public sealed class ImageTableTests
{
    [Fact]
    public void Names_stand_one_per_line_and_sizes_and_dates_are_for_people()
    {
        using ScriptSession session = SampleImages.NewSession(width: 120);

        session.RunFormatted("$debian, $alpine, $dangling").ShouldSucceed().Transcript.ShouldBe("""
            Names                                      Id           Created            Size Platform
            -----                                      --           -------            ---- --------
            debian:12                                  8f2a1c0d9e7b 3 weeks ago    117.2 MB linux/amd64
            debian:bookworm
            localhost/team/debian:12
            registry.example.com/platform/base/debian-
            slim-hardened:2026.01
            alpine:3.20                                1d34ffeaf190 5 days ago       7.8 MB linux/amd64 +1
            <none>                                     77c1d0a4b3f2 11 months ago    4.3 MB linux/amd64
            """);
    }

    [Fact]
    public void A_narrow_screen_drops_the_platform_and_keeps_the_rest_whole()
    {
        using ScriptSession session = SampleImages.NewSession(width: 80);

        session.RunFormatted("$debian, $alpine").ShouldSucceed().Transcript.ShouldBe("""
            Names                                      Id           Created            Size
            -----                                      --           -------            ----
            debian:12                                  8f2a1c0d9e7b 3 weeks ago    117.2 MB
            debian:bookworm
            localhost/team/debian:12
            registry.example.com/platform/base/debian-
            slim-hardened:2026.01
            alpine:3.20                                1d34ffeaf190 5 days ago       7.8 MB
            """);
    }

    [Fact]
    public void Many_names_are_counted_and_the_ones_that_were_asked_for_come_first()
    {
        using ScriptSession session = SampleImages.NewSession();

        session.RunFormatted("""
            [ContainerImages.ContainerImage]@{
                Id = '1' * 64; Names = 1..7 | ForEach-Object { "quay.io/app:$_" }; MatchedNames = 'quay.io/app:6'
            }
            """).ShouldSucceed().Transcript.ShouldBe("""
            Names                                      Id           Created            Size Platform
            -----                                      --           -------            ---- --------
            quay.io/app:6                              111111111111 ?                     ?
            quay.io/app:1
            quay.io/app:2
            quay.io/app:3
            +3 more
            """);
    }

    [Fact]
    public void Names_are_indented_by_depth()
    {
        using ScriptSession session = SampleImages.NewSession();

        session.RunFormatted("""
            [ContainerImages.ContainerImage]@{ Id = 'a' * 64; Names = 'docker.io/library/base:1', 'docker.io/library/base:2' }
            [ContainerImages.ContainerImage]@{ Id = 'b' * 64; Depth = 1 }
            [ContainerImages.ContainerImage]@{ Id = 'c' * 64; Depth = 2; Names = 'localhost/top:1', 'localhost/top:2' }
            """).ShouldSucceed().Transcript.ShouldBe("""
            Names                                      Id           Created            Size Platform
            -----                                      --           -------            ---- --------
            base:1                                     aaaaaaaaaaaa ?                     ?
            base:2
              <none>                                   bbbbbbbbbbbb ?                     ?
                localhost/top:1                        cccccccccccc ?                     ?
                localhost/top:2
            """);
    }

    [Fact]
    public void What_was_deserialized_looks_the_same()
    {
        using ScriptSession session = SampleImages.NewSession();
        string original = session.RunFormatted("$debian, $alpine, $dangling").ShouldSucceed().Transcript;

        string copy = session.RunFormatted("""
            [System.Management.Automation.PSSerializer]::Deserialize(
                [System.Management.Automation.PSSerializer]::Serialize(@($debian, $alpine, $dangling)))
            """).ShouldSucceed().Transcript;

        copy.ShouldBe(original);
    }
}
