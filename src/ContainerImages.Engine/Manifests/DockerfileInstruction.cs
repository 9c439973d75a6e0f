using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>
/// Instructions of a Dockerfile that change the config of an image and need no container, as <c>podman import --change</c> and
/// <c>docker import --change</c> take them: <c>KEY value</c> or <c>KEY=value</c>.
/// </summary>
/// <remarks>
/// Where podman 4 reads a line otherwise than a Dockerfile is read (several variables or labels in one line, single
/// quotes, escapes, several ports), it is read as in a Dockerfile.
/// </remarks>
internal static class DockerfileInstruction
{
    private static readonly char[] s_separators = [' ', '\t', '\r', '\n', '='];

    // Each with an example of it.
    private static readonly Dictionary<string, (string Example, Action<ContainerConfigEditor, string> Apply)> s_instructions =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["USER"] = ("USER 1000:1000", (config, value) => config.SetUser(InstructionText.Unquote(value))),
            ["EXPOSE"] = ("EXPOSE 8080/tcp", (config, value) => Words(value, "a port").ForEach(config.AddPorts)),
            ["ENV"] = ("ENV LANG=C.UTF-8", SetVariables),
            ["ENTRYPOINT"] = ("ENTRYPOINT [\"/bin/app\"]", (config, value) => config.SetEntrypoint(value.Length == 0 ? [] : Command(value))),
            ["CMD"] = ("CMD [\"/bin/sh\"]", (config, value) => config.SetCommand(Command(value))),
            ["VOLUME"] = ("VOLUME /data", AddVolumes),
            ["WORKDIR"] = ("WORKDIR /app", (config, value) => config.ChangeWorkingDir(InstructionText.Unquote(value))),
            ["LABEL"] = ("LABEL maintainer=ops", SetLabels),
            ["STOPSIGNAL"] = ("STOPSIGNAL SIGINT", (config, value) => config.SetStopSignal(InstructionText.Unquote(value))),
            ["ONBUILD"] = ("ONBUILD COPY . /app", (config, value) => config.AddOnBuild(value.Length > 0
                ? value
                : throw InvalidInstruction.Because("ONBUILD takes an instruction, and there is none"))),
        };

    /// <summary>The instructions that are taken, each with an example of it.</summary>
    public static IEnumerable<(string Name, string Example)> All => s_instructions.Select(pair => (pair.Key, pair.Value.Example));

    /// <summary>Carries out one instruction.</summary>
    /// <param name="config">What it changes.</param>
    /// <param name="line">The instruction.</param>
    /// <exception cref="ContainerImageException">InvalidInstruction, which names the line and what is accepted.</exception>
    public static void Apply(ContainerConfigEditor config, string line)
    {
        var text = line.Trim();
        var end = text.IndexOfAny(s_separators);
        var key = end < 0 ? text : text.Substring(0, end);
        try
        {
            if (!s_instructions.TryGetValue(key, out var instruction))
            {
                var taken = string.Join(", ", s_instructions.Keys);
                throw InvalidInstruction.Because(key.Length == 0
                    ? $"an instruction is wanted, and there is none: one of {taken}"
                    : $"{QuotedText.Quote(key)} is none of the instructions that are taken here: {taken}");
            }

            // What is trimmed here are the spaces of "ENTRYPOINT ", which has a value: an empty one.
            if (end < 0 && line.TrimStart().Length == text.Length)
            {
                throw InvalidInstruction.Because($"{key.ToUpperInvariant()} is without a value; '{key} value' or '{key}=value' is wanted");
            }

            instruction.Apply(config, end < 0 ? "" : text.Substring(end + 1).Trim());
        }
        catch (ContainerImageException e) when (e.Error == ImageError.InvalidInstruction)
        {
            throw InvalidInstruction.In(line, e, s_instructions.TryGetValue(key, out var instruction) ? instruction.Example : null);
        }
    }

    // "ENV key value", the old form, has one variable; the value may have spaces then, and any number of "=".
    private static void SetVariables(ContainerConfigEditor config, string value)
    {
        var words = InstructionText.Split(value);
        if (words.Count > 0 && !words[0].IsPair)
        {
            var (name, rest) = InstructionText.SplitFirst(value);
            config.SetVariable(InstructionText.Unquote(name), InstructionText.Unquote(rest));
            return;
        }

        Pairs(words).ForEach(pair => config.SetVariable(pair.Key, pair.Value));
    }

    private static void SetLabels(ContainerConfigEditor config, string value) =>
        Pairs(InstructionText.Split(value)).ForEach(pair => config.SetLabel(pair.Key, pair.Value));

    private static void AddVolumes(ContainerConfigEditor config, string value)
    {
        var paths = ParseArray(value) ?? Words(value, "a path");
        if (paths.Count == 0)
        {
            throw InvalidInstruction.Because("VOLUME takes paths, and there is none");
        }

        paths.ForEach(config.AddVolume);
    }

    // The shell form is for the shell to read, quotes and all.
    private static List<string> Command(string value) => value.Length == 0
        ? throw InvalidInstruction.Because("there is no command; [\"program\", \"argument\"] or a line for the shell is wanted, or [] for none")
        : ParseArray(value) ?? ["/bin/sh", "-c", value];

    private static List<string> Words(string value, string what)
    {
        var words = InstructionText.Split(value);
        return words.Count > 0
            ? words.Select(word => word.Text).ToList()
            : throw InvalidInstruction.Because($"{what} is wanted, and there is none");
    }

    private static List<InstructionText.Word> Pairs(IReadOnlyList<InstructionText.Word> words)
    {
        if (words.Count == 0 || words.Any(word => !word.IsPair))
        {
            var wrong = words.Count == 0 ? "there is nothing" : $"{QuotedText.Quote(words.First(word => !word.IsPair).Text)} has no '='";
            throw InvalidInstruction.Because($"{wrong}; key=value is wanted, once or more often, with quotes around what has spaces");
        }

        return words.ToList();
    }

    /// <summary>An array of strings; null for a text that is none and does not look like one.</summary>
    /// <remarks>
    /// Docker and podman take an array with an error in it for a line of shell, which no one can have meant: such an image
    /// fails when it is started. A line that begins with the shell's own <c>[</c> has a space after it.
    /// </remarks>
    private static List<string>? ParseArray(string text)
    {
        if (text.Length == 0 || text[0] != '[')
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
            {
                return json.RootElement.EnumerateArray().Select(item => item.GetString()!).ToList();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            if (text.Length > 1 && text[1] is not ('"' or '\''))
            {
                return null;
            }
        }

        throw InvalidInstruction.Because("this is no array of strings in JSON; [\"one\", \"two\"] is wanted, with double quotes and commas");
    }
}
