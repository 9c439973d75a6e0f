using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ContainerImages.Content;

/// <summary>A JSON object that is put together of pieces of another, as they stand there, and of new properties.</summary>
internal sealed class JsonObjectText
{
    private readonly ByteBuffer _text = new();

    public JsonObjectText() => _text.Append((byte)'{');

    public void Add(JsonPiece piece) => Append(piece.Text.Span);

    public void Add(string key, string value)
    {
        AddKey(key);
        AppendQuoted(value);
    }

    public void Add(string key, long value)
    {
        AddKey(key);
        _text.Append(Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
    }

    public void Add(string key, JsonObjectText value)
    {
        AddKey(key);
        _text.Append(value.ToArray());
    }

    /// <summary>Adds an array of values that are JSON already.</summary>
    public void Add(string key, IEnumerable<ReadOnlyMemory<byte>> values)
    {
        AddKey(key);
        var separator = (byte)'[';
        foreach (var value in values)
        {
            _text.Append(separator);
            _text.Append(value.Span);
            separator = (byte)',';
        }

        if (separator == '[')
        {
            _text.Append(separator);
        }

        _text.Append((byte)']');
    }

    /// <summary>The object as it is now; more can be added.</summary>
    public byte[] ToArray() => [.. _text.WrittenSpan, (byte)'}'];

    private void AddKey(string key)
    {
        Append([]);
        AppendQuoted(key);
        _text.Append((byte)':');
    }

    private void Append(ReadOnlySpan<byte> property)
    {
        if (_text.WrittenSpan.Length > 1)
        {
            _text.Append((byte)',');
        }

        _text.Append(property);
    }

    private void AppendQuoted(string text)
    {
        _text.Append((byte)'"');
        _text.Append(JsonEncodedText.Encode(text, StoreJson.Options.Encoder).EncodedUtf8Bytes);
        _text.Append((byte)'"');
    }
}
