using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

namespace ContainerImages.Tests.Hosting;

/// <summary>Hands every line that the engine shows to one place, in order; nobody sits in front of it.</summary>
internal sealed class ScriptHostUI(int width, Action<string> showLine) : PSHostUserInterface
{
    private readonly StringBuilder _line = new();
    private readonly List<ProgressRecord> _progress = [];

    public override PSHostRawUserInterface RawUI { get; } = new FixedWidthRawUI(width);

    /// <summary>Progress as it was reported, apart from the lines as on a screen.</summary>
    public IReadOnlyList<ProgressRecord> Progress => _progress;

    /// <summary>Answers for the questions to come, by label: "Yes", "No", "Yes to All" ….</summary>
    public Queue<string> Answers { get; } = new();

    public override bool SupportsVirtualTerminal => false;

    public override void Write(string value)
    {
        // Views write colours whatever the terminal; taking them away is the host's part.
        string plain = GetOutputString(value ?? string.Empty, SupportsVirtualTerminal);
        string[] lines = plain.Replace("\r\n", "\n").Split('\n');
        _line.Append(lines[0]);
        foreach (string line in lines.Skip(1))
        {
            Flush(force: true);
            _line.Append(line);
        }
    }

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Write(value);

    public override void WriteLine(string value)
    {
        Write(value);
        Flush(force: true);
    }

    public override void WriteErrorLine(string value) => WriteLine(value);

    public override void WriteWarningLine(string message) => WriteLine("WARNING: " + message);

    public override void WriteVerboseLine(string message) => WriteLine("VERBOSE: " + message);

    public override void WriteDebugLine(string message) => WriteLine("DEBUG: " + message);

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
        // A copy: cmdlets reuse one record for all their updates.
        _progress.Add(new ProgressRecord(record.ActivityId, record.Activity, record.StatusDescription)
        {
            ParentActivityId = record.ParentActivityId,
            CurrentOperation = record.CurrentOperation,
            PercentComplete = record.PercentComplete,
            SecondsRemaining = record.SecondsRemaining,
            RecordType = record.RecordType,
        });
    }

    public override int PromptForChoice(
        string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        WriteLine(caption);
        WriteLine(message);
        if (!Answers.TryDequeue(out string? answer))
        {
            throw Unattended();
        }

        WriteLine("> " + answer);
        for (int i = 0; i < choices.Count; i++)
        {
            // The ampersand marks the hot key: "&Yes".
            if (string.Equals(choices[i].Label.Replace("&", null), answer, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        throw new HostException($"'{answer}' is none of the choices.");
    }

    public override Dictionary<string, PSObject> Prompt(
        string caption, string message, Collection<FieldDescription> descriptions) => throw Unattended();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName) => throw Unattended();

    public override PSCredential PromptForCredential(
        string caption,
        string message,
        string userName,
        string targetName,
        PSCredentialTypes allowedCredentialTypes,
        PSCredentialUIOptions options) => throw Unattended();

    public override string ReadLine() => throw Unattended();

    public override SecureString ReadLineAsSecureString() => throw Unattended();

    /// <summary>Shows what was written without a line end.</summary>
    public void Flush(bool force = false)
    {
        if (force || _line.Length > 0)
        {
            string line = _line.ToString();
            _line.Clear();
            showLine(line);
        }
    }

    public void ClearProgress() => _progress.Clear();

    private static HostException Unattended() => new("The script asked a question, and nobody is there to answer.");
}
