using System;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Views;

public sealed class FindingViewTests : IDisposable
{
    private const string Finding = """
        [ContainerImages.VerificationFinding]@{
            Severity = 'Warning'; Kind = 'HistoryMismatch'; Digest = 'sha256:' + '2' * 64; Id = '1' * 64; StorePath = '/srv/images'
            Reference = 'docker.io/library/debian:12'; Path = '/srv/images/blobs/sha256/222'; Message = 'The history is short.'
        }
        """;

    private readonly TempFolder _folder = new();
    private readonly ScriptSession _session = new(import: false);

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_table_says_how_bad_it_is_and_where()
    {
        OnlyViews.Load(_session, "TableControl", _folder);

        _session.RunFormatted(Finding).ShouldSucceed().Transcript.ShouldBe("""
            Severity Kind            Message
            -------- ----            -------
            Warning  HistoryMismatch The history is short.
            """);
    }

    [Fact]
    public void A_message_has_short_digests_and_lines_that_end_between_words()
    {
        using ScriptSession session = new(width: 80);

        session.RunFormatted("""
            [ContainerImages.VerificationFinding]@{
                Severity = 'Error'; Kind = 'SizeMismatch'
                Message = 'Layer sha256:' + '2' * 64 + ' has 6146 bytes, and 6144 are promised. It belongs to registry.example.com/platform/base/images/debian-slim-hardened:2026.01.'
            }
            """).ShouldSucceed().Transcript.ShouldBe("""
            Severity Kind            Message
            -------- ----            -------
            Error    SizeMismatch    Layer 222222222222 has 6146 bytes, and 6144 are
                                     promised. It belongs to
                                     registry.example.com/platform/base/images/debian-slim-
                                     hardened:2026.01.
            """);
    }

    [Fact]
    public void What_was_mended_is_said_to_be()
    {
        OnlyViews.Load(_session, "TableControl", _folder);

        _session.RunFormatted(Finding.Replace("Id =", "Repaired = $true; Id =", StringComparison.Ordinal)).ShouldSucceed().Transcript.ShouldBe("""
            Severity Kind            Message
            -------- ----            -------
            Warning  HistoryMismatch The history is short. It was mended.
            """);
    }

    [Fact]
    public void A_list_has_everything_in_full()
    {
        OnlyViews.Load(_session, "ListControl", _folder);

        _session.RunFormatted(Finding).ShouldSucceed().Transcript.ShouldBe("""
            Severity   : Warning
            Kind       : HistoryMismatch
            Message    : The history is short.
            Digest     : sha256:2222222222222222222222222222222222222222222222222222222222222222
            Id         : 1111111111111111111111111111111111111111111111111111111111111111
            Reference  : docker.io/library/debian:12
            Path       : /srv/images/blobs/sha256/222
            Repairable : False
            Repaired   : False
            StorePath  : /srv/images
            """);
    }
}
