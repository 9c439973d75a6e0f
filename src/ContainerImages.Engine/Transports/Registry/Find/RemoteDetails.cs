using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.References;

namespace ContainerImages.Transports;

/// <summary>Asks for what a list does not tell of images: digest, size, date, platforms. No layer is fetched.</summary>
internal sealed class RemoteDetails(RegistryClient client, CopyOptions options)
{
    /// <summary>Each image with its details, or why there are none, in the order given.</summary>
    public IReadOnlyList<(RemoteImage Image, ContainerImageException? Error)> Describe(IReadOnlyList<RemoteImage> images)
    {
        var described = new (RemoteImage, ContainerImageException?)[images.Count];
        ParallelWork.Run(
            Enumerable.Range(0, images.Count).ToList(),
            options.Threads,
            (i, _) =>
            {
                try
                {
                    described[i] = (Describe(images[i]), null);
                }
                catch (ContainerImageException e)
                {
                    described[i] = (images[i], e);
                }
            },
            options.Cancellation);
        return described;
    }

    private RemoteImage Describe(RemoteImage image)
    {
        var failures = new PullFailures(image.Reference);
        using var source = RegistrySource.TryOpen(
            ImageReference.Parse(image.Reference), [client], null, null, failures, options.Cancellation) ?? throw failures.ToError();
        var members = source.Root is ImageIndex ? new PlatformSelection(source, options).ReadEntries() : [];
        var platforms = members.Select(member => member.Platform).OfType<Platform>().ToList();
        var manifest = source.Root as ImageManifest ?? Choose(source, members);
        var config = manifest is { IsImage: true } ? source.ReadConfig(manifest) : null;
        return new RemoteImage(image.Registry, image.Repository)
        {
            Reference = image.Reference,
            Tag = image.Tag,
            Digest = source.Root.Digest.ToString(),
            MediaType = source.Root.MediaType,
            Size = manifest?.TotalSize,
            Created = config?.Created,
            Platforms = source.Root is ImageIndex ? Texts(platforms) : config is null ? [] : [config.Platform.ToString()],
        };
    }

    // What would be pulled without a platform; an index may name what the registry has not.
    private static ImageManifest? Choose(RegistrySource source, List<IndexMember> members)
    {
        var best = Platform.IndexOfBest(members.Select(member => member.Platform).ToList(), Platform.Host);
        var chosen = best >= 0 ? members[best] : members.FirstOrDefault(member => member.Platform is not null);
        return chosen is null ? null : source.Fetch(chosen.Descriptor) as ImageManifest;
    }

    private static List<string> Texts(IEnumerable<Platform> platforms) => platforms.Select(platform => platform.ToString()).Distinct().ToList();
}
