using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Internal;
using ContainerImages.Store;
using ContainerImages.Transports;

namespace ContainerImages.Commands;

/// <summary>
/// Brings archives and folders of images, of any format, into the store; or makes an image of root file systems.
/// </summary>
[Cmdlet(VerbsData.Import, "ContainerImage", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Import-ContainerImage.md")]
[OutputType(typeof(ContainerImage))]
[Alias("ipcimg", "Load-ContainerImage")]
public sealed partial class ImportContainerImageCommand : StoreCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string InputStreamSet = "InputStream";
    private const string InputBytesSet = "InputBytes";

    private ChunkStream? _chunks;
    private CopyWork<IReadOnlyList<ContainerImage>>? _chunkWork;
    private bool _isDeclined;

    /// <summary>Paths of archives or folders; with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = RootPathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Paths of archives or folders, taken as they are.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = RootLiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A stream that an archive is read from, once, to its end; it is not closed.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = InputStreamSet)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = RootInputStreamSet)]
    [Alias("RawContentStream")]
    [ValidateNotNull]
    public Stream? InputStream { get; set; }

    /// <summary>The bytes of one archive; all chunks that are piped in are one.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputBytesSet)]
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = RootInputBytesSet)]
    [AllowEmptyCollection]
    public byte[] InputBytes { get; set; } = [];

    /// <summary>Which images of the archive: names, IDs, or <c>@0</c> for the first.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = InputStreamSet)]
    [Parameter(ParameterSetName = InputBytesSet)]
    [ValidateNotNullOrEmpty]
    public string[] Image { get; set; } = [];

    /// <summary>Names instead of those in the archive, for one image of it; names for the image that is made.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Reference { get; set; } = [];

    /// <summary>
    /// Only these platforms of multi-platform images; with wildcards. With <c>-RootFileSystem</c> the one that the image is
    /// for, which is the machine's if none is given.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.PlatformCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Platform { get; set; } = [];

    /// <summary>How many layers are read at once; 0 for as many as there are processors.</summary>
    [Parameter(ParameterSetName = PathSet)]
    [Parameter(ParameterSetName = LiteralPathSet)]
    [Parameter(ParameterSetName = InputStreamSet)]
    [Parameter(ParameterSetName = InputBytesSet)]
    [ValidateRange(0, 64)]
    public int ThrottleLimit { get; set; }

    private string Action => RootFileSystem ? "Import root file system" : "Import images";

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (RootFileSystem)
        {
            PrepareRoot();
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        // The switch may have been given, and be off.
        switch (RootFileSystem ? ParameterSetName : ParameterSetName.Replace(RootPrefix, ""))
        {
            case PathSet:
                foreach (var path in Path)
                {
                    Attempt(path, () => ImportFiles(Find(path), path, WildcardPattern.ContainsWildcardCharacters(path)));
                }

                break;
            case LiteralPathSet:
                foreach (var path in LiteralPath)
                {
                    Attempt(path, () => ImportFiles([FilePaths.Unresolved(this, path)], path, isPattern: false));
                }

                break;
            case InputStreamSet:
                if (ShouldProcess("stream", Action))
                {
                    Attempt(InputStream, () =>
                    {
                        var stream = Stoppable(InputStream!);
                        WriteObject(
                            Import("stream", options => ingest => ImageSources.Open(stream, "The stream", ingest, options)),
                            enumerateCollection: true);
                    });
                }

                break;
            case InputBytesSet:
                Attempt("bytes", () => Feed(InputBytes, (chunks, options) => ingest => ImageSources.Open(chunks, "The input", ingest, options)));
                break;
            default:
                AddRoots();
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (_chunkWork is { } work)
        {
            _chunks!.Complete();
            Attempt("bytes", () => WriteObject(Finish(work), enumerateCollection: true));
        }

        ImportRoots();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _chunkWork?.Dispose();
        _chunks?.Dispose();
        base.Dispose(disposing);
    }

    private IReadOnlyList<string> Find(string path) => RootDownload.IsUrl(path, out var url)
        ? throw new ContainerImageException(
            ImageError.ArchiveNotFound,
            $"'{RootDownload.Show(url)}' is an address, and only root file systems are fetched from one; " +
            "fetch an archive by Invoke-WebRequest, and pipe the answer in.")
        : FilePaths.Resolved(this, path);

    private void ImportFiles(IReadOnlyList<string> files, string typed, bool isPattern)
    {
        foreach (var file in files)
        {
            // A path that was typed is shown as it was; what a wildcard found, by its own name.
            var shown = isPattern ? file : FilePaths.Shown(typed);
            if (ShouldProcess(shown, Action))
            {
                Attempt(typed, () => WriteObject(
                    Import(shown, options => ingest => Open(file, $"'{shown}'", ingest, options)), enumerateCollection: true));
            }
        }
    }

    private IImageSource Open(string file, string name, Ingest ingest, CopyOptions options)
    {
        if (!SpecialFile.IsAt(file))
        {
            return ImageSources.Open(file, name, ingest, options);
        }

        using var pipe = new StoppableStream(() => StoreSystem.OpenShared(file, FileMode.Open, FileAccess.Read), StopToken);
        return ImageSources.Open(pipe, name, ingest, options);
    }

    private IReadOnlyList<ContainerImage> Import(string shown, Func<CopyOptions, Func<Ingest, IImageSource>> open)
    {
        var (store, selection) = (GetStore(), Selection());
        return RunCopy($"Importing {shown}", ThrottleLimit, options => new ImageImport(store, options).Run(open(options), selection));
    }

    // The archive is read while it comes: nothing of it is kept in memory.
    private void Feed(byte[] chunk, Func<Stream, CopyOptions, Func<Ingest, IImageSource>> open)
    {
        if (_chunkWork is null && !_isDeclined)
        {
            _isDeclined = !ShouldProcess("bytes", Action);
            if (!_isDeclined)
            {
                var chunks = _chunks = new ChunkStream(StopToken);
                var (store, selection) = (GetStore(), Selection());
                _chunkWork = StartCopy("Importing bytes", ThrottleLimit, options => new ImageImport(store, options).Run(open(chunks, options), selection));
            }
        }

        if (_chunkWork is { } work)
        {
            // Work that is over, by an error or because the archive has ended, takes nothing more.
            foreach (var copy in ChunkStream.CopyOf(chunk))
            {
                while (!work.IsOver && !_chunks!.TryAdd(copy))
                {
                    work.Drain();
                }
            }

            work.Drain();
        }
    }

    // What is in memory does not keep anybody waiting.
    private Stream Stoppable(Stream stream) =>
        !stream.CanRead ? throw new ContainerImageException(ImageError.InvalidArchive, "The stream cannot be read: it is closed, or for writing alone.")
        : stream.GetType() == typeof(MemoryStream) ? stream
        : new StoppableStream(stream, StopToken);

    private ImportSelection Selection() => new()
    {
        Images = Image,
        References = Reference,
        Platforms = RootFileSystem ? [] : Platform.Select(PlatformPattern.Parse).ToList(),
    };
}
