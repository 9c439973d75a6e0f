using System;
using System.Collections;
using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages;

/// <summary>The layers of an image as its config names them.</summary>
public sealed class ImageRootFS
{
    internal ImageRootFS()
    {
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name.</param>
    public ImageRootFS(IDictionary properties)
    {
        var given = new GivenProperties(nameof(ImageRootFS), properties ?? throw new ArgumentNullException(nameof(properties)));
        Type = given.Text(nameof(Type)) ?? Type;
        Layers = given.Texts(nameof(Layers));
        given.RefuseOthers();
    }

    /// <summary>Always <c>layers</c> in practice.</summary>
    public string Type { get; internal init; } = "layers";

    /// <summary>The diff IDs, the lowest first.</summary>
    public IReadOnlyList<string> Layers { get; internal init => field = value.Sealed(); } = [];

    /// <summary>The number of layers, in words.</summary>
    public override string ToString() => Layers.Count == 1 ? "1 layer" : $"{Layers.Count} layers";
}
