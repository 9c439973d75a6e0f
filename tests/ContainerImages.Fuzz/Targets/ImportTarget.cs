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
        images.ToList().ForEach(LookAt);
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

    private static void LookAt(ContainerImage image)
    {
        _ = (image.Size, image.Names, image.RepoDigests, image.Labels.Count, image.Parent, image.Children.Count, image.CompressedSize, image.UniqueSize);
        _ = image.Inspect().ToJson();
        using var store = ImageStore.Open(image.StorePath);
        var snapshot = store.ReadSnapshot();
        Documented.Try(
            () => ImageHistory.Read(store, snapshot, new ImageResolver(snapshot, null, null).ResolveId(image.Id)!),
            ImageError.ContentMismatch);
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(target, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return target.ToArray();
    }

    /// <summary>The operating system but for its disk, which is not waited for.</summary>
    private sealed class FastSystem : IStoreSystem
    {
        public FileStream? TryLock(string path) => StoreSystem.Current.TryLock(path);

        public FileStream OpenLock(string path) => StoreSystem.Current.OpenLock(path);

        public void Replace(string from, string to) => StoreSystem.Current.Replace(from, to);

        public void Delete(string path) => StoreSystem.Current.Delete(path);

        public void Flush(FileStream file) => file.Flush();

        public void FlushFolder(string path)
        {
        }

        public void MakeReadOnly(string path) => StoreSystem.Current.MakeReadOnly(path);

        public long? FreeBytes(string folder) => StoreSystem.Current.FreeBytes(folder);
    }
}
