using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Help;

/// <summary>Commands and parameters that a text names are there: in the help, the README and the CHANGELOG.</summary>
public sealed partial class MentionTests : IDisposable
{
    private readonly ScriptSession _session = new();
    private readonly Dictionary<string, CommandInfo> _commands;

    public MentionTests() => _commands = _session.Run("Get-Command -Module ContainerImages").ShouldSucceed().Objects
        .Select(o => (CommandInfo)o.BaseObject)
        .ToDictionary(command => command.Name, command => (command as AliasInfo)?.ReferencedCommand ?? command, StringComparer.OrdinalIgnoreCase);

    public static TheoryData<string> Files() =>
    [
        "README.md", "CHANGELOG.md", .. Directory.GetFiles(HelpFolder.Path, "*.md").Select(file => "en-US/" + Path.GetFileName(file)).Order(StringComparer.Ordinal),
    ];

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void Named_commands_exist(string file) =>
        Assert.All(Command().Matches(HelpFolder.ReadText(file)).Select(match => match.Value), name => Assert.Contains(name, _commands.Keys));

    [Theory]
    [MemberData(nameof(Files))]
    public void Commands_in_code_have_the_parameters_that_they_are_given(string file)
    {
        string code = string.Join('\n', Code(HelpFolder.ReadText(file)));

        // What is no PowerShell has errors, and no such commands.
        Ast parsed = Parser.ParseInput(code, out _, out _);
        foreach (CommandAst call in parsed.FindAll(ast => ast is CommandAst, searchNestedScriptBlocks: true).Cast<CommandAst>())
        {
            if (call.GetCommandName() is { } name && _commands.TryGetValue(name, out CommandInfo? command))
            {
                Assert.All(
                    call.CommandElements.OfType<CommandParameterAst>(),
                    parameter => Assert.Equal(
                        (call.Extent.Text, command.ResolveParameter(parameter.ParameterName).Name.ToUpperInvariant()),
                        (call.Extent.Text, parameter.ParameterName.ToUpperInvariant())));
            }
        }
    }

    [GeneratedRegex(@"\b[A-Z][a-z]+-(ContainerImage|ContainerRegistry|Image(Tag|Lease|Store|History))\b")]
    private static partial Regex Command();

    [GeneratedRegex("`([^`]+)`", RegexOptions.Singleline)]
    private static partial Regex InLine();

    // Blocks with fences, lines that are set in, and what stands between backticks in a paragraph.
    private static IEnumerable<string> Code(string text)
    {
        string? fence = null;
        List<string> paragraph = [];
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                fence = fence is null ? line[3..] : null;
            }
            else if (fence is not null || line.StartsWith("    ", StringComparison.Ordinal))
            {
                yield return fence is null or "powershell" ? line : "";
            }
            else if (line.Length > 0)
            {
                paragraph.Add(line);
            }
            else
            {
                foreach (Match match in InLine().Matches(string.Join(' ', paragraph)))
                {
                    yield return match.Groups[1].Value;
                }

                paragraph.Clear();
            }
        }
    }
}
