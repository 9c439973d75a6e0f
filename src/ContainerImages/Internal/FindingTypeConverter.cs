using System;
using System.Collections;
using System.Collections.Generic;
using System.ComponentModel;
using System.Linq;
using System.Management.Automation;

namespace ContainerImages.Internal;

/// <summary>
/// Makes findings of what scripts have instead: a hash table, or an object with the properties of one, such as a finding that
/// came from a job, a file, JSON or CSV.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class FindingTypeConverter : PSTypeConverter
{
    private static readonly string[] Properties = typeof(VerificationFinding).GetProperties().Select(property => property.Name).ToArray();

    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        destinationType == typeof(VerificationFinding) && (Given(sourceValue) is not null || Value(sourceValue, nameof(VerificationFinding.Kind)) is string);

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        new VerificationFinding(Given(sourceValue) ?? Properties
            .Select(name => new KeyValuePair<string, object?>(name, Value(sourceValue, name)))
            .Where(pair => pair.Value is not (null or ""))
            .ToDictionary(pair => pair.Key, pair => pair.Value));

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) =>
        throw new PSNotSupportedException();

    private static IDictionary? Given(object source) => (source is PSObject wrapped ? wrapped.BaseObject : source) as IDictionary;

    // A file of text has no null.
    private static object? Value(object source, string property) =>
        PSObject.AsPSObject(source).Properties[property]?.Value is var value && value is PSObject wrapped ? wrapped.BaseObject : value;
}
