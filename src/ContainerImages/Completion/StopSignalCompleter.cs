using System.Collections.Generic;
using System.Management.Automation;

namespace ContainerImages.Completion;

/// <summary>Completes the signals that containers are stopped by.</summary>
public sealed class StopSignalCompleter : Completer
{
    private static readonly (string Text, string Tip)[] s_signals =
    [
        ("SIGTERM", "Terminate; the default"),
        ("SIGINT", "Interrupt, as Ctrl+C"),
        ("SIGQUIT", "Quit; what nginx and php-fpm end gracefully by"),
        ("SIGWINCH", "What Apache's httpd ends gracefully by"),
        ("SIGUSR1", "Left to the program"),
        ("SIGHUP", "Hang up"),
        ("SIGKILL", "Kill; nothing can be put in order"),
        ("RTMIN+3", "What systemd is halted by"),
    ];

    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request) => Offer(request, s_signals);
}
