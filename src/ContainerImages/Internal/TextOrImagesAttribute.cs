using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace ContainerImages.Internal;

/// <summary>
/// Takes text and images, and nothing else, where names are expected. Any object can be turned into text, and a file or a
/// service then says its name: an image that happens to be called so must not be what is meant. What is refused is bound by
/// its properties; what has none of those is handed on as a text that only says so.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class TextOrImagesAttribute : ArgumentTransformationAttribute
{
    // No reference, pattern or ID begins so.
    private const string Unidentified = "\0";

    private static readonly string[] Identifying = ["Id", "ImageId", "Reference", "Image", "ImageName", "RepoTag"];

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        var other = Items(inputData).FirstOrDefault(item => !IsTextOrImage(item));
        if (other is null)
        {
            return inputData;
        }

        // The binder goes on after this exception, and after no other.
        var properties = PSObject.AsPSObject(other).Properties;
        return Identifying.Any(name => properties[name]?.Value is not null)
            ? throw new ArgumentTransformationMetadataException(
                $"'{other}' is neither text nor an image; it can be piped in.", new PSInvalidCastException())
            : Unidentified + other;
    }

    /// <summary>Whether a text stands for an object that names no image; if so, what the object says of itself.</summary>
    public static bool IsUnidentified(string text, out string said)
    {
        var isUnidentified = text.StartsWith(Unidentified, StringComparison.Ordinal);
        said = isUnidentified ? text.Substring(Unidentified.Length) : "";
        return isUnidentified;
    }

    private static IEnumerable<object?> Items(object? input) => Base(input) is IList list ? list.Cast<object?>() : [input];

    // A number is what the engine makes of a typed ID that has no letters.
    private static bool IsTextOrImage(object? item) =>
        Base(item) is null or string or ContainerImage or decimal || Base(item)!.GetType().IsPrimitive;

    private static object? Base(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
