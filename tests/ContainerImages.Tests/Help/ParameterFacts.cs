using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;

namespace ContainerImages.Tests.Help;

/// <summary>What is to be known of a parameter beside its description, in the form of PlatyPS's pages.</summary>
internal static class ParameterFacts
{
    /// <summary>The block that the page of a command must have for a parameter.</summary>
    public static string Of(CmdletInfo command, ParameterMetadata parameter)
    {
        List<string> lines =
        [
            $"Type: {parameter.ParameterType}",
            $"DefaultValue: {Default(command, parameter)}",
            $"SupportsWildcards: {Text(parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any())}",
            .. List("Aliases", parameter.Aliases),
            "ParameterSets:",
        ];
        foreach (var (name, set) in parameter.ParameterSets.OrderBy(set => set.Key, StringComparer.Ordinal))
        {
            lines.Add($"- Name: {(name == ParameterAttribute.AllParameterSets ? "(All)" : name)}");
            lines.Add($"  Position: {(set.Position < 0 ? "Named" : set.Position)}");
            lines.Add($"  IsRequired: {Text(set.IsMandatory)}");
            lines.Add($"  ValueFromPipeline: {Text(set.ValueFromPipeline)}");
            lines.Add($"  ValueFromPipelineByPropertyName: {Text(set.ValueFromPipelineByPropertyName)}");
            lines.Add($"  ValueFromRemainingArguments: {Text(set.ValueFromRemainingArguments)}");
        }

        lines.Add("DontShow: false");
        lines.AddRange(List("AcceptedValues", parameter.Attributes.OfType<ValidateSetAttribute>().SelectMany(set => set.ValidValues)));
        lines.Add("HelpMessage: ''");
        return Normalize(string.Join('\n', lines));
    }

    /// <summary>The block with the lines of its sets in one order, and no line end at its end.</summary>
    public static string Normalize(string block)
    {
        List<string> lines = [];
        List<List<string>> sets = [];
        bool isSet = false;
        foreach (string line in block.TrimEnd().Split('\n'))
        {
            isSet = isSet ? line.StartsWith("- Name:", StringComparison.Ordinal) || line.StartsWith("  ", StringComparison.Ordinal) : line.StartsWith("- Name:", StringComparison.Ordinal);
            if (!isSet)
            {
                Flush();
                lines.Add(line);
            }
            else if (line.StartsWith("- Name:", StringComparison.Ordinal))
            {
                sets.Add([line]);
            }
            else
            {
                sets[^1].Add(line);
            }
        }

        Flush();
        return string.Join('\n', lines);

        void Flush()
        {
            lines.AddRange(sets.OrderBy(set => set[0], StringComparer.Ordinal).SelectMany(set => set));
            sets.Clear();
        }
    }

    // The value that the property has in the beginning, where it could be given: 0 and the like often stand for "not given".
    private static string Default(CmdletInfo command, ParameterMetadata parameter)
    {
        object? value = command.ImplementingType.GetProperty(parameter.Name)?.GetValue(Activator.CreateInstance(command.ImplementingType));
        return value switch
        {
            string { Length: > 0 } text => text,
            int or long when IsInRange(parameter, Convert.ToInt64(value, CultureInfo.InvariantCulture)) => FormattableString.Invariant($"{value}"),
            _ => "''",
        };
    }

    private static bool IsInRange(ParameterMetadata parameter, long value) => value != int.MaxValue &&
        parameter.Attributes.OfType<ValidateRangeAttribute>().Any(range =>
            Convert.ToInt64(range.MinRange, CultureInfo.InvariantCulture) <= value && value <= Convert.ToInt64(range.MaxRange, CultureInfo.InvariantCulture));

    private static IEnumerable<string> List(string key, IEnumerable<string> values)
    {
        string[] all = [.. values];
        return all.Length == 0 ? [$"{key}: []"] : [$"{key}:", .. all.Select(value => $"- {value}")];
    }

    private static string Text(bool value) => value ? "true" : "false";
}
