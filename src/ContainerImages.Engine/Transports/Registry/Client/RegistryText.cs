using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace ContainerImages.Transports;

/// <summary>Makes what a server wrote fit to be shown: one line, no control characters, no signed addresses, no secrets.</summary>
internal static class RegistryText
{
    private const int MaxLength = 300;
    private const int ShortestSecret = 4;

    /// <summary>The text as it may be shown.</summary>
    /// <param name="text">What the server wrote; null for nothing.</param>
    /// <param name="secrets">What must not be echoed.</param>
    public static string Clean(string? text, IEnumerable<string?>? secrets = null)
    {
        text = Hide(text ?? "", secrets ?? []);
        var clean = new StringBuilder(text.Length < MaxLength ? text.Length : MaxLength);
        var isQuery = false;
        foreach (var c in text)
        {
            if (clean.Length >= MaxLength)
            {
                clean.Append('…');
                break;
            }

            if (IsHidden(c) || c == ' ')
            {
                isQuery = false;
                if (clean.Length > 0 && clean[clean.Length - 1] != ' ')
                {
                    clean.Append(' ');
                }
            }
            else if (!isQuery || c is '"' or '\'' or '<' or '>' or ')')
            {
                // A question mark with more after it may begin a query, and a query may hold a signature.
                isQuery = c == '?';
                clean.Append(c);
            }
            else if (clean[clean.Length - 1] == '?')
            {
                clean.Append('…');
            }
        }

        return clean.ToString().Trim();
    }

    /// <summary>A text of our own, into which something of the server's was put, without the secrets.</summary>
    public static string Hide(string text, IEnumerable<string?> secrets)
    {
        foreach (var secret in secrets)
        {
            if (secret is { Length: >= ShortestSecret })
            {
                text = text.Replace(secret, "…");
            }
        }

        return text;
    }

    /// <summary>An error as the cause of another; null where it would show a secret itself.</summary>
    public static Exception? Hide(Exception? cause, IEnumerable<string?> secrets)
    {
        var text = cause?.ToString() ?? "";
        return Hide(text, secrets) == text ? cause : null;
    }

    private static bool IsHidden(char c) => CharUnicodeInfo.GetUnicodeCategory(c) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or
        UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse;
}
