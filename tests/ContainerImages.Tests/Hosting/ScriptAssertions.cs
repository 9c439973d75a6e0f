using System.Linq;
using System.Management.Automation;
using Xunit;

namespace ContainerImages.Tests.Hosting;

internal static class ScriptAssertions
{
    /// <summary>Compares texts as a person would: line ends, trailing spaces and blank lines around do not count.</summary>
    public static void ShouldBe(this string actual, string expected) => Assert.Equal(Normalize(expected), Normalize(actual));

    /// <summary>The script ran to its end without an error.</summary>
    public static ScriptResult ShouldSucceed(this ScriptResult result)
    {
        bool clean = result is { Errors.Count: 0, TerminatingError: null, Stopped: false };
        Assert.True(clean, result.Transcript);
        return result;
    }

    /// <summary>The script met exactly one error, terminating or not, with this id (without the command's name).</summary>
    public static ErrorRecord ShouldFail(this ScriptResult result, string errorId, ErrorCategory category)
    {
        ErrorRecord[] errors = result.TerminatingError is { } last ? [.. result.Errors, last] : [.. result.Errors];
        Assert.True(errors.Length == 1, $"{errors.Length} errors:\n{result.Transcript}");
        Assert.Equal(errorId, errors[0].FullyQualifiedErrorId.Split(',')[0]);
        Assert.Equal(category, errors[0].CategoryInfo.Category);
        return errors[0];
    }

    private static string Normalize(string text) =>
        string.Join('\n', text.Replace("\r\n", "\n").Split('\n').Select(line => line.TrimEnd())).Trim('\n');
}
