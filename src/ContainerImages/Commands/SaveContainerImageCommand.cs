using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Internal;
using ContainerImages.References;
using ContainerImages.Store;
using ContainerImages.Transports;

namespace ContainerImages.Commands;

/// <summary>Writes one archive or folder with all the images of the call.</summary>
[Cmdlet(VerbsData.Save, "ContainerImage", DefaultParameterSetName = IdSet, SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Save-ContainerImage.md")]
[OutputType(typeof(FileInfo), typeof(DirectoryInfo))]
[Alias("svcimg", "Export-ContainerImage")]
public sealed class SaveContainerImageCommand : ImageCommand
{
    private const string DockerArchive = "docker-archive";

    private Packing? _packing;

    /// <summary>The file or folder to write; in a folder that is there, an archive gets a name made of the image's.</summary>
    [Parameter(Mandatory = true)]
    [Alias("DestinationPath", "OutFile")]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>The format; docker-archive if not given.</summary>
    [Parameter]
    [ValidateSet(DockerArchive, "oci-archive", "oci-dir", "docker-dir", "dir")]
    public string Format { get; set; } = DockerArchive;

    /// <summary>More names for the image in the archive; for one image only.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Tag { get; set; } = [];

    /// <summary>
    /// Images whose layers are left out, for a store that has them: importing completes the archive from there. Names, with
    /// wildcards, or IDs.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Exclude { get; set; } = [];

    /// <summary>One platform of multi-platform images, instead of all that is here.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Platform { get; set; }

    /// <summary>All platforms that are here, which only OCI formats hold.</summary>
    [Parameter]
    public SwitchParameter AllPlatforms { get; set; }

    /// <summary>
    /// Takes along what refers to the images, such as signatures and attestations, and what refers to these; for the formats
    /// oci-archive and oci-dir.
    /// </summary>
    [Parameter]
    public SwitchParameter IncludeReferrers { get; set; }

    /// <summary>How layers are compressed: as they are if not given. Other ones get other digests; the image's ID stays.</summary>
    [Parameter]
    [ValidateSet(Packing.Preserve, "none", "gzip", "zstd")]
    public string Compression { get; set; } = Packing.Preserve;

    /// <summary>How hard: 1 to 9 for gzip, 1 to 22 for zstd. Layers that are compressed so already are then compressed anew.</summary>
    [Parameter]
    [ValidateRange(1, 22)]
    public int CompressionLevel { get; set; }

    /// <summary>How many layers are written at once where the format allows it; 0 for as many as there are processors.</summary>
    [Parameter]
    [ValidateRange(0, 64)]
    public int ThrottleLimit { get; set; }

    /// <summary>Replaces a file, or a folder of the same format, that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Emits the file or folder written.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Format = Format.ToLowerInvariant();
        if (AllPlatforms && (Platform is not null || Format is DockerArchive or "docker-dir"))
        {
            var other = Platform is not null ? "-Platform" : $"the format {Format}, which holds one platform,";
            Fail(new ContainerImageException(ImageError.ConflictingParameter, $"-AllPlatforms and {other} exclude each other."), Format);
        }

        if (IncludeReferrers && Format is not ("oci-archive" or "oci-dir"))
        {
            Fail(new ContainerImageException(
                ImageError.ConflictingParameter, $"-IncludeReferrers and the format {Format}, which has no place for them, exclude each other; oci-archive and oci-dir hold them."), Format);
        }

        Attempt(Compression, () => _packing = Packing.Parse(Compression, CompressionLevel, Format));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        List<SaveItem> items = [];
        Attempt(Platform, () => items = Items(FindTargets(Platform is null ? null : PlatformPattern.Parse(Platform))));
        if (items.Count == 0)
        {
            return;
        }

        Attempt(Destination, () =>
        {
            items = AddTags(items);
            if (FindExcluded(items) is not { } leftOut || _packing is not { } packing)
            {
                return;
            }

            var path = TargetPath(items);
            var count = items.Count == 1 ? "1 image" : $"{items.Count} images";
            if (!ShouldProcess(path, $"Save {count} as {Format}"))
            {
                return;
            }

            RunCopy($"Saving {count} to {path}", ThrottleLimit, options =>
            {
                new ImageSave(options, packing.ToChanges(leftOut, IncludeReferrers)).Run(items, Format, path, Force, onePlatform: Platform is not null);
                return path;
            });
            if (PassThru)
            {
                WriteObject(InvokeProvider.Item.Get([path], force: true, literalPath: true), enumerateCollection: true);
            }
        });
    }

    // Text stands for its name alone, an object for the names it was found by, the rest for all names. What is named twice
    // is written once; where the whole root is written, once for all of its platforms.
    private List<SaveItem> Items(IReadOnlyList<FoundImage> found)
    {
        var byRoot = Platform is null && Format is "oci-archive" or "oci-dir" or "dir";
        return found
            .GroupBy(image => (image.Store, Key: byRoot ? image.Match.Root.Digest : image.Match.Manifest.Id))
            .Select(group => new SaveItem(
                group.Key.Store,
                group.First().Match,
                group.SelectMany(image => image.Match.MatchedNames ?? (byRoot
                    ? image.Match.Root.Names
                    : image.Snapshot.NamesOf(image.Match.Manifest.Id))).Distinct().ToList()))
            .ToList();
    }

    // Null if one of them is not found: without it the archive would hold more than was meant to be carried.
    private LeftOutLayers? FindExcluded(List<SaveItem> items)
    {
        var leftOut = new LeftOutLayers();
        var stores = items.Select(item => item.Store).Distinct().ToList();
        var found = 0;
        foreach (var text in Exclude)
        {
            Attempt(text, () =>
            {
                AddLayers(leftOut, stores, Targets.OfText(text, isTyped: true));
                found++;
            });
        }

        return found == Exclude.Length ? leftOut : null;
    }

    // Looked for in the stores of what is saved; it must be in one of them.
    private static void AddLayers(LeftOutLayers leftOut, IReadOnlyList<ImageStore> stores, ImageTarget target)
    {
        ContainerImageException? missing = null;
        var isFound = false;
        foreach (var store in stores)
        {
            try
            {
                foreach (var match in store.Select(store.ReadSnapshot(), target))
                {
                    leftOut.Add(store, match.Root);
                }

                isFound = true;
            }
            catch (ContainerImageException e) when (e.Error == ImageError.ImageNotFound)
            {
                missing = e;
            }
        }

        if (!isFound)
        {
            throw missing!;
        }
    }

    private List<SaveItem> AddTags(List<SaveItem> items)
    {
        if (Tag.Length == 0)
        {
            return items;
        }

        var tags = Tag.Select(tag => ImageReference.ParseForTag(tag).ToString());
        return items.Count == 1
            ? [items[0] with { Names = items[0].Names.Concat(tags).Distinct().ToList() }]
            : throw new ContainerImageException(
                ImageError.ConflictingParameter, $"-Tag gives names to one image, and {items.Count} are to be saved.");
    }

    private string TargetPath(List<SaveItem> items)
    {
        var path = FilePaths.Unresolved(this, Destination, ImageError.DestinationNotWritable);
        if (ImageSave.IsFolder(Format) || !Directory.Exists(path))
        {
            return path;
        }

        var name = items[0].Names.FirstOrDefault();
        var file = name is not null && ImageReference.TryParse(name, out var reference)
            ? $"{reference.Path.Substring(reference.Path.LastIndexOf('/') + 1)}_{reference.Tag}"
            : items[0].Image.Manifest.Id.ShortId;
        return Path.Combine(path, file.TrimEnd('_') + ".tar");
    }
}
