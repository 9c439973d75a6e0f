using System.Collections.Generic;

namespace ContainerImages;

/// <summary>The layers of an image as its config names them.</summary>
public sealed class ImageRootFS
{
    /// <summary>Always <c>layers</c> in practice.</summary>
    public string Type { get; init; } = "layers";

    /// <summary>The diff IDs, the lowest first.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>The number of layers, in words.</summary>
    public override string ToString() => Layers.Count == 1 ? "1 layer" : $"{Layers.Count} layers";
}
