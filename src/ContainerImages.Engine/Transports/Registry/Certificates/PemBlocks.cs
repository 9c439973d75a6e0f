using System;
using System.Collections.Generic;
using System.Text;

namespace ContainerImages.Transports;

/// <summary>A block of a PEM file.</summary>
/// <param name="Label">What its first line says it is: <c>CERTIFICATE</c>.</param>
/// <param name="Bytes">The DER within.</param>
/// <param name="Line">Where it begins; counted from 1.</param>
internal sealed record PemBlock(string Label, byte[] Bytes, int Line)
{
    /// <summary>What it is, and nothing of what is in it.</summary>
    public override string ToString() => Label;
}

/// <summary>Reads PEM (RFC 7468) as people have it: several blocks, with text before, after and between.</summary>
internal static class PemBlocks
{
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Dashes = "-----";

    /// <summary>The blocks in order. Whether they are DER is for others to see.</summary>
    /// <param name="bytes">The file's bytes.</param>
    /// <param name="file">Its path, for messages.</param>
    /// <exception cref="Content.ContainerImageException">InvalidConfiguration: a block is not closed, encrypted, or no base64.</exception>
    public static IReadOnlyList<PemBlock> Read(byte[] bytes, string file)
    {
        var blocks = new List<PemBlock>();
        string? label = null;
        var start = 0;
        var body = new StringBuilder();
        var lines = Encoding.UTF8.GetString(bytes).Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim('\uFEFF', ' ', '\t', '\r');
            if (label is null)
            {
                if (line.StartsWith(Begin, StringComparison.Ordinal) && line.EndsWith(Dashes, StringComparison.Ordinal) && line.Length > Begin.Length + Dashes.Length)
                {
                    label = line.Substring(Begin.Length, line.Length - Begin.Length - Dashes.Length);
                    start = i + 1;
                    body.Clear();
                }
            }
            else if (line == End + label + Dashes)
            {
                blocks.Add(new PemBlock(label, Decode(body.ToString(), file, start), start));
                label = null;
            }
            else if (line.IndexOf(':') >= 0)
            {
                throw ConfigurationErrors.Invalid(file, i + 1, "the block has headers, as encrypted keys have, which cannot be read");
            }
            else
            {
                body.Append(line);
            }
        }

        return label is null ? blocks : throw ConfigurationErrors.Invalid(file, start, $"the block '{label}' is not closed");
    }

    private static byte[] Decode(string text, string file, int line)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw ConfigurationErrors.Invalid(file, line, "the block that begins here is no base64");
        }
    }
}
