using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using ContainerImages.Store;

namespace ContainerImages.Completion;

/// <summary>What is typed so far of the command whose argument is to be completed.</summary>
internal sealed class CompletionRequest(string commandName, CompletionText word, CommandAst command, IDictionary bound)
{
    private const string StorePathParameter = "StorePath";
    private const string StorePathAlias = "Store";

    private SessionDefaults? _defaults;

    public string CommandName { get; } = commandName;

    public CompletionText Word { get; } = word;

    /// <summary>Whether something is piped into the command.</summary>
    public bool IsPipedInto => command.Parent is PipelineAst pipeline && pipeline.PipelineElements[0] != command;

    /// <summary>The images typed as objects, in variables.</summary>
    public IEnumerable<ContainerImage> InputObjects =>
        Items(bound["InputObject"]).Select(item => item is PSObject wrapped ? wrapped.BaseObject : item).OfType<ContainerImage>();

    private SessionDefaults Defaults => _defaults ??= SessionDefaults.Read();

    /// <summary>The text typed for another parameter; empty if there is none, or if it only comes of running something.</summary>
    public IReadOnlyList<string> Texts(string parameter) => Texts(bound[parameter]);

    /// <summary>The text typed for another parameter, else what the session has for it by default.</summary>
    public string? TextOrDefault(string parameter) =>
        Texts(parameter).Concat(TypedArgument(parameter) is null ? Texts(Defaults.Find(CommandName, parameter)) : []).FirstOrDefault();

    /// <summary>
    /// What stands in the same list beside the word. Read as it is typed, since what is bound is numbers where the digits of
    /// an ID look like one, and nothing at all after a last comma.
    /// </summary>
    public ICollection<string> Siblings()
    {
        foreach (var element in command.CommandElements)
        {
            var list = element is CommandParameterAst parameter ? parameter.Argument : element;
            if (list is not (ArrayLiteralAst or ErrorExpressionAst))
            {
                continue;
            }

            var texts = list.FindAll(ast => ast is ConstantExpressionAst, searchNestedScriptBlocks: false).Select(TextOf).ToList();
            if (texts.Remove(Word.Text) || (Word.Text.Length == 0 && list is ErrorExpressionAst))
            {
                return new HashSet<string>(texts, StringComparer.Ordinal);
            }
        }

        return [];
    }

    /// <summary>The folder of the store that the command would use.</summary>
    /// <returns>False where the path is typed and only running the line would tell it.</returns>
    public bool TryGetStorePath(out string path)
    {
        path = ImageStore.DefaultPath;
        var typed = Texts(StorePathParameter).FirstOrDefault();
        if (typed is null && TypedArgument(StorePathParameter) is { } argument)
        {
            typed = SessionPaths.Expand(argument);
            if (typed is null)
            {
                return false;
            }
        }

        typed ??= Texts(Defaults.Find(CommandName, StorePathParameter, StorePathAlias)).FirstOrDefault();
        if (typed is not null)
        {
            path = SessionPaths.Resolve(typed);
        }
        else if (InputObjects.FirstOrDefault()?.StorePath is { } own)
        {
            path = own;
        }

        return true;
    }

    private ExpressionAst? TypedArgument(string parameter)
    {
        var elements = command.CommandElements;
        for (var i = 1; i < elements.Count; i++)
        {
            // Names may be cut short, and 'Store' is an alias besides.
            if (elements[i] is CommandParameterAst { ParameterName.Length: > 1 } name
                && parameter.StartsWith(name.ParameterName, StringComparison.OrdinalIgnoreCase))
            {
                return name.Argument ?? (i + 1 < elements.Count ? elements[i + 1] as ExpressionAst : null);
            }
        }

        return null;
    }

    private static List<string> Texts(object? value) => Items(value)
        .Select(item => LanguagePrimitives.TryConvertTo<string>(item, out var text) ? text : "")
        .Where(text => text.Length > 0)
        .ToList();

    private static string TextOf(Ast ast) => ast is StringConstantExpressionAst text ? text.Value : ast.Extent.Text;

    private static IEnumerable<object> Items(object? value) => value switch
    {
        null => [],
        _ when LanguagePrimitives.GetEnumerable(value) is { } items => items.Cast<object?>().OfType<object>(),
        _ => [value],
    };
}
