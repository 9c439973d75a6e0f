using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ContainerImages.Completion;

/// <summary>Completes an argument. It uses no network, waits for nobody, and where anything is wrong it offers nothing.</summary>
public abstract class Completer : IArgumentCompleter
{
    private protected Completer()
    {
    }

    /// <summary>Finds what can stand at the cursor.</summary>
    /// <param name="commandName">The command's name.</param>
    /// <param name="parameterName">The parameter's name.</param>
    /// <param name="wordToComplete">What is typed of the argument, in quotes if it is typed so.</param>
    /// <param name="commandAst">The command as it is typed.</param>
    /// <param name="fakeBoundParameters">The arguments whose values can be told without running anything.</param>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var request = new CompletionRequest(commandName, CompletionText.Parse(wordToComplete), commandAst, fakeBoundParameters);
            return Complete(request).ToList();
        }
        catch (Exception)
        {
            // Whatever it is: an error has no place in the middle of a line that is being typed.
            return [];
        }
    }

    /// <summary>What fits, in the order in which it is offered.</summary>
    private protected abstract IEnumerable<CompletionResult> Complete(CompletionRequest request);

    private protected static CompletionResult Offer(CompletionRequest request, string text, string tip) =>
        new(request.Word.Quote(text), text, CompletionResultType.ParameterValue, tip);

    /// <summary>Those of a list that the word is the start of, and that do not stand beside it already.</summary>
    private protected static IEnumerable<CompletionResult> Offer(CompletionRequest request, IEnumerable<(string Text, string Tip)> offers)
    {
        var given = request.Siblings();
        return offers
            .Where(offer => NameForms.StartsWith(offer.Text, request.Word.Text) && !given.Contains(offer.Text))
            .Select(offer => Offer(request, offer.Text, offer.Tip));
    }
}
