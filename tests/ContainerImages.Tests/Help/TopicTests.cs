using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text;
using System.Text.RegularExpressions;
using ContainerImages.Tests.Hosting;
using ContainerImages.Tests.Loading;
using Xunit;

namespace ContainerImages.Tests.Help;

/// <summary>The about topics: their texts for Get-Help, and what they are to tell of.</summary>
public sealed partial class TopicTests
{
    [Fact]
    public void Each_has_a_text_with_the_words_of_its_Markdown()
    {
        Assert.NotEmpty(HelpFolder.Topics);
        Assert.All(HelpFolder.Topics, topic =>
        {
            string file = Path.Combine(HelpFolder.Path, topic + ".help.txt");
            Assert.True(File.Exists(file), $"{topic} has no text. {HelpFolder.Rebuild}");
            Assert.True(
                Words(HelpFolder.ReadText("en-US", topic + ".md")) == Words(File.ReadAllText(file)),
                $"{topic}.help.txt is behind its Markdown. {HelpFolder.Rebuild}");
        });
        Assert.Equal(
            HelpFolder.Topics,
            Directory.GetFiles(HelpFolder.Path, "*.help.txt").Select(file => Path.GetFileName(file).Replace(".help.txt", "")).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Texts_fit_a_screen_and_are_marked_where_Windows_PowerShell_would_misread_them() => Assert.All(HelpFolder.Topics, topic =>
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(HelpFolder.Path, topic + ".help.txt"));
        string text = Encoding.UTF8.GetString(bytes);

        Assert.Equal(bytes.Any(b => b > 0x7F), bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble));
        // Code stays as it is.
        Assert.All(
            text.Split('\n').Where(line => line.Length > 80),
            line => Assert.Contains(line.Trim(), HelpFolder.ReadText("en-US", topic + ".md"), StringComparison.Ordinal));
    });

    [Fact]
    public void Get_Help_finds_them()
    {
        using ScriptSession session = new();
        foreach (string topic in HelpFolder.Topics)
        {
            session.Set("name", topic);

            Assert.Equal(
                [Words(File.ReadAllText(Path.Combine(HelpFolder.Path, topic + ".help.txt")))],
                session.Run("Get-Help $name").ShouldSucceed().Objects.Select(text => Words(text.ToString())));
        }
    }

    [Fact]
    public void Every_error_is_told_with_its_category_cause_and_cure_and_no_other_is()
    {
        (string Title, string Body)[] sections =
        [
            .. Section().Matches(HelpFolder.ReadText("en-US", "about_ContainerImages_Errors.md")).Select(match => (match.Groups[1].Value, match.Groups[2].Value)),
        ];

        // The session has the module loaded.
        using ScriptSession session = new();
        Type error = ModuleAssemblies.Engine.GetType("ContainerImages.Content.ImageError", throwOnError: true)!;
        Type exception = ModuleAssemblies.Engine.GetType("ContainerImages.Content.ContainerImageException", throwOnError: true)!;
        Type records = ModuleAssemblies.Cmdlets.GetType("ContainerImages.Errors.ErrorRecords", throwOnError: true)!;

        Assert.Equal(Enum.GetNames(error).Order(StringComparer.Ordinal), sections.Select(section => section.Title).Order(StringComparer.Ordinal));
        Assert.All(sections, section =>
        {
            object thrown = Activator.CreateInstance(exception, Enum.Parse(error, section.Title), "A message.", null)!;
            var record = (ErrorRecord)records.GetMethod("Create")!.Invoke(null, [thrown, null])!;
            bool isTerminating = (bool)records.GetMethod("IsTerminating")!.Invoke(null, [thrown])!;

            Assert.Matches($@"^\nCategory: {record.CategoryInfo.Category}\n\nCause: \S(.|\n)+\n\nCure: \S(.|\n)+$", section.Body);
            Assert.Equal(isTerminating, HelpPage.Words(section.Body).Contains("Ends the call", StringComparison.Ordinal));
        });
    }

    [Fact]
    public void The_module_and_the_README_name_all_of_them()
    {
        string about = HelpFolder.ReadText("en-US", "about_ContainerImages.md");
        string readme = HelpFolder.ReadText("README.md");

        Assert.All(HelpFolder.Topics, topic =>
        {
            Assert.True(about.Contains(topic, StringComparison.Ordinal), $"about_ContainerImages.md does not name {topic}: put it under 'See also'.");
            Assert.True(readme.Contains($"(en-US/{topic}.md)", StringComparison.Ordinal), $"README.md has no link to en-US/{topic}.md.");
        });
    }

    // All but marks and headings; the first line of a text has the name of the topic, as the heading of the Markdown.
    private static string Words(string text)
    {
        IEnumerable<string> lines = text.Replace("\r\n", "\n").Replace("\uFEFF", "").Split('\n')
            .Select(line => line.TrimStart('#'))
            .Where(line => line != "TOPIC");
        return HelpPage.Words(string.Join('\n', lines)).ToUpperInvariant();
    }

    [GeneratedRegex(@"^#### (\w+)\n(.*?)(?=^#|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Section();
}
