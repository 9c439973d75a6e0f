using System;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>Brings images of a store into registries.</summary>
internal sealed class ImagePush(RegistryAccess access, CopyOptions options)
{
    /// <summary>Pushes one image to one place.</summary>
    /// <returns>What the registry holds now.</returns>
    /// <exception cref="ContainerImageException">Any kind; no tag of the registry has moved then.</exception>
    public RemoteImage Run(PushRequest request)
    {
        using var activity = Tracing.Start(Tracing.Push, request.Store.Path);
        activity?.SetTag(Tracing.ReferenceTag, request.Destination.ToString());
        try
        {
            var copier = new ImageCopier(options, request.Changes);
            var pushed = Push(request, copier);
            activity.Count(1, copier.CopiedBytes);
            return pushed;
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    private RemoteImage Push(PushRequest request, ImageCopier copier)
    {
        var target = request.Destination;
        var client = access.OpenDirect(target.Domain, target.Path, isForPush: true, options.Cancellation);
        var root = ChooseRoot(request, client);
        using var source = new StoreSource(request.Store, [root], request.Changes.IncludesReferrers, options.Cancellation);
        if (!request.Changes.IncludesReferrers && source.ReferrerCount > 0)
        {
            options.Verbose?.Invoke($"{source.ReferrerCount} artifacts that refer to the image stay behind; -IncludeReferrers takes them along.");
        }

        var snapshot = request.Store.ReadSnapshot();
        var packings = new StorePackings(snapshot);
        using var destination = new RegistryDestination(
            client, request.Family, new MountOrigins(snapshot, target).Of, packings, options.Verbose);
        copier.Copy(source, [new CopyRequest(source.Roots[0], [target.ToString()], [])], destination);
        destination.Commit(options.Cancellation);

        var pushed = destination.FindRoot(target)!;
        var isWhole = root.Digest == request.Image.Root.Digest;
        PushNotes.Write(request.Store, request.Image.Root, target, isWhole, destination, packings, options);
        var image = destination.Images.FirstOrDefault(manifest => manifest.Config.Digest == request.Image.Manifest.Id) ?? pushed as ImageManifest;
        return Describe(request, pushed, image, isWhole);
    }

    // An index may name what is not here; it can go all the same where that is there.
    private Descriptor ChooseRoot(PushRequest request, RegistryClient client)
    {
        var (root, image) = (request.Image.Root, request.Image.Manifest.Manifest);
        if (request.OnePlatform || root.Digest == image.Digest)
        {
            return image;
        }

        var missing = root.Summary.Manifests
            .Where(manifest => manifest.Kind == ManifestSummary.Absent &&
                client.FindManifestAsync(manifest.Manifest.Digest.ToString(), options.Cancellation).GetAwaiter().GetResult() is null)
            .Select(manifest => manifest.Platform.Length > 0 ? manifest.Platform : manifest.Manifest.Digest.ToString())
            .ToList();
        if (missing.Count == 0)
        {
            return root.Descriptor;
        }

        var sentence = $"Index {root.Digest} cannot be pushed whole: neither the store nor '{client.Name}' has {string.Join(", ", missing)}";
        if (request.AllPlatforms)
        {
            throw new ContainerImageException(ImageError.PlatformNotFound, $"{sentence}.") { Candidates = missing };
        }

        options.Warning?.Invoke($"{sentence}; {request.Image.Manifest.Platform} alone is pushed.");
        return image;
    }

    private static RemoteImage Describe(PushRequest request, ManifestDocument root, ImageManifest? image, bool isWhole)
    {
        var target = request.Destination;
        var platforms = isWhole ? request.Image.Root.Summary.Manifests.Select(manifest => manifest.Platform) : [request.Image.Manifest.Platform];
        return new RemoteImage(target.Domain, target.Path)
        {
            Reference = target.ToString(),
            Tag = target.Tag,
            Digest = root.Digest.ToString(),
            MediaType = root.MediaType,
            Size = image?.TotalSize,
            Created = request.Image.Manifest.Created,
            Platforms = platforms.Where(platform => platform.Length > 0 && platform != "unknown/unknown").Distinct().ToList(),
        };
    }
}
