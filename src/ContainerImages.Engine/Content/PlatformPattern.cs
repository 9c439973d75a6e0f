namespace ContainerImages.Content;

/// <summary>
/// What <c>-Platform</c> takes: a platform, or one with PowerShell's wildcards such as <c>linux/*</c> or <c>*/arm64</c>
/// (<c>*</c> crosses '/', case does not count).
/// </summary>
public sealed class PlatformPattern
{
    private readonly string _text;
    private readonly Wildcard? _wildcard;

    private PlatformPattern(string text, Platform? platform, Wildcard? wildcard)
    {
        _text = text;
        Platform = platform;
        _wildcard = wildcard;
    }

    /// <summary>The one platform that was named; null if the text has wildcards.</summary>
    public Platform? Platform { get; }

    /// <summary>Reads a platform or a pattern.</summary>
    /// <param name="text"><c>os/architecture[/variant]</c>, or text with wildcards.</param>
    /// <returns>The pattern.</returns>
    /// <exception cref="ContainerImageException">
    /// <see cref="ImageError.InvalidPlatform"/>: neither a platform nor a well-formed pattern.
    /// </exception>
    public static PlatformPattern Parse(string text)
    {
        if (text is null || !Wildcard.HasWildcards(text))
        {
            var platform = Platform.Parse(text!);
            return new PlatformPattern(platform.ToString(), platform, null);
        }

        return Wildcard.TryParse(text, out var wildcard, out var reason)
            ? new PlatformPattern(text, null, wildcard)
            : throw new ContainerImageException(
                ImageError.InvalidPlatform, $"{QuotedText.Quote(text)} is not a pattern for platforms: {reason}.");
    }

    /// <summary>
    /// Says whether a platform is meant. A pattern is held against the platform in its usual spelling, with the variant
    /// (also one that goes without saying, such as arm64's v8) and without.
    /// </summary>
    /// <param name="platform">The platform of an image.</param>
    /// <returns>True if it is meant.</returns>
    public bool IsMatch(Platform platform)
    {
        if (_wildcard is null)
        {
            return platform.Matches(Platform!);
        }

        var (os, architecture, variant) = platform.Normalized();
        var name = os + "/" + architecture;
        return _wildcard.IsMatch(name) || (variant is not null && _wildcard.IsMatch(name + "/" + variant));
    }

    /// <summary>The text it was read from; a platform in its usual spelling.</summary>
    public override string ToString() => _text;
}
