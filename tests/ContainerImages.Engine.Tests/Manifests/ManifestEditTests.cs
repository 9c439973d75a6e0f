using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Manifests;
using Xunit;

namespace ContainerImages.Engine.Tests.Manifests;

public class ManifestEditTests
{
    private static readonly Digest Config = Digest.Compute("config"u8.ToArray());
    private static readonly Digest Old = Digest.Compute("layer"u8.ToArray());
    private static readonly Digest New = Digest.Compute("layer, compressed"u8.ToArray());

    [Fact]
    public void All_but_the_layer_stays_as_it_stands()
    {
        var edited = Edit(
            $$$"""
            {"schemaVersion": 2, "com.example.unknown": [1.50, "\u0041", "<é>"],
              "config":{{{Describe(MediaTypes.OciConfig, Config)}}},
              "layers":[{"mediaType":"{{{MediaTypes.OciLayer}}}","size":7,"com.example":{"a" : 1},"digest":"{{{Old}}}","urls":["https://example.com"],"data":"AA=="}],
              "annotations":{"b":"2","a":"1"}}
            """);

        Assert.Equal(
            $$$"""
            {"schemaVersion": 2,"com.example.unknown": [1.50, "\u0041", "<é>"],"config":{{{Describe(MediaTypes.OciConfig, Config)}}},
            "layers":[{"mediaType":"{{{MediaTypes.OciLayerGzip}}}","digest":"{{{New}}}","size":9,"com.example":{"a" : 1}}],
            "annotations":{"b":"2","a":"1"}}
            """.ReplaceLineEndings(""),
            Encoding.UTF8.GetString(edited.Bytes));
    }

    [Fact]
    public void Text_that_is_no_Unicode_is_no_obstacle()
    {
        const string Broken = "\"com.example.unknown\":\"\\ud800\"";

        var edited = Edit(
            $$$"""
            {"schemaVersion":2,{{{Broken}}},"config":{{{Describe(MediaTypes.OciConfig, Config)}}},
            "layers":[{"mediaType":"{{{MediaTypes.OciLayer}}}","digest":"{{{Old}}}","size":7,{{{Broken}}}}]}
            """);

        Assert.Equal(2, Encoding.UTF8.GetString(edited.Bytes).Split(Broken).Length - 1);
        Assert.Equal(New, edited.Layers.Single().Digest);
    }

    [Fact]
    public void Of_a_list_that_stands_there_twice_the_last_counts()
    {
        var edited = Edit(
            $$$"""
            {"schemaVersion":2,"layers":[{},{},{}],"config":{{{Describe(MediaTypes.OciConfig, Config)}}},
            "layers":[{{{Describe(MediaTypes.OciLayer, Old)}}}]}
            """);

        Assert.Equal((MediaTypes.OciLayerGzip, New), (edited.Layers.Single().MediaType, edited.Layers.Single().Digest));
    }

    [Fact]
    public void What_says_where_things_are_in_the_old_bytes_goes_with_them()
    {
        var edited = Edit(
            $$$"""
            {"schemaVersion":2,"config":{{{Describe(MediaTypes.OciConfig, Config)}}},
            "layers":[{"mediaType":"{{{MediaTypes.OciLayer}}}","digest":"{{{Old}}}","size":7,
            "annotations":{"containerd.io/snapshot/stargz/toc.digest":"x","com.example":"y"}}]}
            """);

        Assert.Equal([new("com.example", "y")], edited.Layers.Single().Annotations.ToArray());
    }

    private static ImageManifest Edit(string json) => ManifestEdit.WithLayers(
        (ImageManifest)ManifestDocument.Parse(Encoding.UTF8.GetBytes(json), MediaTypes.OciManifest, "The manifest"),
        [new Descriptor(MediaTypes.OciLayerGzip, New, 9)]);

    private static string Describe(string type, Digest digest) => $$$"""{"mediaType":"{{{type}}}","digest":"{{{digest}}}","size":7}""";
}
