using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Manifests;

namespace ContainerImages.Completion;

/// <summary>Completes the instructions that change a config, each with a space behind it for its value.</summary>
public sealed class InstructionCompleter : Completer
{
    private static readonly (string Text, string Tip)[] s_instructions =
        DockerfileInstruction.All.OrderBy(instruction => instruction.Name, StringComparer.Ordinal)
            .Select(instruction => (instruction.Name + " ", instruction.Example)).ToArray();

    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request) => Offer(request, s_instructions);
}
