using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace ContainerImages.Content;

/// <summary>
/// PowerShell's wildcards, without PowerShell: <c>*</c>, <c>?</c>, sets such as <c>[a-z_]</c> without negation, and the
/// backtick before a character that stands for itself. Case does not count. Time is at most pattern times text, whatever the
/// pattern, since only the latest <c>*</c> is ever tried again.
/// </summary>
internal sealed class Wildcard
{
    private readonly Element[] _elements;

    private Wildcard(Element[] elements) => _elements = elements;

    private enum Kind
    {
        Literal,
        AnyOne,
        AnyRun,
        Set,
    }

    /// <summary>True if the text has a <c>*</c>, <c>?</c> or <c>[</c> that no backtick makes literal.</summary>
    public static bool HasWildcards(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '*' or '?' or '[')
            {
                return true;
            }

            if (text[i] == '`')
            {
                i++;
            }
        }

        return false;
    }

    /// <summary>Reads a pattern; <paramref name="reason"/> says what is wrong with it, or is null.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Wildcard? wildcard, [NotNullWhen(false)] out string? reason)
    {
        wildcard = null;
        var elements = new List<Element>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '[')
            {
                var open = i;
                var set = ReadSet(text, ref i, out reason);
                if (set is null)
                {
                    reason = $"the set that '[' opens at position {open + 1} {reason}";
                    return false;
                }

                elements.Add(new Element(Kind.Set, default, set));
            }
            else
            {
                elements.Add(text[i] switch
                {
                    '*' => new Element(Kind.AnyRun, default, null),
                    '?' => new Element(Kind.AnyOne, default, null),
                    _ => new Element(Kind.Literal, char.ToLowerInvariant(ReadLiteral(text, ref i)), null),
                });
            }
        }

        wildcard = new Wildcard(elements.ToArray());
        reason = null;
        return true;
    }

    /// <summary>Says whether the pattern covers the whole text.</summary>
    public bool IsMatch(string text) => IsMatch(text, 0, text.Length);

    /// <summary>Says whether the pattern covers a range of the text.</summary>
    public bool IsMatch(string text, int start, int end)
    {
        var position = start;
        var element = 0;
        var star = -1;
        var starPosition = start;
        while (position < end)
        {
            if (element < _elements.Length && _elements[element].Kind == Kind.AnyRun)
            {
                star = element++;
                starPosition = position;
            }
            else if (element < _elements.Length && _elements[element].Takes(text[position]))
            {
                element++;
                position++;
            }
            else if (star >= 0)
            {
                // The latest '*' takes one character more; earlier ones need never be tried again.
                element = star + 1;
                position = ++starPosition;
            }
            else
            {
                return false;
            }
        }

        while (element < _elements.Length && _elements[element].Kind == Kind.AnyRun)
        {
            element++;
        }

        return element == _elements.Length;
    }

    // A backtick at the very end stands for itself.
    private static char ReadLiteral(string text, ref int position) =>
        text[position] == '`' && position + 1 < text.Length ? text[++position] : text[position];

    /// <summary>Reads from '[' to ']'; a ']' right after the '[' is one of the set, as in PowerShell.</summary>
    private static List<(char Low, char High)>? ReadSet(string text, ref int position, out string? reason)
    {
        var members = new List<(char Low, char High)>();
        var first = ++position;
        for (; position < text.Length; position++)
        {
            if (text[position] == ']' && position > first)
            {
                reason = null;
                return members;
            }

            var low = ReadLiteral(text, ref position);
            var high = low;
            if (position + 2 < text.Length && text[position + 1] == '-' && text[position + 2] != ']')
            {
                position += 2;
                high = ReadLiteral(text, ref position);
            }

            if (low > high)
            {
                reason = $"has the range '{low}-{high}', which ends before it starts";
                return null;
            }

            members.Add((low, high));
        }

        reason = "is not closed";
        return null;
    }

    private readonly struct Element(Kind kind, char literal, List<(char Low, char High)>? set)
    {
        public Kind Kind => kind;

        public bool Takes(char c)
        {
            var lower = char.ToLowerInvariant(c);
            if (kind != Kind.Set)
            {
                return kind == Kind.AnyOne || (kind == Kind.Literal && lower == literal);
            }

            var upper = char.ToUpperInvariant(c);
            foreach (var (low, high) in set!)
            {
                if ((lower >= low && lower <= high) || (upper >= low && upper <= high))
                {
                    return true;
                }
            }

            return false;
        }
    }
}
