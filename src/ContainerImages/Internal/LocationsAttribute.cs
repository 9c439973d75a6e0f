using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Content;
using ContainerImages.Transports;

namespace ContainerImages.Internal;

/// <summary>
/// Takes text and images where locations are expected. An image is what it is in its store, and not what a registry has
/// under its name, and so is what came of one by way of a job or a file: an object with an <c>Id</c> or a <c>StorePath</c>.
/// Other objects are bound by their properties.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class LocationsAttribute : ArgumentTransformationAttribute
{
    private static readonly TextOrImagesAttribute _texts = new();

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => _texts.Transform(
        engineIntrinsics,
        Base(inputData) is IList list ? list.Cast<object?>().Select(Locate).ToArray() : Locate(inputData));

    private static object? Locate(object? item) => Base(item) switch
    {
        ContainerImage image => Locate(image.StorePath, image.ToString()),
        null or string => item,
        _ => LocateByProperties(PSObject.AsPSObject(item)) ?? item,
    };

    // A process has an Id too, and so have the rows of a table: one of an image is long.
    private static string? LocateByProperties(PSObject item)
    {
        var (id, name) = (Targets.TextOf(item, "Id", "ImageId"), Targets.TextOf(item, "Reference"));
        var store = Targets.TextOf(item, nameof(ContainerImage.StorePath));
        var isImage = store is not null || (id is not null && ImageIds.IsSafe(id));
        var saysWhere = name is not null && ImageLocation.Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
        return isImage && !saysWhere && (name ?? id) is not null ? Locate(store, name ?? ImageIds.WithoutPrefix(id!)) : null;
    }

    private static string Locate(string? store, string name) =>
        new ImageLocation(string.IsNullOrEmpty(store) ? ImageTransport.Store : ImageTransport.OciLayout, store ?? "", name).ToString();

    private static object? Base(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
