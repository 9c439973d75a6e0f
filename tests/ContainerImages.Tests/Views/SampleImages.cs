using ContainerImages.Tests.Hosting;

namespace ContainerImages.Tests.Views;

/// <summary>Images made by hand, as a script's own tests make them, in variables of a session.</summary>
internal static class SampleImages
{
    private const string Script = """
        $now = [DateTimeOffset]::UtcNow
        $debian = [ContainerImages.ContainerImage]@{
            Id = '8f2a1c0d9e7b' + '0' * 52; Digest = 'sha256:' + '2' * 64
            Names = 'docker.io/library/debian:12', 'docker.io/library/debian:bookworm', 'localhost/team/debian:12',
                'registry.example.com/platform/base/debian-slim-hardened:2026.01'
            Created = $now.AddDays(-21); Size = 117234567; Platform = 'linux/amd64'; StorePath = '/srv/images'
        }
        $alpine = [ContainerImages.ContainerImage]@{
            Id = '1d34ffeaf190' + '0' * 52; Names = 'docker.io/library/alpine:3.20'; Size = 7800000
            Created = $now.AddDays(-5); Platform = 'linux/amd64'; PresentPlatforms = 'linux/amd64', 'linux/arm64/v8'
        }
        $dangling = [ContainerImages.ContainerImage]@{
            Id = '77c1d0a4b3f2' + '0' * 52; Created = $now.AddDays(-340); Size = 4300000; Platform = 'linux/amd64'
        }
        """;

    /// <summary>Makes <c>$debian</c>, <c>$alpine</c> and <c>$dangling</c>.</summary>
    public static void Make(ScriptSession session) => session.Run(Script).ShouldSucceed();

    public static ScriptSession NewSession(int width = ScriptHost.DefaultWidth)
    {
        ScriptSession session = new(width: width);
        Make(session);
        return session;
    }
}
