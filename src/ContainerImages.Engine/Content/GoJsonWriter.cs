using System;
using System.Globalization;

namespace ContainerImages.Content;

/// <summary>
/// Writes JSON value by value in the form of <see cref="GoJson"/>. It puts the commas; that the calls make a valid document
/// is the caller's part.
/// </summary>
internal sealed class GoJsonWriter
{
    private readonly ByteBuffer buffer = new();
    private bool needsComma;

    public ReadOnlySpan<byte> WrittenSpan => buffer.WrittenSpan;

    public void BeginObject() => Begin((byte)'{');

    public void EndObject() => End((byte)'}');

    public void BeginArray() => Begin((byte)'[');

    public void EndArray() => End((byte)']');

    public void Name(string name)
    {
        Separate();
        GoJson.WriteString(name, buffer);
        buffer.Append((byte)':');
        needsComma = false;
    }

    public void String(string value)
    {
        Separate();
        GoJson.WriteString(value, buffer);
    }

    /// <summary>A string as UTF-8 that may be invalid.</summary>
    public void String(ReadOnlySpan<byte> value)
    {
        Separate();
        GoJson.WriteString(value, buffer);
    }

    public void Number(long value)
    {
        Separate();
        foreach (var c in value.ToString(CultureInfo.InvariantCulture))
        {
            buffer.Append((byte)c);
        }
    }

    public void Boolean(bool value)
    {
        Separate();
        buffer.Append(value ? "true"u8 : "false"u8);
    }

    public void Null()
    {
        Separate();
        buffer.Append("null"u8);
    }

    /// <summary>Any valid JSON, compacted.</summary>
    public void Raw(ReadOnlySpan<byte> json)
    {
        Separate();
        GoJson.WriteCompact(json, buffer);
    }

    public byte[] ToArray() => buffer.WrittenSpan.ToArray();

    private void Begin(byte bracket)
    {
        Separate();
        buffer.Append(bracket);
        needsComma = false;
    }

    private void End(byte bracket)
    {
        buffer.Append(bracket);
        needsComma = true;
    }

    private void Separate()
    {
        if (needsComma)
        {
            buffer.Append((byte)',');
        }

        needsComma = true;
    }
}
