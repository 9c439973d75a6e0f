using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace ContainerImages.Completion;

/// <summary>What <c>$PSDefaultParameterValues</c> gives to parameters that are not typed.</summary>
/// <param name="values">The variable's value; null where it has none.</param>
internal sealed class SessionDefaults(IDictionary? values)
{
    /// <summary>Those of the session; none where a completer is called outside of one.</summary>
    public static SessionDefaults Read()
    {
        try
        {
            return new(SessionPaths.Session().PSVariable.GetValue("PSDefaultParameterValues") as IDictionary);
        }
        catch (InvalidOperationException)
        {
            return new(null);
        }
    }

    /// <summary>The value for a parameter, by its name or an alias; null where there is none, or only running something tells it.</summary>
    /// <param name="command">The cmdlet's name.</param>
    /// <param name="names">The parameter's name and its aliases.</param>
    public object? Find(string command, params string[] names)
    {
        if (values is null || LanguagePrimitives.IsTrue(values["Disabled"]))
        {
            return null;
        }

        // What names the cmdlet goes before what names several.
        return values.Cast<DictionaryEntry>()
            .Select(entry => (Key: entry.Key as string ?? "", entry.Value))
            .Where(entry => IsFor(entry.Key, command, names))
            .OrderBy(entry => WildcardPattern.ContainsWildcardCharacters(entry.Key))
            .Select(entry => entry.Value is ScriptBlock ? null : entry.Value)
            .FirstOrDefault();
    }

    private static bool IsFor(string key, string command, string[] names)
    {
        var colon = key.IndexOf(':');
        return colon > 0 && IsLike(command, key.Substring(0, colon)) && names.Any(name => IsLike(name, key.Substring(colon + 1)));
    }

    private static bool IsLike(string name, string pattern) =>
        WildcardPattern.Get(pattern.Trim().Trim('"', '\''), WildcardOptions.IgnoreCase).IsMatch(name);
}
