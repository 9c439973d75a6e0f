using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Transports;

/// <summary>Looks for images and repositories in registries, and fetches none.</summary>
internal sealed class RemoteSearch(RegistryAccess access, CancellationToken cancellation)
{
    /// <summary>
    /// What a name means: with a tag or a digest that image, with a pattern for its tag or without one the tags of the
    /// repository. Nothing but the first page was asked for.
    /// </summary>
    /// <exception cref="ContainerImageException">
    /// RemoteImageNotFound, for a literal; InvalidReference; AmbiguousReference; any Registry*: of all places that were tried.
    /// </exception>
    public RemotePages Find(string text)
    {
        var (name, tags) = Split(RegistryAccess.WithoutTransport(text));
        var typed = ImageReference.Parse(name);
        if (access.IsRegistry(name))
        {
            throw new ContainerImageException(
                ImageError.InvalidReference, $"'{text}' is a registry, and no repository of one: -Registry {typed} lists its repositories.");
        }

        var isOne = typed.Tag is not null || typed.Digest is not null;
        var failures = new PullFailures(text);
        foreach (var candidate in access.Resolve(name).Select(candidate => candidate.Reference))
        {
            try
            {
                var client = access.OpenDirect(candidate.Domain, candidate.Path, isForPush: false, cancellation);
                if (isOne)
                {
                    return new RemotePages(client, [FindOne(client, candidate)]);
                }

                var list = client.ListTags();
                var pages = new RemotePages(client, () => Read(list)?.Where(tag => tags?.IsMatch(tag, 0, tag.Length) != false).Select(
                    tag => Image(client, candidate.WithTag(tag))).ToList());
                pages.ReadAhead();
                return pages;
            }
            catch (ContainerImageException e) when (PullFailures.IsWorthAnother(e))
            {
                failures.Add(candidate.Name, e);
            }
        }

        throw failures.ToError();
    }

    /// <summary>The repositories of a registry.</summary>
    /// <param name="registry">Host and, if need be, port.</param>
    /// <param name="patterns">Only those that fit one of these; empty for all.</param>
    /// <exception cref="ContainerImageException">InvalidReference; any Registry*, as not every registry tells them.</exception>
    public RemotePages ListRepositories(string registry, IReadOnlyList<string> patterns)
    {
        var address = RegistryAddress.Parse(registry);
        if (address.Repository.Length > 0)
        {
            throw new ContainerImageException(
                ImageError.InvalidReference, $"'{registry}' is a part of a registry; the whole, '{address.Host}', can be asked for its repositories.");
        }

        var wildcards = patterns.Select(ParseWildcard).ToList();
        var client = access.OpenDirect(address.Host, "", isForPush: false, cancellation);
        var list = client.ListRepositories();
        return new RemotePages(client, () => Read(list)?
            .Where(name => wildcards.Count == 0 || wildcards.Any(pattern => pattern.IsMatch(name, 0, name.Length)))
            .Select(name => new RemoteImage(address.ToString(), name))
            .ToList());
    }

    private IReadOnlyList<string>? Read(RegistryList list) => list.ReadPageAsync(cancellation).GetAwaiter().GetResult();

    private RemoteImage FindOne(RegistryClient client, ImageReference name)
    {
        var found = client.FindManifestAsync(name.Digest?.ToString() ?? name.Tag!, cancellation).GetAwaiter().GetResult();
        return found is null
            ? throw new ContainerImageException(ImageError.RemoteImageNotFound, $"There is no image '{name}' in the registry.")
            : Image(client, name, found);
    }

    private static RemoteImage Image(RegistryClient client, ImageReference name, Descriptor? found = null) =>
        new(client.Endpoint.Host, client.Endpoint.Repository)
        {
            Reference = name.ToString(),
            Tag = name.Tag,
            Digest = (found?.Digest ?? name.Digest)?.ToString(),
            MediaType = found?.MediaType,
        };

    private static (string Name, Wildcard? Tags) Split(string text)
    {
        if (!ReferencePattern.IsPattern(text))
        {
            return (text, null);
        }

        var colon = text.LastIndexOf(':');
        return colon > text.LastIndexOf('/') && !Wildcard.HasWildcards(text.Substring(0, colon))
            ? (text.Substring(0, colon), ParseWildcard(text.Substring(colon + 1)))
            : throw new ContainerImageException(
                ImageError.InvalidReference,
                $"{QuotedText.Quote(text)} has wildcards where none can be: they stand for a tag, as in 'registry.example.com/app:1.*'.");
    }

    private static Wildcard ParseWildcard(string text) => Wildcard.TryParse(text, out var wildcard, out var reason)
        ? wildcard
        : throw new ContainerImageException(ImageError.InvalidReference, $"{QuotedText.Quote(text)} is not a pattern: {reason}.");
}
