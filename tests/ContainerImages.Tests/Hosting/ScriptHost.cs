using System;
using System.Globalization;
using System.Management.Automation.Host;

namespace ContainerImages.Tests.Hosting;

/// <summary>The smallest host that shows what a person would see, without colours, line by line.</summary>
internal sealed class ScriptHost(int width, Action<string> showLine) : PSHost
{
    public const int DefaultWidth = 120;

    private readonly ScriptHostUI _ui = new(width, showLine);

    public override PSHostUserInterface UI => _ui;

    public ScriptHostUI LineUI => _ui;

    /// <summary>What the script gave to <c>exit</c>; null when it did not.</summary>
    public int? ExitCode { get; private set; }

    public override string Name => nameof(ScriptHost);

    public override Version Version { get; } = new(1, 0);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    // Numbers and dates read the same on every machine.
    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    public override void EnterNestedPrompt() => throw new NotSupportedException("There is no prompt.");

    public override void ExitNestedPrompt() => throw new NotSupportedException("There is no prompt.");

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}
