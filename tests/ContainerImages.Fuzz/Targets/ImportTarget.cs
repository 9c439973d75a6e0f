using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Fuzz.Mutation;
using ContainerImages.Store;
using ContainerImages.Transports;

namespace ContainerImages.Fuzz.Targets;

/// <summary>
/// Archives of any format and compression, imported into a store: their images are whole and can be looked at, or the store
/// is as it was.
/// </summary>
internal sealed class ImportTarget : FuzzTarget
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fuzz-").FullName;
    private readonly CopyOptions _options = new() { ThrottleLimit = 1 };
    private int _count;

    public override string Name => "import";

    public override string Purpose => "archives of any format, imported into a store";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        "manifest.json", "index.json", "oci-layout", "blobs/sha256/", "repositories", "Config", "RepoTags", "Layers", "../", "imageLayoutVersion", "1.0.0",
        MediaTypes.OciManifest, MediaTypes.OciIndex, MediaTypes.OciLayerZstd, "sha512:", "linux", "@sha256:", new string('a', 64));

    public override int SmokeRuns => 300;

    public override byte[] Mutate(byte[] input, Mutator mutator)
    {
        var changed = CompressionFormat.Detect(input) == Compression.None ? mutator.MutateArchive(input, Tokens) : mutator.MutateBytes(input, Tokens);
        return mutator.OneIn(10) ? Gzip(changed) : changed;
    }

    public override void Run(byte[] input)
    {
        using var store = ImageStore.Open(Path.Combine(_folder, "store"), new StoreOptions { System = new FastSystem() });
        var archive = Path.Combine(_folder, "archive.tar");
        File.WriteAllBytes(archive, input);
        IReadOnlyList<ContainerImage> images = [];
        var isStream = _count++ % 2 == 0;
        Documented.Try(() => images = isStream ? ImportStream(store, input) : ImportFile(store, archive), ImportErrors.All);
        images.ToList().ForEach(image => ImageCheck.LookAt(store, image));
        StoreCheck.Check(store);
        if (images.Count > 0 || _count % 1000 == 0)
        {
            Directory.Delete(store.Path, recursive: true);
        }
    }

    public override void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        base.Dispose();
    }

    private IReadOnlyList<ContainerImage> ImportFile(ImageStore store, string path) => new ImageImport(store, _options).Run(
        ingest => ImageSources.Open(path, "'archive.tar'", ingest, _options), new ImportSelection());

    private IReadOnlyList<ContainerImage> ImportStream(ImageStore store, byte[] input) => new ImageImport(store, _options).Run(
        ingest => ImageSources.Open(new MemoryStream(input), "'archive.tar'", ingest, _options), new ImportSelection());

    private static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(target, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }
}
