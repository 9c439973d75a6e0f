namespace ContainerImages.Content;

/// <summary>The limits that keep a hostile input from taking memory, disk or time without bound, each with its reason.</summary>
public static class Limits
{
    /// <summary>Largest manifest or index read into memory, in bytes: what registries accept and containers/image reads.</summary>
    public const int Manifest = 4 * 1024 * 1024;

    /// <summary>
    /// Bytes of all manifests and indexes of one archive together: they are held in memory until it is imported. As many as
    /// of configs, of which each image has one too.
    /// </summary>
    public const long Manifests = 256L * 1024 * 1024;

    /// <summary>Largest image configuration, in bytes: as containers/image; the largest in the field are some 100 KB.</summary>
    public const int Config = 4 * 1024 * 1024;

    /// <summary>Bytes of all configs of one archive together: they are held in memory until it is imported.</summary>
    public const long Configs = 256L * 1024 * 1024;

    /// <summary>
    /// Largest <c>manifest.json</c> of a docker-archive and <c>index.json</c> of a foreign layout, in bytes. Peers stop at
    /// 1 MiB; an archive of thousands of tagged images has more.
    /// </summary>
    public const int ArchiveIndex = 32 * 1024 * 1024;

    /// <summary>Largest <c>index.json</c> of a store, in bytes: some 300,000 names.</summary>
    public const int StoreIndex = 256 * 1024 * 1024;

    /// <summary>Largest file of configuration or log-ins, in bytes: a thousand times what people have.</summary>
    public const int ConfigurationFile = 4 * 1024 * 1024;

    /// <summary>How deep JSON may nest. Configs hold six levels; the rest is room for extensions.</summary>
    public const int JsonDepth = 64;

    /// <summary>
    /// Values and keys of one JSON document: each costs twelve bytes in memory, however short it is. An index of 100,000 names
    /// has two million.
    /// </summary>
    public const int JsonValues = 4_000_000;

    /// <summary>
    /// Items of a list of texts, or keys of a map, in a manifest or config: variables, labels, annotations, URLs. Each costs
    /// some ten times its bytes in memory; the largest in the field are some hundreds.
    /// </summary>
    public const int JsonItems = 100_000;

    /// <summary>How deep indexes may name indexes.</summary>
    public const int IndexDepth = 4;

    /// <summary>Layers of one image. The kernel mounts 500 at the most; a thousand more than that is no image to run.</summary>
    public const int Layers = 1500;

    /// <summary>History entries of one image.</summary>
    public const int History = 10_000;

    /// <summary>Manifests that one index may name.</summary>
    public const int IndexManifests = 10_000;

    /// <summary>Entries of one archive: 100,000 blobs; a layer's own entries do not count.</summary>
    public const int ArchiveEntries = 400_000;

    /// <summary>
    /// Characters of the names and link targets of all entries of one archive, which are held in memory: 80 for each entry,
    /// where a blob's path has 77.
    /// </summary>
    public const int ArchiveNames = 32 * 1024 * 1024;

    /// <summary>Links of an archive that may lead one to the next. Writers of old archives make one for a layer.</summary>
    public const int ArchiveLinks = 8;

    /// <summary>
    /// Images that one archive may list, and manifests and indexes that its names may lead to, each as often as it is led
    /// to: all of them are looked at more than once.
    /// </summary>
    public const int ArchiveImages = 200_000;

    /// <summary>
    /// How many bytes may come out of the compressed streams of one import per byte that goes in, once
    /// <see cref="ExpansionFree"/> bytes came out. Deflate's own maximum is 1,032, which only endless zeros reach.
    /// </summary>
    public const int ExpansionRatio = 1000;

    /// <summary>Bytes that compressed streams may expand to whatever the ratio: small layers of zeros are met.</summary>
    public const long ExpansionFree = 256L * 1024 * 1024;

    /// <summary>Largest window of a zstd stream, as a power of two (128 MiB, the standard's own for interchange).</summary>
    public const int ZstdWindowLog = 27;

    /// <summary>Largest dictionary of an xz stream, in bytes: that of <c>xz -9</c>.</summary>
    public const long XzDictionary = 64L * 1024 * 1024;
}
