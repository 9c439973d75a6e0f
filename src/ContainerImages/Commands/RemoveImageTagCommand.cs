using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Commands;

/// <summary>Takes names away, never content: the last one leaves a dangling image.</summary>
[Cmdlet(VerbsCommon.Remove, "ImageTag", DefaultParameterSetName = TagSet, SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Remove-ImageTag.md")]
[OutputType(typeof(ContainerImage))]
[Alias("rimgt", "Untag-ContainerImage", "Remove-ContainerImageTag")]
public sealed class RemoveImageTagCommand : StoreCommand
{
    private const string TagSet = "Tag";
    private const string InputObjectSet = "InputObject";
    private const string IdSet = "Id";

    private readonly List<(object Input, ImageTarget? Image, string? Name, ImageStore Store)> _inputs = [];

    /// <summary>The names to take away; with wildcards. With an image, names of that image.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = TagSet)]
    [Parameter(Position = 0, ParameterSetName = InputObjectSet)]
    [Parameter(Position = 0, ParameterSetName = IdSet)]
    [Alias("Reference", "Image")]
    [ArgumentCompleter(typeof(ImageTagCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Tag { get; set; } = [];

    /// <summary>Images, or objects with an <c>Id</c> or a <c>Reference</c>; text is a name to take away.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputObjectSet)]
    [ValidateNotNull]
    public PSObject? InputObject { get; set; }

    /// <summary>The image's ID, or the start of it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = IdSet)]
    [Alias("ImageId")]
    [ArgumentCompleter(typeof(IdCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Id { get; set; }

    /// <summary>Takes all names of the image away.</summary>
    [Parameter(ParameterSetName = InputObjectSet)]
    [Parameter(ParameterSetName = IdSet)]
    public SwitchParameter All { get; set; }

    /// <summary>Emits the images as they are then.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case TagSet:
                _inputs.AddRange(Tag.Select(name => ((object)name, (ImageTarget?)null, (string?)name, GetStore())));
                break;
            case IdSet:
                Attempt(Id, () => AddImage(Id!, Targets.OfId(Id!, isTyped: true)));
                break;
            default:
                Attempt(InputObject, () =>
                {
                    if (InputObject!.BaseObject is string name)
                    {
                        if (Tag.Length > 0 || All)
                        {
                            throw new ContainerImageException(
                                ImageError.ConflictingParameter,
                                $"The text '{name}' that was piped in is itself a name to take away, so -Tag and -All cannot be given with it.");
                        }

                        _inputs.Add((name, null, name, GetStore()));
                    }
                    else
                    {
                        AddImage(InputObject, Targets.OfObject(InputObject));
                    }
                });
                break;
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        List<(object Input, FoundImage Image, string Name)> chosen = [];
        foreach (var (input, image, name, store) in _inputs)
        {
            Attempt(input, () => chosen.AddRange(
                (image is null ? ByName(store, name!) : OfImage(store, image)).Select(pair => (input, pair.Image, pair.Name))));
        }

        var asked = chosen
            .GroupBy(item => (item.Image.Store, item.Name))
            .Select(group => group.First())
            .Where(item => ShouldProcess(Titles.Of(item.Name, item.Image.Match.Manifest.Id), "Remove tag"))
            .ToList();
        foreach (var group in asked.GroupBy(item => item.Image.Store))
        {
            Attempt(group.First().Input, () =>
            {
                group.Key.Untag(group.Select(item => (item.Name, item.Image.Match.Manifest.Id)).ToList(), StopToken);
                if (PassThru)
                {
                    Emit(group.Key, group.Select(item => item.Image));
                }
            });
        }
    }

    private void AddImage(object input, ImageTarget image)
    {
        if (Tag.Length == 0 && !All)
        {
            throw new ContainerImageException(
                ImageError.TagMissing, $"No name of image '{image}' was given to take away; -All takes all of them.");
        }

        _inputs.Add((input, image, null, GetStore(image.Image?.StorePath)));
    }

    private static List<(FoundImage Image, string Name)> ByName(ImageStore store, string name)
    {
        var snapshot = store.ReadSnapshot();
        var target = ImageTarget.OfText(name);
        IReadOnlyList<ImageMatch> matches;
        try
        {
            matches = store.Select(snapshot, target);
        }
        catch (ContainerImageException e) when (e.Error == ImageError.ImageNotFound)
        {
            throw new ContainerImageException(ImageError.TagNotFound, e.Message, e) { Candidates = e.Candidates };
        }

        return matches
            .SelectMany(match => match.MatchedNames ?? throw NotAName(name), (match, matched) =>
                (new FoundImage(target, store, snapshot, match), matched))
            .ToList();
    }

    private List<(FoundImage Image, string Name)> OfImage(ImageStore store, ImageTarget target)
    {
        var snapshot = store.ReadSnapshot();
        var chosen = new List<(FoundImage Image, string Name)>();
        foreach (var match in store.Select(snapshot, target))
        {
            var image = new FoundImage(target, store, snapshot, match with { MatchedNames = null });
            var names = snapshot.NamesOf(match.Manifest.Id);
            chosen.AddRange((All ? names : Tag.SelectMany(tag => ReferencePattern.IsPattern(tag)
                ? names.Where(new ReferencePattern(tag).IsMatch)
                : [ReferenceMatcher.MatchToRemove(tag, names)])).Distinct().Select(name => (image, name)));
        }

        return chosen;
    }

    private void Emit(ImageStore store, IEnumerable<FoundImage> images)
    {
        var snapshot = store.ReadSnapshot();
        foreach (var image in images.GroupBy(image => image.Match.Manifest.Id).Select(group => group.First()))
        {
            // Another process may have removed it meanwhile.
            if (snapshot.ManifestsOf(image.Match.Manifest.Id) is [var (root, manifest), ..])
            {
                WriteObject(new ContainerImage(store, snapshot, new ImageMatch(root, manifest, null)));
            }
        }
    }

    private static ContainerImageException NotAName(string text) =>
        new(ImageError.TagNotFound, $"'{text}' is an image's ID or digest, and none of its names.");
}
