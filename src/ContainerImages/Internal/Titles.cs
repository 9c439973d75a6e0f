using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Internal;

/// <summary>Images as a person is asked about them.</summary>
internal static class Titles
{
    /// <summary><c>debian:12 (8f2a1c0d9e7b)</c>; the ID alone where there is no name.</summary>
    public static string Of(string? name, Digest id) => name is null ? id.ShortId : $"{Familiar(name)} ({id.ShortId})";

    public static string Familiar(string name) =>
        ImageReference.TryParse(name, out var reference) ? reference.ToFamiliarString() : name;
}
