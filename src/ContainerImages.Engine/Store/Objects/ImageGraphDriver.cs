using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages;

/// <summary>What keeps an image: here no driver of a daemon, but a folder in OCI's layout.</summary>
public sealed class ImageGraphDriver
{
    /// <summary>The name of the driver: <c>oci-layout</c>.</summary>
    public string Name { get; internal init; } = "oci-layout";

    /// <summary>What the driver says of the image: <c>StorePath</c>, the store's folder.</summary>
    public IReadOnlyDictionary<string, string> Data { get; internal init => field = value.Sealed(); } = new Dictionary<string, string>();

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
