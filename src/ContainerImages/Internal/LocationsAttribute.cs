using System.Collections;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Transports;

namespace ContainerImages.Internal;

/// <summary>
/// Takes text and images where locations are expected. An image is what it is in its store, and not what a registry has
/// under its name; other objects are bound by their properties.
/// </summary>
[System.AttributeUsage(System.AttributeTargets.Property)]
internal sealed class LocationsAttribute : ArgumentTransformationAttribute
{
    private static readonly TextOrImagesAttribute _texts = new();

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => _texts.Transform(
        engineIntrinsics,
        Base(inputData) is IList list ? list.Cast<object?>().Select(Locate).ToArray() : Locate(inputData));

    private static object? Locate(object? item) => Base(item) is ContainerImage image
        ? new ImageLocation(
            image.StorePath is null ? ImageTransport.Store : ImageTransport.OciLayout, image.StorePath ?? "", image.ToString()).ToString()
        : item;

    private static object? Base(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
