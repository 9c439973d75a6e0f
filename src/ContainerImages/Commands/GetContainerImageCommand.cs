using System;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Commands;

/// <summary>Lists the images of a store, or finds those that are named.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerImage", DefaultParameterSetName = ReferenceSet, HelpUri = HelpLinks.Base + "Get-ContainerImage.md")]
[OutputType(typeof(ContainerImage))]
[Alias("gcimg")]
public sealed class GetContainerImageCommand : StoreCommand
{
    private const string ReferenceSet = "Reference";
    private const string InputObjectSet = "InputObject";

    private bool _isIdTyped;
    private bool _isReferenceTyped;

    /// <summary>Names of images: with wildcards, short or full, or the start of an ID.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ReferenceSet)]
    [Alias("Image", "ImageName", "RepoTag")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    [TextOrImages]
    [SupportsWildcards]
    [AllowNull]
    [AllowEmptyCollection]
    public string[]? Reference { get; set; }

    /// <summary>IDs of images, with or without <c>sha256:</c>; typed ones may be as short as they are unique.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, ParameterSetName = ReferenceSet)]
    [Alias("ImageId")]
    [ArgumentCompleter(typeof(IdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Id { get; set; }

    /// <summary>Digests of manifests or indexes; only images known by one of them.</summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    [ArgumentCompleter(typeof(DigestCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Digest { get; set; }

    /// <summary>The images of this platform instead; with wildcards, such as <c>linux/*</c>.</summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Platform { get; set; }

    /// <summary>An object for each platform that is here.</summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    public SwitchParameter AllPlatforms { get; set; }

    /// <summary>Only images with these labels: <c>key</c>, or <c>key=value</c> with wildcards in the value.</summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    [ArgumentCompleter(typeof(LabelCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Label { get; set; }

    /// <summary>Only images without names that nothing is built on; with <c>:$false</c>, all others.</summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    public SwitchParameter Dangling { get; set; }

    /// <summary>Only images without names that others are built on; with <c>:$false</c>, all others.</summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    public SwitchParameter Intermediate { get; set; }

    /// <summary>Only images made before this one.</summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Before { get; set; }

    /// <summary>Only images made after this one.</summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Since { get; set; }

    /// <summary>Only images made before this date.</summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    public DateTimeOffset? Until { get; set; }

    /// <summary>Parents first, and the images built on them indented under them.</summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    public SwitchParameter Tree { get; set; }

    /// <summary>Images to be read again.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = InputObjectSet)]
    [ValidateNotNullOrEmpty]
    public ContainerImage[] InputObject { get; set; } = [];

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _isIdTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Id));
        _isReferenceTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Reference));
        if (Platform is not null && AllPlatforms)
        {
            Fail(new ContainerImageException(ImageError.ConflictingParameter, "-Platform and -AllPlatforms exclude each other."), Platform);
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (ParameterSetName == InputObjectSet)
        {
            foreach (var image in InputObject)
            {
                Emit(GetStore(image.StorePath), ImageTarget.OfImage(image));
            }
        }
        else if (Id is not null)
        {
            foreach (var id in Id)
            {
                Attempt(id, () => Emit(GetStore(), Targets.OfId(id, _isIdTyped, Reference is [var shownBy] ? shownBy : null)));
            }
        }
        else if (Reference is { Length: > 0 })
        {
            foreach (var text in Reference)
            {
                Attempt(text, () => Emit(GetStore(), Targets.OfText(text, _isReferenceTyped)));
            }
        }
        else if (MyInvocation.ExpectingInput || _isReferenceTyped)
        {
            // A variable that is not set must not mean every image there is.
            Fail(Targets.NotIdentified(MyInvocation.ExpectingInput ? "The object piped in" : "Nothing"), null);
        }
        else
        {
            Emit(GetStore(), null);
        }
    }

    private void Emit(ImageStore store, ImageTarget? target) => Attempt(target?.Input, () =>
    {
        var snapshot = store.ReadSnapshot();
        var platforms = (Platform ?? []).Select(PlatformPattern.Parse).ToList();
        var matches = target is null
            ? ImageStore.NewestFirst(new ImageResolver(snapshot, null, null).All())
            : store.Select(snapshot, target);
        var isLiteral = target is { Text: null } || (target?.Text is { } text && !ReferencePattern.IsPattern(text));
        var chosen = PlatformExpansion.Of(matches, platforms, AllPlatforms, isLiteral ? target!.ToString() : null);
        var filter = MakeFilter(store, snapshot);
        var images = chosen.Where(filter.Matches).ToList();
        foreach (var image in Tree ? ImageTree.Of(store, snapshot, images) : images.Select(match => new ContainerImage(store, snapshot, match)))
        {
            WriteObject(image);
        }
    });

    private ImageFilter MakeFilter(ImageStore store, StoreSnapshot snapshot) => new(store, snapshot)
    {
        Digests = (Digest ?? []).Select(ImageIds.ParseDigest).ToList(),
        Labels = Label ?? [],
        Dangling = Given(nameof(Dangling), Dangling),
        Intermediate = Given(nameof(Intermediate), Intermediate),

        // What has no date is not before or after anything: the filter must not be off then.
        Before = Before is null ? null : store.Find(Before).Created ?? DateTimeOffset.MinValue,
        Since = Since is null ? null : store.Find(Since).Created ?? DateTimeOffset.MaxValue,
        Until = Until,
    };

    private bool? Given(string name, SwitchParameter value) => MyInvocation.BoundParameters.ContainsKey(name) ? value.ToBool() : null;
}
