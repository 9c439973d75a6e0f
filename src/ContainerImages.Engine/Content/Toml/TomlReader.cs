using System.Collections.Generic;
using System.Text;

namespace ContainerImages.Content;

/// <summary>
/// Reads TOML 1.0, whole, keeping the line of each key: a configuration file is typed by people, and an error that says
/// where is half the cure. It is our own since no library that gives lines runs on .NET Framework beside the JSON library
/// that this module is bound to.
/// </summary>
internal sealed partial class TomlReader
{
    /// <summary>Arrays and inline tables within each other; what people write has two.</summary>
    private const int MaxDepth = 64;

    private readonly string _text;
    private readonly TomlTable _root = new(1, TomlOrigin.Header);
    private int _position;
    private int _line = 1;

    private TomlReader(string text) => _text = text;

    private char Current => _position < _text.Length ? _text[_position] : '\0';

    private bool AtEnd => _position >= _text.Length;

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="TomlFormatException">The bytes are no TOML.</exception>
    public static TomlTable Read(byte[] bytes)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw new TomlFormatException(LineOf(bytes, e.Index), "the text is no valid UTF-8");
        }

        return new TomlReader(text.Length > 0 && text[0] == '\uFEFF' ? text.Substring(1) : text).ReadDocument();
    }

    private static int LineOf(byte[] bytes, int position)
    {
        var line = 1;
        for (var i = 0; i < position && i < bytes.Length; i++)
        {
            line += bytes[i] == '\n' ? 1 : 0;
        }

        return line;
    }

    private TomlTable ReadDocument()
    {
        var table = _root;
        while (SkipToNextLineWithContent())
        {
            if (Current == '[')
            {
                table = ReadHeader();
            }
            else
            {
                ReadKeyAndValue(table, depth: 0);
            }

            ReadEndOfLine();
        }

        return _root;
    }

    private TomlTable ReadHeader()
    {
        var line = _line;
        _position++;
        var isArray = Current == '[';
        _position += isArray ? 1 : 0;
        SkipBlanks();
        var keys = ReadKeys();
        Expect(']');
        if (isArray && Current != ']')
        {
            throw Unexpected("']'");
        }

        _position += isArray ? 1 : 0;

        var parent = _root;
        for (var i = 0; i < keys.Count - 1; i++)
        {
            parent = parent.Pass(keys[i], line);
        }

        return isArray ? parent.AddToArray(keys[keys.Count - 1], line) : parent.Define(keys[keys.Count - 1], line);
    }

    private void ReadKeyAndValue(TomlTable table, int depth)
    {
        var line = _line;
        var keys = ReadKeys();
        Expect('=');
        SkipBlanks();
        for (var i = 0; i < keys.Count - 1; i++)
        {
            table = table.PassDotted(keys[i], line);
        }

        table.Add(keys[keys.Count - 1], ReadValue(line, depth), line);
    }

    private List<string> ReadKeys()
    {
        var keys = new List<string>();
        while (true)
        {
            keys.Add(Current switch
            {
                '"' => ReadBasicText(),
                '\'' => ReadLiteralText(),
                _ => ReadBareKey(),
            });
            if (keys.Count > MaxDepth)
            {
                throw Error(_line, "the key has too many parts");
            }

            SkipBlanks();
            if (Current != '.')
            {
                return keys;
            }

            _position++;
            SkipBlanks();
        }
    }

    private string ReadBareKey()
    {
        var start = _position;
        while (Current is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-')
        {
            _position++;
        }

        return _position > start ? _text.Substring(start, _position - start) : throw Unexpected("a key");
    }

    private TomlValue ReadValue(int line, int depth)
    {
        if (depth > MaxDepth)
        {
            throw Error(_line, "arrays and inline tables are too deep within each other");
        }

        return Current switch
        {
            '"' => new TomlValue(TomlKind.Text, line) { Text = Follows("\"\"\"") ? ReadLongBasicText() : ReadBasicText() },
            '\'' => new TomlValue(TomlKind.Text, line) { Text = Follows("'''") ? ReadLongLiteralText() : ReadLiteralText() },
            '[' => ReadArray(line, depth),
            '{' => ReadInlineTable(line, depth),
            _ => ReadScalar(line),
        };
    }

    private TomlValue ReadArray(int line, int depth)
    {
        var array = new TomlValue(TomlKind.Array, line);
        _position++;
        while (SkipToNextLineWithContent() && Current != ']')
        {
            array.Items.Add(ReadValue(_line, depth + 1));
            SkipToNextLineWithContent();
            if (Current == ',')
            {
                _position++;
            }
            else if (Current != ']')
            {
                throw Unexpected("',' or ']' of the array");
            }
        }

        Expect(']');
        return array;
    }

    private TomlValue ReadInlineTable(int line, int depth)
    {
        var table = new TomlTable(line, TomlOrigin.Inline);
        _position++;
        SkipBlanks();
        while (Current != '}')
        {
            ReadKeyAndValue(table, depth + 1);
            SkipBlanks();
            if (Current == ',')
            {
                _position++;
                SkipBlanks();
                if (Current == '}')
                {
                    throw Unexpected("a key after ','");
                }
            }
            else if (Current != '}')
            {
                throw Unexpected("',' or '}' of the inline table");
            }
        }

        _position++;
        return new TomlValue(TomlKind.Table, line) { Table = table };
    }
}
