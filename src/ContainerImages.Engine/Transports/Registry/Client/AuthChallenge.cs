using System;
using System.Collections.Generic;
using System.Text;

namespace ContainerImages.Transports;

/// <summary>One way to be let in that a server offers in <c>WWW-Authenticate</c> (RFC 9110, section 11).</summary>
/// <param name="Scheme">Such as <c>Bearer</c>; case does not count.</param>
/// <param name="Parameters">By name, ignoring case; the first of equal names.</param>
internal sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    public bool IsBearer => string.Equals(Scheme, "Bearer", StringComparison.OrdinalIgnoreCase);

    public bool IsBasic => string.Equals(Scheme, "Basic", StringComparison.OrdinalIgnoreCase);

    /// <summary>A parameter; null if it is not there.</summary>
    public string? this[string name] => Parameters.TryGetValue(name, out var value) ? value : null;

    /// <summary>
    /// Reads the headers. One header may hold several challenges, and a comma stands between challenges and between the
    /// parameters of one alike: a word without '=' after it begins a challenge. What makes no sense is passed over.
    /// </summary>
    public static IReadOnlyList<AuthChallenge> Parse(IEnumerable<string> headers)
    {
        var challenges = new List<AuthChallenge>();
        foreach (var header in headers)
        {
            new Reader(header).ReadInto(challenges);
        }

        return challenges;
    }

    private struct Reader(string text)
    {
        private int _position;

        public void ReadInto(List<AuthChallenge> challenges)
        {
            Dictionary<string, string>? parameters = null;
            while (_position < text.Length)
            {
                var word = ReadToken();
                if (word.Length == 0)
                {
                    _position++;
                    continue;
                }

                SkipBlanks();
                if (_position < text.Length && text[_position] == '=')
                {
                    _position++;
                    SkipBlanks();
                    var value = _position < text.Length && text[_position] == '"' ? ReadQuoted() : ReadToken();
                    if (parameters is not null && !parameters.ContainsKey(word))
                    {
                        parameters.Add(word, value);
                    }
                }
                else
                {
                    parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
                    challenges.Add(new AuthChallenge(word, parameters));
                }
            }
        }

        private void SkipBlanks()
        {
            while (_position < text.Length && text[_position] is ' ' or '\t')
            {
                _position++;
            }
        }

        // More than RFC 9110 calls a token: servers leave quotes out around URLs and scopes.
        private string ReadToken()
        {
            SkipBlanks();
            var start = _position;
            while (_position < text.Length && text[_position] is not (' ' or '\t' or ',' or '=' or '"'))
            {
                _position++;
            }

            return text.Substring(start, _position - start);
        }

        private string ReadQuoted()
        {
            var value = new StringBuilder();
            for (_position++; _position < text.Length && text[_position] != '"'; _position++)
            {
                if (text[_position] == '\\' && _position + 1 < text.Length)
                {
                    _position++;
                }

                value.Append(text[_position]);
            }

            _position++;
            return value.ToString();
        }
    }
}
