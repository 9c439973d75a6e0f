using System.Runtime.CompilerServices;
using ContainerImages.Content;

namespace ContainerImages.References;

/// <summary>
/// The character rules of references (distribution/reference, regexp.go), all in ASCII. Each check walks its range once and
/// returns the position of the first character that breaks the rule, the end of the range where something is missing
/// there, or -1.
/// </summary>
internal static class ReferenceGrammar
{
    public const int MaxPathLength = 255;
    public const int MaxTagLength = 128;
    private const int IdentifierLength = 64;

    /// <summary>Parts of lower-case letters and digits with one '.', one or two '_' or any '-' between, joined by '/'.</summary>
    [MethodImpl(Compiled.Well)]
    public static int CheckPath(string text, int start, int end)
    {
        var position = start;
        while (true)
        {
            var run = position;
            while (position < end && IsLowerAlphanumeric(text[position]))
            {
                position++;
            }

            if (position == run)
            {
                return position;
            }

            if (position == end)
            {
                return -1;
            }

            switch (text[position])
            {
                case '/' or '.':
                    position++;
                    break;
                case '_':
                    position += position + 1 < end && text[position + 1] == '_' ? 2 : 1;
                    break;
                case '-':
                    position = SkipHyphens(text, position, end);
                    break;
                default:
                    return position;
            }
        }
    }

    /// <summary>A host name, IPv4 address or bracketed IPv6 address, with an optional port.</summary>
    public static int CheckDomain(string text, int start, int end)
    {
        var hostEnd = start < end && text[start] == '[' ? EndOfAddress(text, start, end) : EndOfHostName(text, start, end);
        if (hostEnd.Bad || hostEnd.Position == end)
        {
            return hostEnd.Bad ? hostEnd.Position : -1;
        }

        if (text[hostEnd.Position] != ':')
        {
            return hostEnd.Position;
        }

        var position = hostEnd.Position + 1;
        while (position < end && text[position] is >= '0' and <= '9')
        {
            position++;
        }

        return position == end && position > hostEnd.Position + 1 ? -1 : position;
    }

    /// <summary>A letter, digit or '_', then up to 127 of those, '.' and '-'.</summary>
    [MethodImpl(Compiled.Well)]
    public static int CheckTag(string text, int start, int end)
    {
        for (var position = start; position < end; position++)
        {
            var c = text[position];
            var allowed = IsAlphanumeric(c) || c == '_' || (position > start && c is '.' or '-');
            if (!allowed || position - start == MaxTagLength)
            {
                return position;
            }
        }

        return start == end ? start : -1;
    }

    /// <summary>True for 64 lower-case hex digits, which are an image ID and never a name.</summary>
    public static bool IsIdentifier(string text)
    {
        foreach (var c in text)
        {
            if (c is not ((>= '0' and <= '9') or (>= 'a' and <= 'f')))
            {
                return false;
            }
        }

        return text.Length == IdentifierLength;
    }

    /// <summary>
    /// True if a first part is a registry by libpod's and shortnames' rule: it has a '.' or ':', or is <c>localhost</c>.
    /// </summary>
    public static bool IsRegistry(string domain) =>
        domain == "localhost" || domain.IndexOf('.') >= 0 || domain.IndexOf(':') >= 0;

    /// <summary>Where the name ends: at the first ':' after the last '/', at '@', or at the end.</summary>
    public static (int NameEnd, int TagEnd) Split(string text)
    {
        var at = text.IndexOf('@');
        var tagEnd = at < 0 ? text.Length : at;
        var slash = tagEnd == 0 ? -1 : text.LastIndexOf('/', tagEnd - 1);
        var colon = text.IndexOf(':', slash + 1, tagEnd - slash - 1);
        return (colon < 0 ? tagEnd : colon, tagEnd);
    }

    public static bool IsUpper(char c) => c is >= 'A' and <= 'Z';

    public static bool HasUpper(string text)
    {
        foreach (var c in text)
        {
            if (IsUpper(c))
            {
                return true;
            }
        }

        return false;
    }

    private static (int Position, bool Bad) EndOfAddress(string text, int start, int end)
    {
        var position = start + 1;
        while (position < end && text[position] is ':' or (>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F'))
        {
            position++;
        }

        var closed = position > start + 1 && position < end && text[position] == ']';
        return closed ? (position + 1, false) : (position, true);
    }

    [MethodImpl(Compiled.Well)]
    private static (int Position, bool Bad) EndOfHostName(string text, int start, int end)
    {
        var position = start;
        while (true)
        {
            var component = position;
            while (position < end && IsAlphanumeric(text[position]))
            {
                position++;
                var hyphens = SkipHyphens(text, position, end);
                if (hyphens > position && (hyphens == end || !IsAlphanumeric(text[hyphens])))
                {
                    return (position, true);
                }

                position = hyphens;
            }

            if (position == component)
            {
                return (position, true);
            }

            if (position == end || text[position] != '.')
            {
                return (position, false);
            }

            position++;
        }
    }

    private static int SkipHyphens(string text, int position, int end)
    {
        while (position < end && text[position] == '-')
        {
            position++;
        }

        return position;
    }

    private static bool IsLowerAlphanumeric(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9');

    private static bool IsAlphanumeric(char c) => IsLowerAlphanumeric(c) || IsUpper(c);
}
