using System.Collections.Generic;
using System.Linq;
using ContainerImages.Commands;
using ContainerImages.Content;
using ContainerImages.References;
using ContainerImages.Transports;

namespace ContainerImages.Internal;

/// <summary>A place that images are pushed to.</summary>
/// <param name="To">The place.</param>
/// <param name="Request">How the images are to be there.</param>
internal sealed record PushPlace(ImageLocation To, TransferRequest Request)
{
    /// <summary>The registry that an image's name says.</summary>
    public static ImageLocation OwnName { get; } = new(ImageTransport.Registry, "", null);

    /// <summary>Whether it holds one image of one name.</summary>
    public bool IsForOne => !To.TakesOwnNames || To.Transport == ImageTransport.Directory;

    /// <summary>What is to be pushed of an image: text goes by what it matched, an object by what it shows, never by all of its names.</summary>
    /// <exception cref="ContainerImageException">DestinationMissing; InvalidReference.</exception>
    public IReadOnlyList<PlannedPush> Plan(FoundImage image)
    {
        var own = image.Target.Text is not null && image.Match.MatchedNames is { Count: > 0 } matched
            ? matched
            : image.ToImage().Reference is { } shown ? [shown] : [];
        if (To.Transport != ImageTransport.Registry)
        {
            return (IsForOne ? own.Take(1) : own).DefaultIfEmpty(null).Select(name => new PlannedPush(image, this, null, name)).ToList();
        }

        if (own.Count == 0 && To.TakesOwnNames)
        {
            throw new ContainerImageException(
                ImageError.DestinationMissing, $"Image {image.Match.Manifest.Id.ShortId} has no name that says where to push it.");
        }

        return CopyNames.At(To, own).Select((target, i) => new PlannedPush(image, this, Checked(target), To.TakesOwnNames ? own[i] : own.FirstOrDefault())).ToList();
    }

    /// <summary>The same request, for places that hold one platform with that of the images where nothing else was said.</summary>
    public TransferRequest RequestFor(IReadOnlyList<PlannedPush> pushes)
    {
        var platforms = pushes.Select(push => push.Image.Target.Text is null ? push.Image.Match.Manifest.Platform : "").Distinct().ToList();
        var holdsOne = To.Transport == ImageTransport.DockerArchive || (To.Transport == ImageTransport.Directory && Request.Family == ManifestFamily.Docker);
        return holdsOne && Request.Platform is null && platforms.Count == 1 && platforms[0].Length > 0
            ? Request with { Platform = PlatformPattern.Parse(platforms[0]) }
            : Request;
    }

    private static ImageReference Checked(string name)
    {
        var target = ImageReference.Parse(name);
        return target.Domain != "localhost" ? target : throw new ContainerImageException(
            ImageError.DestinationMissing, $"'{target}' is a name of this machine's own, and names no registry; one on it has a port.");
    }
}

/// <summary>An image on its way.</summary>
/// <param name="Image">The image.</param>
/// <param name="Place">Where to.</param>
/// <param name="Target">What it is to be called in its registry; null for another place.</param>
/// <param name="Name">The one of its names by which it goes; null if it has none.</param>
internal sealed record PlannedPush(FoundImage Image, PushPlace Place, ImageReference? Target, string? Name)
{
    /// <summary>The image as a person is asked about it.</summary>
    public string Title => Titles.Of(Name, Image.Match.Manifest.Id);

    /// <summary>Where it is.</summary>
    public ImageLocation Source => new(ImageTransport.OciLayout, Image.Store.Path, Name ?? Image.Match.Manifest.Id.ToString());
}
