using System.Collections.Generic;
using System.Management.Automation;

namespace ContainerImages.Completion;

/// <summary>Completes the instructions that change a config, each with a space behind it for its value.</summary>
public sealed class InstructionCompleter : Completer
{
    private static readonly (string Text, string Tip)[] s_instructions =
    [
        ("CMD ", "CMD [\"/bin/sh\"]"),
        ("ENTRYPOINT ", "ENTRYPOINT [\"/bin/app\"]"),
        ("ENV ", "ENV LANG=C.UTF-8"),
        ("EXPOSE ", "EXPOSE 8080/tcp"),
        ("LABEL ", "LABEL maintainer=ops"),
        ("ONBUILD ", "ONBUILD COPY . /app"),
        ("STOPSIGNAL ", "STOPSIGNAL SIGINT"),
        ("USER ", "USER 1000:1000"),
        ("VOLUME ", "VOLUME /data"),
        ("WORKDIR ", "WORKDIR /app"),
    ];

    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request) => Offer(request, s_instructions);
}
