using System;
using System.Globalization;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Fuzz;

/// <summary>What a reader may answer to bytes of unknown origin: its result, or an error of a kind that is documented for it.</summary>
internal static class Documented
{
    /// <summary>Longer than any message needs to be: what it quotes is to be cut.</summary>
    private const int LongestMessage = 2500;

    /// <summary>Reads. An exception of any other kind, or one with an unfit message, goes on to the caller as it is.</summary>
    /// <returns>Whether there was a result.</returns>
    public static bool Try(Action read, params ImageError[] errors)
    {
        try
        {
            read();
            return true;
        }
        catch (ContainerImageException e)
        {
            Check(e, errors);
            return false;
        }
    }

    /// <summary>Sees that an error is of one of the kinds, and that its message can be shown on a terminal.</summary>
    public static void Check(ContainerImageException error, params ImageError[] errors)
    {
        if (!errors.Contains(error.Error))
        {
            throw new UnexpectedResultException($"There was {error.Error}, and only {string.Join(", ", errors)} may be.", error);
        }

        var message = error.Message;
        if (message.Length is 0 or > LongestMessage)
        {
            throw new UnexpectedResultException($"The message has {message.Length} characters.", error);
        }

        var unfit = message.Where(IsUnfit).ToList();
        if (unfit.Count > 0)
        {
            throw new UnexpectedResultException($"The message has the character U+{(int)unfit[0]:X4}.", error);
        }
    }

    /// <summary>Something that must hold of a result.</summary>
    public static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new UnexpectedResultException(what, null);
        }
    }

    // What moves a terminal's cursor or turns the line around; halves of surrogate pairs stand in no message either.
    private static bool IsUnfit(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || c is >= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069';
}

/// <summary>A reader did what it should not, without an exception of its own.</summary>
internal sealed class UnexpectedResultException(string what, Exception? inner) : Exception(what, inner);
