using System;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

public class TomlReaderTests
{
    [Theory]
    [InlineData("a = 'x'", "a='x'")]
    [InlineData("a = \"x\" # said\r\nb='y'", "a='x' b='y'")]
    [InlineData("\uFEFFa = 'x'", "a='x'")]
    [InlineData("a.b.\"c d\" = true", "a={b={c d=true}}")]
    [InlineData("a . b = true\na.c = false", "a={b=true c=false}")]
    [InlineData("'' = 1", "=Integer")]
    [InlineData("a = [ 'x', # one\n 'y'\n, ]", "a=['x' 'y']")]
    [InlineData("a = { b = 'x', c.d = [1, 2] }", "a={b='x' c={d=[Integer Integer]}}")]
    [InlineData("[a]\nb = 1\n[a.c]\nd = 2", "a={b=Integer c={d=Integer}}")]
    [InlineData("[a.b]\nc = 1\n[a]\nd = 2", "a={b={c=Integer} d=Integer}")]
    [InlineData("[[a]]\nb = 1\n[[a.c]]\n[[a.c]]\n[[a]]\nb = 2", "a=[{b=Integer c=[{} {}]} {b=Integer}]")]
    [InlineData("[a]\nb.c = 1\n[a.b.d]\ne = 2", "a={b={c=Integer d={e=Integer}}}")]
    [InlineData("a = \"\\b\\t\\n\\f\\r\\\"\\\\\\u00e9\\U0001F600\"", "a='\b\t\n\f\r\"\\é😀'")]
    [InlineData("a = 'C:\\x'", "a='C:\\x'")]
    [InlineData("a = \"\"\"\nx\\\n   y\nz\"\"\"\"\"", "a='xy\nz\"\"'")]
    [InlineData("a = '''\r\nx\\'y\r\n'''", "a='x\\'y\n'")]
    [InlineData("a = [+1_000, 0xFF, 0o7, 0b1, -0, 9223372036854775807, 0x7fffffffffffffff]", "a=[Integer Integer Integer Integer Integer Integer Integer]")]
    [InlineData("a = [1.0, -1e5, 6.6E-3_4, inf, +nan]", "a=[Float Float Float Float Float]")]
    [InlineData("a = [1979-05-27, 07:32:00, 1979-05-27T07:32:00Z, 1979-05-27 07:32:60.5-07:00]", "a=[Date Date Date Date]")]
    public void Toml_is_read(string toml, string expected) => Assert.Equal(expected, Show(Read(toml)));

    [Theory]
    [InlineData("a", 1)]
    [InlineData("a =", 1)]
    [InlineData("a = x", 1)]
    [InlineData("= 1", 1)]
    [InlineData("\n\na = 1 b = 2", 3)]
    [InlineData("a = 1\na = 2", 2)]
    [InlineData("a = 'x\n'", 1)]
    [InlineData("a = \"x", 1)]
    [InlineData("a = '''\nx", 2)]
    [InlineData("a = \"\\x41\"", 1)]
    [InlineData("a = \"\\uD800\"", 1)]
    [InlineData("a = \"\u0001\"", 1)]
    [InlineData("# a\u0001", 1)]
    [InlineData("a = 1\rb = 2", 1)]
    [InlineData("[a]\n[a]", 2)]
    [InlineData("[a]\n[[a]]", 2)]
    [InlineData("a = []\n[[a]]", 2)]
    [InlineData("a = {}\n[a.b]", 2)]
    [InlineData("a = { b = 1, }", 1)]
    [InlineData("a = { b = 1\n}", 1)]
    [InlineData("[a.b]\n[a]\nb.c = 1", 3)]
    [InlineData("a.b = 1\n[a]", 2)]
    [InlineData("[[a] ]", 1)]
    [InlineData("[ [a]]", 1)]
    [InlineData("[a", 1)]
    [InlineData("a = [1 2]", 1)]
    [InlineData("a = [\n1,\n", 3)]
    [InlineData("a = 01", 1)]
    [InlineData("a = 1__0", 1)]
    [InlineData("a = .5", 1)]
    [InlineData("a = 9223372036854775808", 1)]
    [InlineData("a = 0xFFFFFFFFFFFFFFFF", 1)]
    [InlineData("a = 1979-02-29", 1)]
    [InlineData("a = 07:60:00", 1)]
    [InlineData("a = 07:32:00Z", 1)]
    [InlineData("a = 1979-05-27T", 1)]
    public void What_is_no_toml_is_refused_with_its_line(string toml, int line) =>
        Assert.Equal(line, Assert.Throws<TomlFormatException>(() => Read(toml)).Line);

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused_with_their_line() =>
        Assert.Equal(2, Assert.Throws<TomlFormatException>(() => TomlReader.Read([.. "a = 1\nb = '"u8, 0xFF, .. "'"u8])).Line);

    [Theory]
    [InlineData("a = ", "[", "]")]
    [InlineData("a = ", "{a=", "}")]
    [InlineData("a", ".a", "=1")]
    public void Depth_has_an_end(string start, string part, string end) => Assert.Throws<TomlFormatException>(
        () => Read(start + string.Concat(Enumerable.Repeat(part, 100_000)) + end));

    [Fact]
    public void Values_know_their_lines()
    {
        var table = Read("\n[[a]]\nb = [\n 'x',\n 'y' ]\n\n[[a]]\n");

        Assert.Equal([2, 7], table["a"].Items.Select(item => item.Table!.Line));
        var array = table["a"].Items[0].Table!["b"];
        Assert.Equal(3, array.Line);
        Assert.Equal([4, 5], array.Items.Select(item => item.Line));
    }

    [Fact]
    public void Whatever_the_bytes_are_they_are_read_or_refused()
    {
        string[] parts = ["a", "b", ".", "=", " ", "\n", "[", "]", "[[", "]]", "{", "}", ",", "'", "\"", "\"\"\"", "'''", "\\", "#", "1", "-", ":", "true", "é", "\0"];
        var random = new Random(20261125);
        for (var i = 0; i < 20_000; i++)
        {
            var toml = string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => parts[random.Next(parts.Length)]));
            try
            {
                Read(toml);
            }
            catch (TomlFormatException e)
            {
                Assert.InRange(e.Line, 1, toml.Count(c => c == '\n') + 1);
            }
        }
    }

    private static TomlTable Read(string toml) => TomlReader.Read(Encoding.UTF8.GetBytes(toml));

    private static string Show(TomlTable table) => string.Join(' ', table.Keys.Select(key => $"{key}={Show(table[key])}"));

    private static string Show(TomlValue value) => value.Kind switch
    {
        TomlKind.Text => $"'{value.Text}'",
        TomlKind.Boolean => value.Boolean ? "true" : "false",
        TomlKind.Array => $"[{string.Join(' ', value.Items.Select(Show))}]",
        TomlKind.Table => $"{{{Show(value.Table!)}}}",
        var other => other.ToString(),
    };
}
