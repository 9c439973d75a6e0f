using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using ContainerImages.Content;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>The bytes are those of Go 1.19's json.Marshal.</summary>
public class GoJsonTests
{
    [Theory]
    [InlineData("plain +'/\u007f", "\"plain +'/\u007f\"")]
    [InlineData("\"\\", "\"\\\"\\\\\"")]
    [InlineData("\n\r\t", "\"\\n\\r\\t\"")]
    [InlineData("\b\f\0\u001f", "\"\\u0008\\u000c\\u0000\\u001f\"")]
    [InlineData("<a>&", "\"\\u003ca\\u003e\\u0026\"")]
    [InlineData("\u2027\u2028\u2029\u202a", "\"\u2027\\u2028\\u2029\u202a\"")]
    [InlineData("grüße 日本 😀", "\"grüße 日本 😀\"")]
    [InlineData("", "\"\"")]
    public void Strings_are_escaped_as_in_Go(string text, string expected) => Assert.Equal(expected, Write(w => w.String(text)));

    [Fact]
    public void Bytes_that_are_no_UTF8_are_each_escaped()
    {
        Assert.Equal("\"a\\ufffd\\ufffdb\"", Write(w => w.String([(byte)'a', 0xE2, 0x80, (byte)'b'])));
        Assert.Equal("\"\\ufffd\\ufffd\\ufffd\"", Write(w => w.String([0xED, 0xA0, 0x80])));
        Assert.Equal("\"\\ufffd\\ufffd\"", Write(w => w.String([0xC0, 0xAF])));
        Assert.Equal("\"\\ufffd\\ufffd\\ufffd\\ufffd\"", Write(w => w.String([0xF4, 0x90, 0x80, 0x80])));
        Assert.Equal("\"\u00a0\\ufffd\"", Write(w => w.String([0xC2, 0xA0, 0xFF])));
    }

    [Theory]
    [InlineData(" { \"a\" :\t[ 1.0e+5 , -0 ,\r\n true ] } ", "{\"a\":[1.0e+5,-0,true]}")]
    [InlineData("{\"b\":1,\"a\":2,\"b\":3}", "{\"b\":1,\"a\":2,\"b\":3}")]
    [InlineData("\" < > & \u2028 \u2029 \"", "\" \\u003c \\u003e \\u0026 \\u2028 \\u2029 \"")]
    [InlineData("\"\\u003C \\/ \\u00fc \\\" { } \\\\\" ", "\"\\u003C \\/ \\u00fc \\\" { } \\\\\"")]
    [InlineData("[\"\\\\\" , \"\\\\\\\"  <\"]", "[\"\\\\\",\"\\\\\\\"  \\u003c\"]")]
    [InlineData("\"ü 日本 😀\"", "\"ü 日本 😀\"")]
    [InlineData("null", "null")]
    public void Raw_values_are_compacted_and_else_left_alone(string raw, string expected) =>
        Assert.Equal(expected, Write(w => w.Raw(Encoding.UTF8.GetBytes(raw))));

    [Fact]
    public void Invalid_UTF8_in_raw_values_stays()
    {
        var writer = new GoJsonWriter();
        writer.Raw([(byte)'"', 0xE2, 0x80, 0xFF, (byte)'"']);
        Assert.Equal([(byte)'"', 0xE2, 0x80, 0xFF, (byte)'"'], writer.ToArray());
    }

    [Fact]
    public void Values_have_commas_between_them()
    {
        const string Expected = "{\"a\":[],\"b\":[1,{\"c\":null},\"x\",true],\"d\":{},\"e\":{\"f\":-1}}";
        Assert.Equal(Expected, Write(WriteAll));
    }

    [Fact]
    public void Keys_are_sorted_by_their_bytes()
    {
        var keys = new List<string> { "😀", "\uFFFD", "b", "ä", "a", "aa", "", "B" };
        keys.Sort(GoJson.KeyOrder);
        Assert.Equal(["", "B", "a", "aa", "b", "ä", "\uFFFD", "😀"], keys);
    }

    /// <summary>The metadata of a layer as podman 4.3 saved it, and the ID that it made of it.</summary>
    [Fact]
    public void The_ID_of_a_layer_is_podmans()
    {
        const string LayerId = "sha256:d4b8ef193b93b55fd41339a1cd346eb6cea0518dafd783564f419089562db305";
        const string Id = "dea3d792c4d1e244b5d653e93fc6fd550da024c17a6fdecdea99ba85b374ee99";
        var map = new Dictionary<string, ReadOnlyMemory<byte>?>
        {
            ["os"] = "\"linux\""u8.ToArray(),
            ["config"] = "{ \"Cmd\": [\"/bin/sh\", \"-c\", \"/a\\u0026b<c>\"]}"u8.ToArray(),
            ["created"] = "\"2026-11-23T21:33:28.607487344Z\""u8.ToArray(),
            ["docker_version"] = null,
            ["container"] = null,
            ["container_config"] = null,
            ["architecture"] = "\"amd64\""u8.ToArray(),
            ["layer_id"] = Encoding.UTF8.GetBytes('"' + LayerId + '"'),
        };
        Assert.Equal(Id, Convert.ToHexStringLower(SHA256.HashData(GoJson.MarshalMap(map))));

        map.Remove("layer_id");
        map["id"] = Encoding.UTF8.GetBytes('"' + Id + '"');
        Assert.Equal(
            "{\"architecture\":\"amd64\",\"config\":{\"Cmd\":[\"/bin/sh\",\"-c\",\"/a\\u0026b\\u003cc\\u003e\"]},\"container\":null,"
            + "\"container_config\":null,\"created\":\"2026-11-23T21:33:28.607487344Z\",\"docker_version\":null,\"id\":\"" + Id
            + "\",\"os\":\"linux\"}",
            Encoding.UTF8.GetString(GoJson.MarshalMap(map)));
    }

    private static void WriteAll(GoJsonWriter w)
    {
        w.BeginObject();
        w.Name("a");
        w.BeginArray();
        w.EndArray();
        w.Name("b");
        w.BeginArray();
        w.Number(1);
        w.BeginObject();
        w.Name("c");
        w.Null();
        w.EndObject();
        w.String("x");
        w.Boolean(true);
        w.EndArray();
        w.Name("d");
        w.BeginObject();
        w.EndObject();
        w.Name("e");
        w.Raw("{ \"f\" : -1 }"u8);
        w.EndObject();
    }

    private static string Write(Action<GoJsonWriter> write)
    {
        var writer = new GoJsonWriter();
        write(writer);
        return Encoding.UTF8.GetString(writer.ToArray());
    }
}
