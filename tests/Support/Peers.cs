using System;
using System.IO;
using System.Linq;
using Xunit;

namespace ContainerImages.Testing;

/// <summary>The other tools of the field, by the names of their commands.</summary>
public static class Peer
{
    public const string Podman = "podman";
    public const string Skopeo = "skopeo";
    public const string Buildah = "buildah";
    public const string Umoci = "umoci";
    public const string Registry = "docker-registry";
    public const string Busybox = "busybox";
}

/// <summary>Which peers this machine has.</summary>
public static class Peers
{
    /// <summary>Set to 1 (as .ci/run does), a peer that is missing fails the test instead of skipping it.</summary>
    public const string RequireVariable = "CONTAINERIMAGES_REQUIRE_PEERS";

    // Where packages put commands that are not in the PATH of every user.
    private static readonly string[] _moreFolders = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    /// <summary>Whether a test must fail for want of a peer.</summary>
    public static bool AreRequired => Environment.GetEnvironmentVariable(RequireVariable) == "1";

    /// <summary>Whether this machine has a peer.</summary>
    public static bool IsThere(string command) => Find(command) is not null;

    /// <summary>Skips the test (a <c>SkippableFact</c>) if a peer is missing, or fails it where peers are required.</summary>
    public static void Require(params string[] commands)
    {
        var missing = commands.Where(command => Find(command) is null).ToArray();
        if (missing.Length > 0 && AreRequired)
        {
            throw new InvalidOperationException($"{RequireVariable} is 1, and this machine lacks {string.Join(", ", missing)}.");
        }

        Skip.If(missing.Length > 0, $"This machine lacks {string.Join(", ", missing)}.");
    }

    /// <summary>The path of a command, for a test that cannot go on without it.</summary>
    public static string Path(string command)
    {
        Require(command);
        return Find(command)!;
    }

    /// <summary>Elsewhere than on Linux, podman and its kin are clients of another machine that sees none of our files.</summary>
    private static string? Find(string command)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        var path = Environment.GetEnvironmentVariable("PATH") ?? string.Empty;
        return path.Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(_moreFolders)
            .Select(folder => System.IO.Path.Combine(folder, command))
            .FirstOrDefault(File.Exists);
    }
}
