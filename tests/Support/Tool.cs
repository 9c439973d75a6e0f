using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Threading.Tasks;

namespace ContainerImages.Testing;

/// <summary>What a process was asked and what it said.</summary>
public sealed record ToolResult(string Command, int ExitCode, byte[] Bytes, string Error)
{
    /// <summary>Standard output as text, without the last line's end.</summary>
    public string Output => Encoding.UTF8.GetString(Bytes).TrimEnd('\n', '\r');

    /// <summary>Standard output as lines.</summary>
    public string[] Lines => Output.Length == 0 ? [] : Output.Split('\n');

    /// <summary>Standard output as JSON.</summary>
    public JsonElement Json => JsonElement.Parse(Bytes);

    public override string ToString() =>
        $"`{Command}` ended with {ExitCode}.\n--- standard output ---\n{Output}\n--- standard error ---\n{Error}";
}

/// <summary>How a process is run where the defaults will not do.</summary>
public sealed record ToolOptions
{
    /// <summary>Variables to set; those set to null are removed.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? WorkingFolder { get; init; }

    /// <summary>Standard input; empty when null.</summary>
    public byte[]? Input { get; init; }

    /// <summary>Whether an exit code other than 0 is an exception.</summary>
    public bool MustSucceed { get; init; } = true;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);
}

/// <summary>Runs a process to its end.</summary>
public static class Tool
{
    public static ToolResult Run(string path, IReadOnlyList<string> arguments, ToolOptions? options = null)
    {
        options ??= new ToolOptions();
        var command = Path.GetFileName(path) + " " + string.Join(' ', arguments);
        using var process = Process.Start(StartInfo(path, arguments, options))
            ?? throw new InvalidOperationException($"`{command}` did not start.");

        // Both outputs are read while it runs, or it would stop at a full pipe.
        var output = new MemoryStream();
        var outputRead = process.StandardOutput.BaseStream.CopyToAsync(output);
        var errorRead = process.StandardError.ReadToEndAsync();
        var inputWritten = WriteInputAsync(process, options.Input ?? []);
        var ended = process.WaitForExit(options.Timeout);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
        }

        Task.WaitAll(outputRead, errorRead, inputWritten);
        process.WaitForExit();
        var result = new ToolResult(command, process.ExitCode, output.ToArray(), errorRead.Result.TrimEnd());
        if (!ended)
        {
            throw new TimeoutException($"Killed after {options.Timeout}: {result}");
        }

        return result.ExitCode == 0 || !options.MustSucceed ? result : throw new InvalidOperationException(result.ToString());
    }

    private static ProcessStartInfo StartInfo(string path, IReadOnlyList<string> arguments, ToolOptions options)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.WorkingFolder ?? string.Empty,
        };
        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static async Task WriteInputAsync(Process process, byte[] input)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A process may end without reading its input; its exit code says whether that is an error.
        }
    }
}
