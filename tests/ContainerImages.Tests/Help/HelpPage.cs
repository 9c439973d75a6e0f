using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;

namespace ContainerImages.Tests.Help;

/// <summary>An example of a page.</summary>
/// <param name="Title">Its title, "Example 1: …".</param>
/// <param name="Code">What is to be run: all blocks of PowerShell in it, in order.</param>
internal sealed record HelpExample(string Title, string Code);

/// <summary>A parameter of a page.</summary>
/// <param name="Description">What it is for.</param>
/// <param name="Facts">Its block of YAML, as <see cref="ParameterFacts"/> writes it.</param>
internal sealed record HelpParameter(string Description, string Facts);

/// <summary>The page of a cmdlet, in PlatyPS's Markdown.</summary>
internal sealed partial class HelpPage
{
    private readonly Dictionary<string, string> _sections;

    private HelpPage(string name, string text)
    {
        Name = name;
        Text = text;
        _sections = Split(text, "## ").ToDictionary(section => section.Title, section => section.Body, StringComparer.Ordinal);
        Examples = [.. Split(Section("EXAMPLES"), "### ").Select(example => new HelpExample(
            example.Title, string.Join('\n', Code().Matches(example.Body).Select(match => match.Groups[1].Value))))];
        Parameters = Split(Section("PARAMETERS"), "### -").ToDictionary(
            parameter => parameter.Title,
            parameter => new HelpParameter(Before(parameter.Body, "```yaml"), ParameterFacts.Normalize(Facts().Match(parameter.Body).Groups[1].Value)),
            StringComparer.Ordinal);
    }

    public string Name { get; }

    public string Text { get; }

    public IReadOnlyList<HelpExample> Examples { get; }

    /// <summary>By name, in the order of the page; without the common ones.</summary>
    public IReadOnlyDictionary<string, HelpParameter> Parameters { get; }

    public static HelpPage Read(string file) => new(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file).Replace("\r\n", "\n"));

    /// <summary>What stands under a heading of the second level; empty if it is not there.</summary>
    public string Section(string title) => _sections.GetValueOrDefault(title, "").Trim();

    /// <summary>The titles under a heading, such as the types of INPUTS.</summary>
    public IEnumerable<string> Titles(string section) => Split(Section(section), "### ").Select(part => part.Title);

    /// <summary>The value of a key of the page's front matter.</summary>
    public string Front(string key) => Regex.Match(Text, $"^{Regex.Escape(key)}: (.*)$", RegexOptions.Multiline).Groups[1].Value;

    /// <summary>The words of a piece of Markdown, without the marks that a text has no use for.</summary>
    public static string Words(string markdown) =>
        string.Join(' ', Link().Replace(markdown, "$1").Replace("`", "").Replace("**", "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string Before(string text, string mark) =>
        (text.IndexOf(mark, StringComparison.Ordinal) is var at and >= 0 ? text[..at] : text).Trim();

    // Headings within code are none.
    private static IEnumerable<(string Title, string Body)> Split(string text, string mark)
    {
        string? title = null;
        List<string> body = [];
        bool isCode = false;
        foreach (string line in text.Split('\n'))
        {
            isCode ^= line.StartsWith("```", StringComparison.Ordinal);
            if (!isCode && line.StartsWith(mark, StringComparison.Ordinal))
            {
                if (title is not null)
                {
                    yield return (title, string.Join('\n', body));
                }

                title = line[mark.Length..].Trim();
                body.Clear();
            }
            else
            {
                body.Add(line);
            }
        }

        if (title is not null)
        {
            yield return (title, string.Join('\n', body));
        }
    }

    [GeneratedRegex(@"^```powershell\n(.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex(@"^```yaml\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Facts();

    [GeneratedRegex(@"\[([^\]]+)\]\([^)]*\)")]
    private static partial Regex Link();
}
