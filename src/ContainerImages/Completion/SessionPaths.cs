using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace ContainerImages.Completion;

/// <summary>Paths as the session means them: a completer is handed no session state, and must ask for it.</summary>
internal static class SessionPaths
{
    /// <summary>The text of an argument such as <c>$HOME/store</c>; null if it is not made of text and variables alone.</summary>
    public static string? Expand(ExpressionAst argument) =>
        argument is ExpandableStringExpressionAst { NestedExpressions: var parts } text
        && parts.All(part => part is VariableExpressionAst)
            ? Session().InvokeCommand.ExpandString(text.Value)
            : null;

    /// <summary>The file system's path; relative ones start from the session's location.</summary>
    public static string Resolve(string path) =>
        IsPlain(path) ? path : Session().Path.GetUnresolvedProviderPathFromPSPath(path);

    // Asking the session is a pipeline of its own, and most paths need it not.
    private static bool IsPlain(string path) => Path.DirectorySeparatorChar == '/'
        ? path[0] == '/' && path.IndexOf(':') < 0
        : path.Length > 2 && path[1] == ':' && char.IsLetter(path[0]) && path[2] is '\\' or '/';

    // Runspace.SessionStateProxy refuses while a pipeline runs, and one always does while a line is edited; a nested
    // pipeline is let through.
    internal static SessionState Session()
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var context = shell.AddScript("$ExecutionContext").Invoke<EngineIntrinsics>().Single();
        return context.SessionState;
    }
}
