using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Text.RegularExpressions;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Help;

/// <summary>The pages, the README and the CHANGELOG say what the commands are, all of it and nothing else.</summary>
public sealed class HelpPageTests : IDisposable
{
    private static readonly HashSet<string> _ofAllCmdlets = [.. Cmdlet.CommonParameters];

    private static readonly string[] _sections = ["SYNOPSIS", "DESCRIPTION", "NOTES"];

    private readonly ScriptSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Every_cmdlet_has_a_page_and_every_page_a_cmdlet()
    {
        string[] commands = [.. Commands().Select(command => command.Name)];
        string[] pages = [.. HelpFolder.Pages.Select(page => page.Name)];

        Assert.All(commands.Except(pages), name => Assert.Fail(
            $"{name} has no page. Import the module that the build staged, make the page by 'New-MarkdownCommandHelp -CommandInfo (Get-Command {name}) " +
            $"-OutputFolder .' of Microsoft.PowerShell.PlatyPS 1.x, put it into en-US, and fill it in like those there. Then: {HelpFolder.Rebuild}"));
        Assert.All(pages.Except(commands), name => Assert.Fail($"en-US/{name}.md is of no cmdlet: delete it. Then: {HelpFolder.Rebuild}"));
    }

    [Fact]
    public void Parameters_are_those_of_the_commands()
    {
        List<string> wrong = [];
        foreach (var (command, page) in CommandsWithPages())
        {
            ParameterMetadata[] real = [.. command.Parameters.Values.Where(parameter => !_ofAllCmdlets.Contains(parameter.Name))];
            foreach (ParameterMetadata parameter in real)
            {
                string facts = ParameterFacts.Of(command, parameter);
                if (!page.Parameters.TryGetValue(parameter.Name, out HelpParameter? documented))
                {
                    wrong.Add($"en-US/{page.Name}.md lacks a parameter. Put this where it belongs by the alphabet, with a description:\n\n### -{parameter.Name}\n\n<what it is for>\n\n```yaml\n{facts}\n```");
                }
                else if (documented.Facts != facts)
                {
                    wrong.Add($"en-US/{page.Name}.md does not have -{parameter.Name} as it is. Its block must be:\n\n```yaml\n{facts}\n```\n\nand it is:\n\n{documented.Facts}");
                }
            }

            wrong.AddRange(page.Parameters.Keys.Except(real.Select(parameter => parameter.Name))
                .Select(name => $"en-US/{page.Name}.md has a parameter -{name}, and the cmdlet has not: delete its section."));
            Assert.Equal(page.Parameters.Keys.Order(StringComparer.OrdinalIgnoreCase), page.Parameters.Keys);
        }

        Assert.True(wrong.Count == 0, string.Join("\n\n", [.. wrong, $"The same goes for SYNTAX. Then: {HelpFolder.Rebuild}"]));
    }

    [Fact]
    public void Syntax_is_that_of_the_commands()
    {
        foreach (var (command, page) in CommandsWithPages())
        {
            string expected = string.Join("\n\n", command.ParameterSets
                .Select(set => $"### {set.Name}{(set.IsDefault && set.Name != ParameterAttribute.AllParameterSets ? " (Default)" : "")}\n{command.Name} {set}")
                .Order(StringComparer.Ordinal));
            string documented = string.Join("\n\n", Regex.Split(page.Section("SYNTAX"), "^### ", RegexOptions.Multiline).Skip(1)
                .Select(set => set.Split('\n', 2))
                .Select(set => $"### {set[0].Trim()}\n{string.Join(' ', set[1].Replace("```", "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}")
                .Order(StringComparer.Ordinal));

            Assert.True(expected == documented, $"SYNTAX of en-US/{page.Name}.md must be\n\n{expected}\n\nand it is\n\n{documented}\n\nThen: {HelpFolder.Rebuild}");
        }
    }

    [Fact]
    public void Inputs_outputs_and_aliases_are_those_of_the_commands()
    {
        foreach (var (command, page) in CommandsWithPages())
        {
            IEnumerable<string> inputs = command.Parameters.Values
                .Where(parameter => parameter.ParameterSets.Values.Any(set => set.ValueFromPipeline || set.ValueFromPipelineByPropertyName))
                .Select(parameter => parameter.ParameterType.ToString());
            IEnumerable<string> aliases = command.ImplementingType.GetCustomAttributes(false).OfType<AliasAttribute>().SelectMany(alias => alias.AliasNames);

            Assert.Equal(inputs.Distinct().Order(StringComparer.Ordinal), page.Titles("INPUTS").Order(StringComparer.Ordinal));
            Assert.Equal(command.OutputType.Select(type => type.Name), page.Titles("OUTPUTS"));
            Assert.Equal(
                aliases.Order(StringComparer.OrdinalIgnoreCase).DefaultIfEmpty("None."),
                page.Section("ALIASES").Split(", ").Select(alias => alias.Trim('`')).Order(StringComparer.OrdinalIgnoreCase));
        }
    }

    [Fact]
    public void Pages_are_filled_in()
    {
        Assert.NotEmpty(HelpFolder.Pages);
        Assert.All(HelpFolder.Pages, page =>
        {
            Assert.DoesNotContain("{{", page.Text, StringComparison.Ordinal);
            Assert.All(_sections, section => Assert.True(page.Section(section).Length > 10, $"{page.Name}: {section}"));
            Assert.All(page.Parameters, parameter => Assert.True(parameter.Value.Description.Length > 10, $"{page.Name}: -{parameter.Key}"));
            Assert.True(page.Examples.Count >= 3, $"{page.Name} has {page.Examples.Count} examples.");
            Assert.All(page.Examples, example => Assert.Matches(@"^Example \d+: \S", example.Title));
        });
    }

    [Fact]
    public void Online_help_leads_to_the_page()
    {
        foreach (var (command, page) in CommandsWithPages())
        {
            string uri = command.ImplementingType.GetCustomAttributes(false).OfType<CmdletAttribute>().Single().HelpUri;
            Assert.EndsWith($"/en-US/{command.Name}.md", uri, StringComparison.Ordinal);
            Assert.Equal(uri, page.Front("HelpUri"));
            Assert.StartsWith($"- [Online Version]({uri})", page.Section("RELATED LINKS"), StringComparison.Ordinal);
            Assert.Equal(command.HelpFile, page.Front("external help file"));
        }
    }

    [Fact]
    public void Links_lead_somewhere()
    {
        string[] files = ["README.md", .. Directory.GetFiles(HelpFolder.Path, "*.md").Select(file => Path.Combine("en-US", Path.GetFileName(file)))];
        foreach (string file in files)
        {
            string folder = Path.Combine(HelpFolder.Repository, Path.GetDirectoryName(file)!);
            Assert.All(
                Regex.Matches(HelpFolder.ReadText(file), @"\]\(([^)#:]+)\)").Select(link => link.Groups[1].Value),
                link => Assert.True(Path.Exists(Path.Combine(folder, link)), $"{file} leads to {link}, and there is nothing."));
        }
    }

    [Fact]
    public void README_lists_the_cmdlets_and_CHANGELOG_tells_of_each()
    {
        string[] commands = [.. Commands().Select(command => command.Name)];
        string[] rows = [.. Regex.Matches(HelpFolder.ReadText("README.md"), @"^\| `([A-Z]\w+-\w+)` \| .{10,} \|$", RegexOptions.Multiline).Select(row => row.Groups[1].Value)];
        string[] changes = Regex.Split(HelpFolder.ReadText("CHANGELOG.md"), @"^(?=- |#)", RegexOptions.Multiline);

        Assert.Equal(commands.Order(StringComparer.Ordinal), rows);
        Assert.All(commands, name => Assert.Contains(changes, change => Tells(change, name)));
    }

    // "`New-`, `Get-` and `Remove-ImageLease`" tells of all three.
    private static bool Tells(string change, string command)
    {
        string[] parts = command.Split('-');
        return change.Contains($"{parts[0]}-", StringComparison.Ordinal) && change.Contains($"-{parts[1]}`", StringComparison.Ordinal);
    }

    private (CmdletInfo Command, HelpPage Page)[] CommandsWithPages()
    {
        (CmdletInfo Command, HelpPage Page)[] pairs =
            [.. Commands().Join(HelpFolder.Pages, command => command.Name, page => page.Name, (command, page) => (command, page))];
        Assert.NotEmpty(pairs);
        return pairs;
    }

    private IEnumerable<CmdletInfo> Commands() =>
        _session.Run("Get-Command -Module ContainerImages -CommandType Cmdlet").ShouldSucceed().Objects.Select(o => (CmdletInfo)o.BaseObject);
}
