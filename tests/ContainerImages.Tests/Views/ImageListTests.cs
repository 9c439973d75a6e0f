using System;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Views;

public sealed class ImageListTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ScriptSession _session = new(import: false);

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_list_has_everything_in_full_one_entry_per_line()
    {
        OnlyViews.Load(_session, "ListControl", _folder);

        _session.RunFormatted("""
            [ContainerImages.ContainerImage]@{
                Id = '8f2a1c0d9e7b' + '0' * 52; Digest = 'sha256:' + '2' * 64; StorePath = '/srv/images'
                Names = 'docker.io/library/debian:12', 'docker.io/library/debian:bookworm'
                Created = '2020-02-03T04:05:06+01:00'; Size = 117234567; Platform = 'linux/amd64'
                Parent = '77c1d0a4b3f2' + '0' * 52; Comment = 'built by hand'; Author = 'ops'; Labels = @{ maintainer = 'ops' }
            }
            """).ShouldSucceed().Transcript.ShouldBe($"""
            Reference : docker.io/library/debian:12
            Names     : docker.io/library/debian:12
                        docker.io/library/debian:bookworm
            Id        : 8f2a1c0d9e7b0000000000000000000000000000000000000000000000000000
            Digest    : sha256:2222222222222222222222222222222222222222222222222222222222222222
            Created   : 2020-02-03 04:05:06 +01:00 ({YearsSince(2020)} years ago)
            Size      : 117.2 MB
            Platform  : linux/amd64
            Parent    : 77c1d0a4b3f20000000000000000000000000000000000000000000000000000
            Comment   : built by hand
            Author    : ops
            Labels    : maintainer=ops
            StorePath : /srv/images
            """);
    }

    [Fact]
    public void What_cannot_be_read_is_a_question_mark_and_no_error()
    {
        OnlyViews.Load(_session, "ListControl", _folder);

        // An image in no store has nothing to read from, which throws as missing bytes do.
        _session.RunFormatted("[ContainerImages.ContainerImage]@{ Id = '1' * 64 }").ShouldSucceed().Transcript.ShouldBe("""
            Reference :
            Names     :
            Id        : 1111111111111111111111111111111111111111111111111111111111111111
            Digest    :
            Created   : ?
            Size      : ?
            Platform  :
            Parent    : ?
            Comment   : ?
            Author    : ?
            Labels    : ?
            StorePath :
            """);
    }

    [Fact]
    public void A_wide_list_has_references()
    {
        OnlyViews.Load(_session, "WideControl", _folder);
        SampleImages.Make(_session);

        _session.RunFormatted("$debian, $alpine, $dangling").ShouldSucceed().Transcript.ShouldBe("""
            docker.io/library/debian:12                                 docker.io/library/alpine:3.20
            77c1d0a4b3f2
            """);
    }

    [Fact]
    public void The_layers_of_a_config_stand_one_per_line()
    {
        OnlyViews.Load(_session, "ListControl", _folder);

        _session.RunFormatted("[ContainerImages.ImageRootFS]@{ Layers = [string[]]('sha256:a', 'sha256:b') }")
            .ShouldSucceed().Transcript.ShouldBe("""
            Type   : layers
            Layers : sha256:a
                     sha256:b
            """);
    }

    private static int YearsSince(int year) =>
        (int)(DateTimeOffset.UtcNow - new DateTimeOffset(year, 2, 3, 3, 5, 6, TimeSpan.Zero)).TotalHours / 24 / 365;
}
