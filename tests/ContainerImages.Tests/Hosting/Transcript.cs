using System.Collections.Generic;
using System.Management.Automation;

namespace ContainerImages.Tests.Hosting;

/// <summary>The lines of a session, in the order they came; errors in a form that does not depend on the error view.</summary>
internal sealed class Transcript
{
    private readonly List<string> _lines = [];

    public void Add(string line)
    {
        lock (_lines)
        {
            _lines.Add(line);
        }
    }

    public void Add(ErrorRecord error, bool terminating = false)
    {
        Add($"{(terminating ? "TERMINATING ERROR" : "ERROR")}: {error.ErrorDetails?.Message ?? error.Exception.Message}");
        Add($"    {error.FullyQualifiedErrorId} ({error.CategoryInfo.Category}: {error.TargetObject ?? "no target"})");
        string? action = error.ErrorDetails?.RecommendedAction;
        if (!string.IsNullOrEmpty(action))
        {
            Add("    Recommendation: " + action);
        }
    }

    /// <summary>The lines so far, which are forgotten.</summary>
    public string Take()
    {
        lock (_lines)
        {
            string text = string.Join('\n', _lines);
            _lines.Clear();
            return text;
        }
    }
}
