using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.Store;
using ContainerImages.Transports;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>How an image is to be made of root tars, as the cmdlet would put it.</summary>
internal sealed record RootImport
{
    public string Platform { get; init; } = "linux/amd64";

    public IReadOnlyList<string> Changes { get; init; } = [];

    public string Message { get; init; } = "";

    public string Author { get; init; } = "";

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Names { get; init; } = [];

    public CopyOptions Options { get; init; } = new();

    /// <summary>Makes an image of files, each of them a layer.</summary>
    public ContainerImage OfFiles(ImageStore store, params string[] paths) =>
        Of(store, [.. paths.Select(path => RootTar.OfFile(path, $"'{path}'"))]);

    public ContainerImage OfBytes(ImageStore store, params byte[][] tars) =>
        Of(store, [.. tars.Select(tar => RootTar.OfStream(new MemoryStream(tar), "The stream"))]);

    public ContainerImage Of(ImageStore store, params RootTar[] tars)
    {
        var container = new ContainerConfigEditor();
        foreach (var line in Changes)
        {
            DockerfileInstruction.Apply(container, line);
        }

        var config = new NewImageConfig
        {
            Platform = ContainerImages.Content.Platform.Parse(Platform), Container = container, Author = Author, Comment = Message,
        };
        return new ImageImport(store, Options)
            .Run(ingest => new RootFileSystemSource(tars, config, [.. Annotations], ingest, Options), new ImportSelection { References = Names })
            .Single();
    }
}
