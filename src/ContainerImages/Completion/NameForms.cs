using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.References;
using ContainerImages.Store;
using ContainerImages.Transports;

namespace ContainerImages.Completion;

/// <summary>
/// The texts by which a stored name can be typed: one is offered only if it leads back to that name, by the resolver's
/// order.
/// </summary>
internal sealed class NameForms(StoreGlance store)
{
    public const string Localhost = "localhost/";

    private const string DockerHub = "docker.io/";
    private const string Official = "docker.io/library/";

    private readonly Func<ImageReference, IEnumerable<(ImageReference Name, string Why)>> _configured =
        ShortNames.Local(() => ConfigurationPlaces.Current, null);

    private HashSet<string>? _names;

    private HashSet<string> Names =>
        _names ??= new HashSet<string>(store.Entries.Select(entry => entry.Name).OfType<string>(), StringComparer.Ordinal);

    /// <summary>
    /// The names that a word is the start of in some form, each with the text to offer for it, sorted by that; then those whose
    /// last part it is the start of: who remembers what an image is called need not know where it is from.
    /// </summary>
    public IEnumerable<(IndexEntry Entry, string Name, string Text)> Matching(string word) =>
        Select(name => Match(name, word)).Concat(word.Length == 0 || word.IndexOf('/') >= 0 ? [] : Select(name => MatchLast(name, word)));

    /// <summary>Whether a word is the start of a name, in full or in a short form.</summary>
    public static bool IsStart(string name, string word) =>
        StartsWith(name, word) || StartsWith(Familiar(name), word) || (IsLocal(name) && StartsWith(name.Substring(Localhost.Length), word));

    public static bool IsLocal(string name) => name.StartsWith(Localhost, StringComparison.Ordinal);

    public static bool StartsWith(string text, string word) => text.StartsWith(word, StringComparison.OrdinalIgnoreCase);

    private static string Familiar(string name)
    {
        if (!name.StartsWith(DockerHub, StringComparison.Ordinal))
        {
            return name;
        }

        var isOfficial = name.StartsWith(Official, StringComparison.Ordinal) && name.IndexOf('/', Official.Length) < 0;
        return name.Substring(isOfficial ? Official.Length : DockerHub.Length);
    }

    private IEnumerable<(IndexEntry Entry, string Name, string Text)> Select(Func<string, string?> match) => store.Entries
        .Where(entry => entry.Name is not null)
        .Select(entry => (Entry: entry, Name: entry.Name!, Text: match(entry.Name!)))
        .Where(found => found.Text is not null)
        .Select(found => (found.Entry, found.Name, found.Text!))
        .OrderBy(found => found.Item3, StringComparer.Ordinal);

    private string? Match(string name, string word)
    {
        var familiar = Familiar(name);
        if (StartsWith(familiar, word))
        {
            return Shortest(name, familiar);
        }

        // Views show localhost, but nobody needs to type it.
        if (IsLocal(name) && name.Substring(Localhost.Length) is var local && StartsWith(local, word))
        {
            return LeadsTo(name, local) ? local : name;
        }

        return StartsWith(name, word) ? name : null;
    }

    private string? MatchLast(string name, string word)
    {
        var last = name.LastIndexOf('/') + 1;
        return string.Compare(name, last, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) == 0 && Match(name, word) is null
            ? Shortest(name, Familiar(name))
            : null;
    }

    private string Shortest(string name, string familiar) => familiar == name || LeadsTo(name, familiar) ? familiar : name;

    private bool LeadsTo(string name, string shortName) =>
        ImageReference.TryParse(shortName, out var typed) && !typed.HasRegistry &&
        LocalNames.Expand(typed, _configured).Select(full => full.Name.ToString()).FirstOrDefault(Names.Contains) == name;
}
