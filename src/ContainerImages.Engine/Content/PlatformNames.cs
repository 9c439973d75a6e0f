namespace ContainerImages.Content;

/// <summary>The spellings of platforms and their order, as containerd's platforms and containers/image know them.</summary>
internal static class PlatformNames
{
    // From the most demanding to the one that all machines of the architecture run.
    private static readonly string[] s_arm = ["v8", "v7", "v6", "v5"];
    private static readonly string[] s_amd64 = ["v4", "v3", "v2", "v1"];

    /// <summary>The variants of an architecture, the most demanding first; empty if there is no such order.</summary>
    public static string[] Variants(string architecture) => architecture switch
    {
        "arm" => s_arm,
        "amd64" => s_amd64,
        _ => [],
    };

    /// <summary>The variant that an architecture has if none is named; null if it has none.</summary>
    public static string? DefaultVariant(string architecture) => architecture switch
    {
        "amd64" => "v1",
        "arm" => "v7",
        "arm64" => "v8",
        _ => null,
    };

    public static string NormalizeOs(string os)
    {
        var lower = os.ToLowerInvariant();
        return lower == "macos" ? "darwin" : lower;
    }

    public static (string Architecture, string? Variant) NormalizeArchitecture(string architecture, string? variant)
    {
        variant = variant?.ToLowerInvariant();
        return architecture.ToLowerInvariant() switch
        {
            "i386" => ("386", null),
            "x86_64" or "x86-64" => ("amd64", variant),
            "aarch64" or "arm64" => ("arm64", WithV(variant)),
            "armhf" => ("arm", "v7"),
            "armel" => ("arm", "v6"),
            "arm" => ("arm", WithV(variant)),
            var other => (other, variant),
        };
    }

    /// <summary>True if the text may stand between the slashes of a platform.</summary>
    public static bool IsPart(string text)
    {
        foreach (var c in text)
        {
            if (c is not ((>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '.' or '-'))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    /// <summary>The sentence for a text that is no platform.</summary>
    public static string DescribeInvalid(string? text)
    {
        var message = $"{QuotedText.Quote(text)} is not a platform; os/architecture[/variant] is wanted, "
            + "such as 'linux/amd64' or 'linux/arm/v7'";
        if (text is null || !IsPart(text))
        {
            return message + ".";
        }

        // One word: either half may have been meant.
        var os = NormalizeOs(text);
        var suggestion = os is "linux" or "windows" or "darwin" or "freebsd"
            ? new Platform(os, Platform.Host.Architecture, Platform.Host.Variant)
            : Platform.Parse("linux/" + text);
        return $"{message}; did you mean '{suggestion}'?";
    }

    private static string? WithV(string? variant) => variant is "5" or "6" or "7" or "8" ? "v" + variant : variant;
}
