using System.Collections.Generic;
using System.Text;
using System.Text.Json.Nodes;
using ContainerImages.Content;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>A manifest that is no image and says something about another manifest or index.</summary>
internal sealed class TestArtifact : TestRoot
{
    private static readonly byte[] _empty = "{}"u8.ToArray();

    private readonly TestRoot _subject;
    private readonly byte[] _content;

    private TestArtifact(TestRoot subject, string content) => (_subject, _content) = (subject, Encoding.UTF8.GetBytes(content));

    public override string MediaType => MediaTypes.OciManifest;

    public override IEnumerable<(Digest Digest, byte[] Bytes)> Blobs =>
        [(Digest, Bytes), (Digest.Compute(_empty), _empty), (Digest.Compute(_content), _content)];

    public static TestArtifact About(TestRoot subject, string content, params string[] names) => new(subject, content) { Names = names };

    protected override JsonObject MakeJson() => new()
    {
        ["schemaVersion"] = 2,
        ["mediaType"] = MediaTypes.OciManifest,
        ["artifactType"] = "application/vnd.example.note",
        ["config"] = Describe("application/vnd.oci.empty.v1+json", Digest.Compute(_empty), _empty.Length),
        ["layers"] = new JsonArray(Describe("application/vnd.example.note", Digest.Compute(_content), _content.Length)),
        ["subject"] = _subject.ToDescriptor(),
    };
}
