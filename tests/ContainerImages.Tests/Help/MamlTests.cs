using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Help;

/// <summary>What Get-Help reads says what the Markdown says.</summary>
public sealed class MamlTests
{
    private const string FileName = "ContainerImages.dll-Help.xml";

    private static readonly XNamespace _command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace _maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace _dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    private readonly Dictionary<string, XElement> _commands = XDocument.Load(Path.Combine(HelpFolder.Path, FileName)).Root!
        .Elements(_command + "command")
        .ToDictionary(command => command.Element(_command + "details")!.Element(_command + "name")!.Value, StringComparer.Ordinal);

    [Fact]
    public void It_has_the_cmdlets_of_the_pages() => Same("cmdlets", HelpFolder.Pages.Select(page => page.Name), _commands.Keys);

    [Fact]
    public void It_has_the_words_of_the_pages()
    {
        foreach (var (page, maml) in Pairs())
        {
            Same(page.Name, [HelpPage.Words(page.Section("SYNOPSIS"))], [Words(maml.Element(_command + "details")!.Element(_maml + "description")!)]);
            Same(page.Name, [HelpPage.Words(page.Section("DESCRIPTION"))], [Words(maml.Element(_maml + "description")!)]);
            Same(page.Name, [HelpPage.Words(page.Section("NOTES"))], [Words(maml.Element(_maml + "alertSet")!)]);
        }
    }

    [Fact]
    public void It_has_the_parameters_of_the_pages()
    {
        foreach (var (page, maml) in Pairs())
        {
            Same(
                page.Name,
                page.Parameters.Select(parameter => $"{parameter.Key}: {HelpPage.Words(parameter.Value.Description)}"),
                maml.Element(_command + "parameters")!.Elements().Select(parameter => $"{parameter.Element(_maml + "name")!.Value}: {Words(parameter.Element(_maml + "description")!)}"));
        }
    }

    [Fact]
    public void It_has_the_examples_of_the_pages_as_code()
    {
        foreach (var (page, maml) in Pairs())
        {
            XElement[] examples = [.. maml.Element(_command + "examples")!.Elements()];
            Same(page.Name, page.Examples.Select(example => example.Title), examples.Select(example => example.Element(_maml + "title")!.Value.Trim('-', ' ')));
            Same(page.Name, page.Examples.Select(example => example.Code), examples.Select(example => example.Element(_dev + "code")!.Value));
        }
    }

    [Fact]
    public void Get_Help_shows_it()
    {
        using ScriptSession session = new();
        CultureInfo before = CultureInfo.CurrentUICulture;
        foreach (HelpPage page in HelpFolder.Pages)
        {
            session.Set("name", page.Name);

            Assert.Equal(
                [page.Section("SYNOPSIS"), page.Examples[0].Code, page.Parameters.Keys.First(), page.Front("HelpUri")],
                session.Run("""
                    $help = Get-Help $name -Full
                    $help.Synopsis
                    $help.examples.example[0].code
                    $help.parameters.parameter[0].name
                    $help.relatedLinks.navigationLink[0].uri
                    """).ShouldSucceed().Objects.Select(text => text.ToString()));
        }

        Assert.Equal(before, CultureInfo.CurrentUICulture);
    }

    private static void Same(string what, IEnumerable<string> markdown, IEnumerable<string> maml)
    {
        string[] expected = [.. markdown];
        string[] actual = [.. maml];
        Assert.True(
            expected.SequenceEqual(actual),
            $"{FileName} is behind the Markdown ({what}). {HelpFolder.Rebuild}\n\n{string.Join('\n', expected.Except(actual))}\n\n{string.Join('\n', actual.Except(expected))}");
    }

    private static string Words(XElement element) => HelpPage.Words(string.Join(' ', element.Descendants(_maml + "para").Select(para => para.Value)));

    private IEnumerable<(HelpPage Page, XElement Maml)> Pairs() => HelpFolder.Pages.Join(_commands, page => page.Name, pair => pair.Key, (page, pair) => (page, pair.Value));
}
