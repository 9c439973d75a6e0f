using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Commands;

/// <summary>Gives an image more names, all in one commit.</summary>
/// <remarks>
/// Image first, then tags; with a piped image the first position is the tags. The binder cannot express that with typed
/// sets, so the piped object is any, and a value in <see cref="Reference"/> beside it counts as tags.
/// </remarks>
[Cmdlet(VerbsCommon.Add, "ImageTag", DefaultParameterSetName = ReferenceSet, SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Add-ImageTag.md")]
[OutputType(typeof(ContainerImage))]
[Alias("aimgt", "Tag-ContainerImage", "Add-ContainerImageTag")]
public sealed class AddImageTagCommand : StoreCommand
{
    private const string ReferenceSet = "Reference";
    private const string InputObjectSet = "InputObject";
    private const string IdSet = "Id";

    private readonly List<(object Input, ImageTarget Target, ImageStore Store)> _targets = [];

    /// <summary>The image: its name, or the start of its ID.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ReferenceSet)]
    [Parameter(Position = 0, ParameterSetName = InputObjectSet)]
    [Alias("Image", "ImageName", "RepoTag")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Reference { get; set; } = [];

    /// <summary>The new names; short ones are put under <c>localhost/</c>, and get the tag <c>latest</c> if they have none.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = ReferenceSet)]
    [Parameter(Position = 1, ParameterSetName = InputObjectSet)]
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = IdSet)]
    [ArgumentCompleter(typeof(TagCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Tag { get; set; } = [];

    /// <summary>Images, text, or objects with an <c>Id</c> or a <c>Reference</c>.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputObjectSet)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The image's ID, or the start of it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = IdSet)]
    [Alias("ImageId")]
    [ArgumentCompleter(typeof(IdCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Id { get; set; }

    /// <summary>Emits the images as they are then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        object input = ParameterSetName switch
        {
            InputObjectSet => InputObject!,
            IdSet => Id!,
            _ => Reference is [var only] ? only : Reference,
        };
        Attempt(input, () =>
        {
            if (ParameterSetName == InputObjectSet)
            {
                var target = Targets.OfObject(InputObject!);
                _targets.Add((InputObject!, target, GetStore(target.Image?.StorePath)));
                return;
            }

            if (Reference.Length > 1)
            {
                throw new ContainerImageException(
                    ImageError.AmbiguousReference, $"Tags can be given to one image at a time, and {Reference.Length} are named: {string.Join(", ", Reference)}.")
                { Candidates = Reference };
            }

            _targets.Add((input, ParameterSetName == IdSet ? Targets.OfId(Id!, isTyped: true) : ImageTarget.OfText(Reference[0]), GetStore()));
        });
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        List<ImageReference> names = [];
        Attempt(Tag, () => names = TagsGiven().Select(ImageReference.ParseForTag).Distinct().ToList());
        if (names.Count == 0)
        {
            return;
        }

        List<(object Input, FoundImage Image, List<ImageReference> Names)> work = [];
        HashSet<(ImageStore, Digest)> seen = [];
        foreach (var (input, target, store) in _targets)
        {
            Attempt(input, () =>
            {
                var image = FindOne(store, target);
                if (!seen.Add((store, image.Match.Root.Digest)))
                {
                    // Another platform of it, or the same image again.
                    return;
                }

                var wanted = names.Where(name => ShouldProcess(image.Title, $"Add tag {Titles.Familiar(name.ToString())}")).ToList();
                work.Add((input, image, wanted));
            });
        }

        if (work.Count(item => item.Names.Count > 0) > 1)
        {
            // The last would have it, and the others would have had it in vain.
            var images = work.Select(item => item.Image.Title).ToList();
            Fail(
                new ContainerImageException(
                    ImageError.AmbiguousReference, $"A name can be given to one image, and {images.Count} are meant: {string.Join(", ", images)}.")
                { Candidates = images },
                Tag);
            return;
        }

        foreach (var group in work.Where(item => item.Names.Count > 0).GroupBy(item => item.Image.Store))
        {
            Attempt(group.First().Input, () =>
            {
                group.Key.Tag(group.SelectMany(item => item.Names, (item, name) => (item.Image.Match, name)).ToList(), StopToken);
                if (PassThru)
                {
                    Emit(group.Key, group.Select(item => (item.Image, item.Names)));
                }
            });
        }
    }

    private string[] TagsGiven()
    {
        if (ParameterSetName != InputObjectSet)
        {
            return Tag;
        }

        if (Tag.Length > 0 && Reference.Length > 0)
        {
            throw new ContainerImageException(
                ImageError.ConflictingParameter, "With an image piped in, the names to add are given once: by position or by -Tag.");
        }

        var tags = Tag.Length > 0 ? Tag : Reference;
        return tags.Length > 0 ? tags : throw new ContainerImageException(ImageError.TagMissing, "No tag was given to add.");
    }

    private static FoundImage FindOne(ImageStore store, ImageTarget target)
    {
        var snapshot = store.ReadSnapshot();
        var matches = store.Select(snapshot, target);
        if (matches.Count == 1)
        {
            return new FoundImage(target, store, snapshot, matches[0]);
        }

        var names = matches.SelectMany(match => match.MatchedNames ?? []).ToList();
        throw matches.Count == 0
            ? new ContainerImageException(ImageError.ImageNotFound, $"No image matches '{target}'.")
            : new ContainerImageException(
                ImageError.AmbiguousReference, $"'{target}' matches {matches.Count} images: {string.Join(", ", names)}.")
            { Candidates = names };
    }

    private void Emit(ImageStore store, IEnumerable<(FoundImage Image, List<ImageReference> Names)> tagged)
    {
        var snapshot = store.ReadSnapshot();
        foreach (var (image, names) in tagged)
        {
            // The object stands for what was piped in or named, and now for the new names too, if no later image took them.
            var root = snapshot.FindRoot(image.Match.Root.Digest) ?? image.Match.Root;
            var matched = image.Match.MatchedNames?
                .Concat(names.Select(name => name.ToString()))
                .Distinct()
                .Where(root.Names.Contains)
                .ToList();
            WriteObject(new ContainerImage(store, snapshot, image.Match with { Root = root, MatchedNames = matched }));
        }
    }
}
