using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>Brings images from registries into a store, each in one commit.</summary>
internal sealed class ImagePull(ImageStore store, RegistryAccess access, CopyOptions options)
{
    /// <summary>Pulls.</summary>
    /// <returns>One object per platform that was asked for.</returns>
    /// <exception cref="ContainerImageException">Any kind; the store then is as it was, but for downloads to be continued.</exception>
    public IReadOnlyList<ContainerImage> Run(PullRequest request)
    {
        using var activity = Tracing.Start(Tracing.Pull, store.Path);
        activity?.SetTag(Tracing.ReferenceTag, request.Reference);
        try
        {
            var copier = new ImageCopier(options);
            var images = Pull(request, copier);
            activity.Count(images.Count, copier.CopiedBytes);
            return images;
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    private List<ContainerImage> Pull(PullRequest request, ImageCopier copier)
    {
        request = request with { Reference = RegistryAccess.WithoutTransport(request.Reference) };
        if (request.Policy == PullPolicy.Never)
        {
            return [FindForNever(request)];
        }

        var candidates = access.Resolve(request.Reference);
        var here = request.Policy == PullPolicy.Always ? [] : FindHere(request, candidates);
        if (here.Count > 0 && request.Policy == PullPolicy.IfMissing)
        {
            options.Verbose?.Invoke($"'{request.Reference}' is here as {here[0].Reference}.");
            return here;
        }

        try
        {
            using var source = Open(request.Reference, candidates);
            return Copy(request, source, copier);
        }
        catch (ContainerImageException e) when (here.Count > 0 && PullFailures.IsWorthAnother(e))
        {
            options.Warning?.Invoke($"{e.Message} What is here is taken instead.");
            return here;
        }
    }

    private RegistrySource Open(string text, IReadOnlyList<PullCandidate> candidates)
    {
        var snapshot = store.ReadSnapshot();
        return RegistrySource.Open(
            access,
            text,
            candidates,
            candidate => (candidate.Digest is { } digest ? snapshot.FindRoot(digest) : snapshot.FindByName(candidate.ToString()))?.Descriptor,
            store.Blobs,
            options.Cancellation);
    }

    private List<ContainerImage> Copy(PullRequest request, RegistrySource source, ImageCopier copier)
    {
        var chosen = new PlatformSelection(source, options).Choose(request.Platforms, request.AllPlatforms);
        CheckLabels(request, source, chosen);
        using var destination = new StoreDestination(store, options.Verbose, options.Cancellation) { Operation = "pull" };
        copier.Copy(source, [new CopyRequest(source.Roots[0], source.Roots[0].Names, [])], destination);
        destination.Commit(options.Cancellation);

        var snapshot = store.ReadSnapshot();
        var manifests = new HashSet<Digest>(chosen.Select(image => image.Manifest.Digest));
        return snapshot.FindRoot(source.Root.Digest) is { } root
            ? root.Images.Where(image => manifests.Contains(image.Manifest.Digest)).Select(image => Emit(snapshot, root, image, source.Roots[0].Names)).ToList()
            : [];
    }

    private ContainerImage Emit(StoreSnapshot snapshot, StoreRoot root, ManifestSummary image, IReadOnlyList<string> names) =>
        new(store, snapshot, new ImageMatch(root, image, names));

    private static void CheckLabels(
        PullRequest request, RegistrySource source, IReadOnlyList<(ImageManifest Manifest, ImageConfig Config)> images)
    {
        foreach (var (_, config) in images)
        {
            var labels = config.Config.Labels;
            if (request.RequiredLabels.FirstOrDefault(wanted => !ImageFilter.HasLabel(labels, wanted)) is { } missing)
            {
                throw new ContainerImageException(
                    ImageError.RemoteImageNotFound,
                    $"{source.Name} for {config.Platform} has no label {QuotedText.Quote(missing)}; it has " +
                    $"{(labels.Count == 0 ? "none" : string.Join(", ", labels.Select(label => QuotedText.Quote($"{label.Key}={label.Value}"))))}.")
                { Candidates = labels.Select(label => $"{label.Key}={label.Value}").ToList() };
            }
        }
    }

    private ContainerImage FindForNever(PullRequest request)
    {
        var snapshot = store.ReadSnapshot();
        var found = store.Select(snapshot, ImageTarget.OfText(request.Reference, shortIds: false), request.Platforms.FirstOrDefault());
        return new ContainerImage(store, snapshot, found[0]);
    }

    // By the names that would be pulled, and by the local one, not by what merely ends so: a policy must not take another
    // registry's image for the one that was named.
    private List<ContainerImage> FindHere(PullRequest request, IReadOnlyList<PullCandidate> candidates)
    {
        var snapshot = store.ReadSnapshot();
        var names = candidates.Select(candidate => candidate.Reference.ToString());
        var local = ImageReference.IsShortName(request.Reference) && ImageReference.TryParseForTag(request.Reference, out var tag) ? tag.ToString() : null;
        var name = names.Prepend(local).FirstOrDefault(name => name is not null && snapshot.FindByName(name) is not null);
        if (name is null || snapshot.FindByName(name) is not { } root)
        {
            return [];
        }

        var images = root.Images.Where(image => IsWanted(request, root, image)).ToList();
        var isComplete = request.AllPlatforms
            ? root.Summary.Manifests.All(manifest => manifest.Kind != ManifestSummary.Absent)
            : images.Count > 0 && request.Platforms.All(pattern => images.Any(image => Matches(pattern, image)));
        return isComplete ? images.Select(image => Emit(snapshot, root, image, [name])).ToList() : [];
    }

    private static bool IsWanted(PullRequest request, StoreRoot root, ManifestSummary image) =>
        request.AllPlatforms ||
        (request.Platforms.Count > 0
            ? request.Platforms.Any(pattern => Matches(pattern, image))
            : !MediaTypes.IsIndex(root.Descriptor.MediaType) || PlatformChoice.IsHosts(image));

    private static bool Matches(PlatformPattern pattern, ManifestSummary image) =>
        Platform.TryParse(image.Platform, out var platform) && pattern.IsMatch(platform!);
}
