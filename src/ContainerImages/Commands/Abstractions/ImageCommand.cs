using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.Store;

namespace ContainerImages.Commands;

/// <summary>
/// A cmdlet that is told images by name, by object or by ID. The default set is Id on purpose: a deserialized image, which
/// has an Id and a Reference, then binds by its identity and not by its name.
/// </summary>
public abstract class ImageCommand : StoreCommand
{
    internal const string IdSet = "Id";
    internal const string ReferenceSet = "Reference";
    internal const string InputObjectSet = "InputObject";

    private readonly List<(ImageTarget Target, ImageStore Store)> _targets = [];
    private bool _isIdTyped;
    private bool _isReferenceTyped;

    private protected ImageCommand()
    {
    }

    /// <summary>Names of images: with wildcards, short or full, or the start of an ID.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ReferenceSet)]
    [Alias("Image", "ImageName", "RepoTag")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    [TextOrImages]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Reference { get; set; } = [];

    /// <summary>Images, as other cmdlets emit them.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ParameterSetName = InputObjectSet)]
    [ValidateNotNullOrEmpty]
    public ContainerImage[] InputObject { get; set; } = [];

    /// <summary>IDs of images, with or without <c>sha256:</c>; typed ones may be as short as they are unique.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = IdSet)]
    [Alias("ImageId")]
    [ArgumentCompleter(typeof(IdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _isIdTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Id));
        _isReferenceTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Reference));
    }

    /// <summary>Notes what is named; nothing is done before all of the input is known.</summary>
    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case InputObjectSet:
                _targets.AddRange(InputObject.Select(image => (ImageTarget.OfImage(image), GetStore(image.StorePath))));
                break;
            case ReferenceSet:
                foreach (var text in Reference)
                {
                    Attempt(text, () => _targets.Add((Targets.OfText(text, _isReferenceTyped), GetStore())));
                }

                break;
            default:
                foreach (var id in Id)
                {
                    Attempt(id, () => _targets.Add((Targets.OfId(id, _isIdTyped), GetStore())));
                }

                break;
        }
    }

    /// <summary>What was named, in order, and in which store.</summary>
    private protected IReadOnlyList<(ImageTarget Target, ImageStore Store)> NamedTargets => _targets;

    /// <summary>The images named, in order, with what they were named by; what cannot be found is an error record.</summary>
    private protected IReadOnlyList<FoundImage> FindTargets(PlatformPattern? platform = null)
    {
        var found = new List<FoundImage>();
        foreach (var (target, store) in _targets)
        {
            Attempt(target.Input, () =>
            {
                var snapshot = store.ReadSnapshot();
                found.AddRange(store.Select(snapshot, target, platform).Select(match => new FoundImage(target, store, snapshot, match)));
            });
        }

        return found;
    }
}

/// <summary>An image that was named and found.</summary>
/// <param name="Target">What it was named by.</param>
/// <param name="Store">Its store.</param>
/// <param name="Snapshot">The store as it was when it was found.</param>
/// <param name="Match">The image.</param>
internal sealed record FoundImage(ImageTarget Target, ImageStore Store, StoreSnapshot Snapshot, ImageMatch Match)
{
    /// <summary>A name and the short ID, as the user is asked about it.</summary>
    public string Title => Titles.Of(Match.MatchedNames?.FirstOrDefault() ?? Snapshot.NamesOf(Match.Manifest.Id).FirstOrDefault(), Match.Manifest.Id);

    public ContainerImage ToImage() => new(Store, Snapshot, Match);
}
