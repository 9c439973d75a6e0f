using System;
using System.Collections;
using System.Collections.Generic;
using System.ComponentModel;
using System.Globalization;
using System.Management.Automation;
using ContainerImages.Content;

namespace ContainerImages.Internal;

/// <summary>
/// Makes images of what scripts have instead: a hash table, or an object with a text <c>Id</c>, such as an image that came
/// from a job, a file, JSON or CSV. Of an object only what identifies and sums up an image is taken, and what else it has
/// is left alone; of a hash table everything, so that a mistyped key is an error.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ImageTypeConverter : PSTypeConverter
{
    // The PropertySerializationSet of ContainerImages.Types.ps1xml; the constructor works out those that follow from others.
    private static readonly string[] Texts =
    [
        nameof(ContainerImage.Digest), nameof(ContainerImage.Reference), nameof(ContainerImage.StorePath),
        nameof(ContainerImage.Created), nameof(ContainerImage.Size), nameof(ContainerImage.Platform),
        nameof(ContainerImage.TopLayer), nameof(ContainerImage.ManifestType), nameof(ContainerImage.RootDigest),
    ];

    private static readonly string[] Lists =
    [
        nameof(ContainerImage.Names), nameof(ContainerImage.MatchedNames), nameof(ContainerImage.RepoDigests),
        nameof(ContainerImage.Platforms), nameof(ContainerImage.PresentPlatforms),
    ];

    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        destinationType == typeof(ContainerImage) && (Unwrap(sourceValue) is IDictionary || IdOf(sourceValue) is not null);

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        new ContainerImage(Unwrap(sourceValue) is IDictionary given ? Unwrap(given) : Summary(PSObject.AsPSObject(sourceValue)));

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new PSNotSupportedException();

    private static Dictionary<string, object?> Summary(PSObject source)
    {
        var id = IdOf(source)!;
        var summary = new Dictionary<string, object?>
        {
            [nameof(ContainerImage.Id)] = Digest.TryParse(id, out var digest) ? digest.Hex : id,
        };
        foreach (var name in Texts)
        {
            // Export-Csv writes dates as the session's culture has them.
            var value = Unwrap(source.Properties[name]?.Value);
            var isDate = name == nameof(ContainerImage.Created) && value is string;
            Add(name, isDate && DateTimeOffset.TryParse(
                (string)value!, CultureInfo.CurrentCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : value);
        }

        foreach (var name in Lists)
        {
            // Export-Csv writes of a list nothing but the name of its type.
            var value = Unwrap(source.Properties[name]?.Value);
            Add(name, value is string text && text.StartsWith("System.", StringComparison.Ordinal) ? null : value);
        }

        return summary;

        // A file of text has no null.
        void Add(string name, object? value)
        {
            if (value is not (null or ""))
            {
                summary[name] = value;
            }
        }
    }

    private static Hashtable Unwrap(IDictionary given)
    {
        var plain = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in given)
        {
            var value = Unwrap(entry.Value);
            plain[Unwrap(entry.Key)!] = value is object[] several ? Array.ConvertAll(several, Unwrap) : value;
        }

        return plain;
    }

    // A bag of properties stays what it is: it knows the text of what it was made from.
    private static object? Unwrap(object? value) =>
        value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;

    private static string? IdOf(object? source) =>
        source is not null && Unwrap(PSObject.AsPSObject(source).Properties[nameof(ContainerImage.Id)]?.Value) is string { Length: > 0 } id
            ? id
            : null;
}
