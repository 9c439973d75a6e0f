using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Internal;
using ContainerImages.Store;
using ContainerImages.Transports;

namespace ContainerImages.Commands;

/// <summary>Brings archives and folders of images, of any format, into the store.</summary>
[Cmdlet(VerbsData.Import, "ContainerImage", DefaultParameterSetName = PathSet, SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Import-ContainerImage.md")]
[OutputType(typeof(ContainerImage))]
[Alias("ipcimg", "Load-ContainerImage")]
public sealed class ImportContainerImageCommand : StoreCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string InputStreamSet = "InputStream";
    private const string InputBytesSet = "InputBytes";
    private const string Action = "Import images";

    private ChunkStream? _chunks;
    private CopyWork<IReadOnlyList<ContainerImage>>? _chunkWork;
    private bool _isDeclined;

    /// <summary>Paths of archives or folders; with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = PathSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Paths of archives or folders, taken as they are.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = LiteralPathSet)]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>A stream that an archive is read from, once, to its end; it is not closed.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = InputStreamSet)]
    [Alias("RawContentStream")]
    [ValidateNotNull]
    public Stream? InputStream { get; set; }

    /// <summary>The bytes of one archive; all chunks that are piped in are one.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputBytesSet)]
    [AllowEmptyCollection]
    public byte[] InputBytes { get; set; } = [];

    /// <summary>Which images of the archive: names, IDs, or <c>@0</c> for the first.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Image { get; set; } = [];

    /// <summary>Names instead of those in the archive, for one image of it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Reference { get; set; } = [];

    /// <summary>Only these platforms of multi-platform images; with wildcards.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(Completion.PlatformCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Platform { get; set; } = [];

    /// <summary>How many layers are read at once; 0 for as many as there are processors.</summary>
    [Parameter]
    [ValidateRange(0, 64)]
    public int ThrottleLimit { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case PathSet:
                foreach (var path in Path)
                {
                    Attempt(path, () => ImportFiles(FilePaths.Resolved(this, path), path, WildcardPattern.ContainsWildcardCharacters(path)));
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
                    var stream = InputStream?.GetType() == typeof(MemoryStream) ? InputStream : new StoppableStream(InputStream!, StopToken);
                    Attempt(InputStream, () => WriteObject(Import("stream", options => ingest =>
                        ImageSources.Open(stream, "The stream", ingest, options)), enumerateCollection: true));
                }

                break;
            default:
                Attempt("bytes", () => Feed(InputBytes));
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
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _chunkWork?.Dispose();
        _chunks?.Dispose();
        base.Dispose(disposing);
    }

    private void ImportFiles(IReadOnlyList<string> files, string typed, bool isPattern)
    {
        foreach (var file in files)
        {
            // A path that was typed is shown as it was; what a wildcard found, by its own name.
            var shown = isPattern ? file : typed;
            if (ShouldProcess(shown, Action))
            {
                Attempt(typed, () => WriteObject(
                    Import(shown, options => ingest => ImageSources.Open(file, $"'{shown}'", ingest, options)), enumerateCollection: true));
            }
        }
    }

    private IReadOnlyList<ContainerImage> Import(string shown, Func<CopyOptions, Func<Ingest, IImageSource>> open)
    {
        var (store, selection) = (GetStore(), Selection());
        return RunCopy($"Importing {shown}", ThrottleLimit, options => new ImageImport(store, options).Run(open(options), selection));
    }

    // The archive is read while it comes: nothing of it is kept in memory.
    private void Feed(byte[] chunk)
    {
        if (_chunkWork is null && !_isDeclined)
        {
            _isDeclined = !ShouldProcess("bytes", Action);
            if (!_isDeclined)
            {
                var chunks = _chunks = new ChunkStream(StopToken);
                var (store, selection) = (GetStore(), Selection());
                _chunkWork = StartCopy("Importing bytes", ThrottleLimit, options =>
                    new ImageImport(store, options).Run(ingest => ImageSources.Open(chunks, "The input", ingest, options), selection));
            }
        }

        if (_chunkWork is { } work)
        {
            // Work that is over, by an error or because the archive has ended, takes nothing more.
            while (!work.IsOver && chunk.Length > 0 && !_chunks!.TryAdd(chunk))
            {
                work.Drain();
            }

            work.Drain();
        }
    }

    private ImportSelection Selection() => new()
    {
        Images = Image,
        References = Reference,
        Platforms = Platform.Select(PlatformPattern.Parse).ToList(),
    };
}
