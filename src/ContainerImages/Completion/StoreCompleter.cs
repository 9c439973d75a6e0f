using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ContainerImages.Completion;

/// <summary>
/// Completes an argument from what is in the store that the command line means. It takes no lock, uses no network, waits
/// for nobody, and where anything is wrong it offers nothing.
/// </summary>
public abstract class StoreCompleter : IArgumentCompleter
{
    private protected StoreCompleter()
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
            return Complete(request, Look(request)).ToList();
        }
        catch (Exception)
        {
            // Whatever it is: an error has no place in the middle of a line that is being typed.
            return [];
        }
    }

    /// <summary>What fits, in the order in which it is offered.</summary>
    private protected abstract IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store);

    private protected static CompletionResult Offer(CompletionRequest request, string text, string tip) =>
        new(request.Word.Quote(text), text, CompletionResultType.ParameterValue, tip);

    private static StoreGlance Look(CompletionRequest request)
    {
        try
        {
            return request.TryGetStorePath(out var path) ? StoreGlance.Read(path) : StoreGlance.Empty;
        }
        catch (Exception)
        {
            // No store, none that can be read, or another program is writing it: some completers have more to offer.
            return StoreGlance.Empty;
        }
    }
}
