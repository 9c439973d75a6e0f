using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace ContainerImages.Fuzz.Mutation;

/// <summary>Changes of JSON that leave it JSON, mostly.</summary>
internal static class JsonMutation
{
    private const int Deep = 70;

    /// <summary>Values to be put in the place of others, by a name for each: every kind, and the bounds of each kind.</summary>
    public static IReadOnlyDictionary<string, byte[]> Values { get; } = new Dictionary<string, byte[]>
    {
        ["null"] = "null"u8.ToArray(),
        ["true"] = "true"u8.ToArray(),
        ["zero"] = "0"u8.ToArray(),
        ["negative"] = "-1"u8.ToArray(),
        ["fraction"] = "1.5"u8.ToArray(),
        ["largest 64 bits"] = "9223372036854775807"u8.ToArray(),
        ["huge number"] = "99999999999999999999999999"u8.ToArray(),
        ["endless number"] = "-1e999"u8.ToArray(),
        ["long number"] = Encoding.ASCII.GetBytes(new string('9', 3000)),
        ["empty text"] = "\"\""u8.ToArray(),
        ["text"] = "\"x\""u8.ToArray(),
        ["long text"] = Encoding.ASCII.GetBytes('"' + new string('x', 40_000) + '"'),
        ["text with a NUL"] = "\"a\\u0000b\""u8.ToArray(),
        ["text that moves the cursor"] = "\"\\u001b[2J\\r\\n\\u202e\""u8.ToArray(),
        ["half a character"] = "\"\\ud800\""u8.ToArray(),
        ["no UTF-8"] = [(byte)'"', 0xC3, 0x28, 0xFF, (byte)'"'],
        ["path outside"] = "\"../../../../etc/passwd\""u8.ToArray(),
        ["array"] = "[]"u8.ToArray(),
        ["array of everything"] = "[null,1,\"x\",{},[]]"u8.ToArray(),
        ["object"] = "{}"u8.ToArray(),
        ["object of everything"] = "{\"\":null,\"a\":1,\"b\":\"x\",\"c\":{},\"d\":[]}"u8.ToArray(),
        ["deep arrays"] = Encoding.ASCII.GetBytes(new string('[', Deep) + new string(']', Deep)),
        ["deep objects"] = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"x\":", Deep)) + "1" + new string('}', Deep)),
    };

    private static readonly IReadOnlyList<byte[]> _values = [.. Values.Values];

    /// <summary>Changes a few values. What is no JSON is changed as bytes.</summary>
    public static byte[] MutateJson(this Mutator mutator, byte[] json, IReadOnlyList<byte[]> tokens)
    {
        for (var changes = mutator.OneIn(3) ? 3 : 1; changes > 0; changes--)
        {
            var spans = JsonSpan.Of(json);
            if (spans.Count == 0 || mutator.OneIn(8))
            {
                return mutator.MutateBytes(json, tokens);
            }

            json = Change(mutator, json, mutator.Pick(spans), spans, tokens);
        }

        return json;
    }

    private static byte[] Change(Mutator mutator, byte[] json, JsonSpan span, IReadOnlyList<JsonSpan> spans, IReadOnlyList<byte[]> tokens)
    {
        var other = mutator.Pick(spans);
        var text = json[span.Start..span.End];
        return mutator.Random.Next(8) switch
        {
            0 => span.Remove(json),
            1 => span.Replace(json, json[other.Start..other.End]),
            2 => span.PutBefore(json, mutator.OneIn(2) ? text : mutator.Pick(_values)),
            3 => span.PutBehind(json, mutator.OneIn(2) ? text : mutator.Pick(_values)),
            4 => span.Replace(json, Encoding.ASCII.GetBytes(mutator.Number())),
            5 when text.Length > 1 && text[0] == '"' => span.Replace(json, [(byte)'"', .. mutator.MutateBytes(text[1..^1], tokens), (byte)'"']),
            6 when tokens.Count > 0 => span.Replace(json, [(byte)'"', .. mutator.Pick(tokens), (byte)'"']),
            _ => span.Replace(json, mutator.Pick(_values)),
        };
    }
}
