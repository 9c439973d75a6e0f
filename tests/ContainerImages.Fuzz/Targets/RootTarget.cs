using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Fuzz.Mutation;
using ContainerImages.Manifests;
using ContainerImages.Store;
using ContainerImages.Transports;

namespace ContainerImages.Fuzz.Targets;

/// <summary>Tars of root file systems, made into images.</summary>
internal sealed class RootTarget : FuzzTarget
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fuzz-").FullName;
    private readonly CopyOptions _options = new() { ThrottleLimit = 1 };
    private int _count;

    public override string Name => "root";

    public override string Purpose => "root file systems in tars, made into images";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        "bin/sh", "../", "/", ".wh.", ".wh..wh..opq", "manifest.json", "index.json", "oci-layout", "path=", "linkpath=", "size=", "mtime=", "GNU.sparse.realsize=");

    public override int SmokeRuns => 300;

    public override byte[] Mutate(byte[] input, Mutator mutator) =>
        CompressionFormat.Detect(input) == Compression.None ? mutator.MutateArchive(input, Tokens) : mutator.MutateBytes(input, Tokens);

    public override void Run(byte[] input)
    {
        using var store = ImageStore.Open(Path.Combine(_folder, "store"), new StoreOptions { System = new FastSystem() });
        var path = Path.Combine(_folder, "root.tar");
        File.WriteAllBytes(path, input);
        var tar = _count++ % 2 == 0 ? RootTar.OfFile(path, "'root.tar'") : RootTar.OfStream(new MemoryStream(input), "'root.tar'");
        var config = new NewImageConfig { Platform = Platform.Parse("linux/amd64"), Container = new ContainerConfigEditor() };
        IReadOnlyList<ContainerImage> images = [];
        Documented.Try(
            () => images = new ImageImport(store, _options).Run(
                ingest => new RootFileSystemSource([tar], config, [], ingest, _options), new ImportSelection()),
            ImportErrors.All);
        images.ToList().ForEach(image => ImageCheck.LookAt(store, image));
        StoreCheck.Check(store);
        if (images.Count > 0)
        {
            Directory.Delete(store.Path, recursive: true);
        }
    }

    public override void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        base.Dispose();
    }
}
