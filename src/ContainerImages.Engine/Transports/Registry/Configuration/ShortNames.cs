using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Transports;

/// <summary>A full name that a user's words may mean.</summary>
/// <param name="Reference">With a tag or a digest.</param>
/// <param name="Reason">Why it is one, for the verbose stream; null where the words were the full name.</param>
internal sealed record PullCandidate(ImageReference Reference, string? Reason);

/// <summary>
/// The full names that a user's words may mean: an alias, or the search registries in order. Nobody is asked and nothing is
/// remembered, in no mode: a script has nobody to answer, and a name that once meant one registry must not come to mean
/// another by what was pulled. Without search registries a short name is one of docker.io.
/// </summary>
internal static class ShortNames
{
    private const string DockerHub = "docker.io";

    /// <param name="text">A name with or without registry, tag, digest.</param>
    /// <param name="configuration">The configuration.</param>
    /// <returns>At least one, in the order to try.</returns>
    /// <exception cref="ContainerImageException">
    /// InvalidReference: the text is no name, or short where the configuration has no registry for short names;
    /// AmbiguousReference: several registries may be meant, and the mode is enforcing.
    /// </exception>
    public static IReadOnlyList<PullCandidate> Resolve(string text, RegistryConfiguration configuration)
    {
        var full = ImageReference.ParseNormalized(text);
        var typed = ImageReference.Parse(text);
        if (typed.HasRegistry)
        {
            return [new PullCandidate(Complete(full), null)];
        }

        if (Alias(typed, configuration) is { } alias)
        {
            return [alias];
        }

        if (configuration.SearchOrigin is not { } origin)
        {
            return [new PullCandidate(Complete(full), "a short name, and no search registries are configured")];
        }

        if (configuration.SearchRegistries.Count == 0)
        {
            throw new ContainerImageException(
                ImageError.InvalidReference,
                $"'{text}' has no registry, and {Place(origin)}, allows none to be looked for; write '{Complete(full)}' if that is meant.");
        }

        var candidates = Searched(typed, configuration).ToList();
        return candidates.Count == 1 || configuration.ShortNameMode != ShortNameMode.Enforcing
            ? candidates
            : throw Ambiguous(text, candidates);
    }

    /// <summary>
    /// Where a short name may be that is looked for among images that are there, as far as the configuration says so: nobody is
    /// asked, so nothing is ambiguous. A configuration that cannot be read counts as none.
    /// </summary>
    /// <param name="places">Where the configuration is; it is read on first use.</param>
    /// <param name="verbose">Told why the configuration does not count; or null.</param>
    public static Func<ImageReference, IEnumerable<(ImageReference Name, string Why)>> Local(
        Func<ConfigurationPlaces> places, Action<string>? verbose)
    {
        var configuration = new Lazy<RegistryConfiguration>(() =>
        {
            try
            {
                return RegistryConfiguration.Load(places());
            }
            catch (ContainerImageException e)
            {
                verbose?.Invoke($"The configuration of registries does not count for short names: {e.Message}");
                return RegistryConfiguration.Empty;
            }
        });
        return typed =>
        {
            var alias = Alias(typed, configuration.Value);
            if (alias is null && configuration.Value.SearchRegistries.Count == 0)
            {
                // Nearly always, and completion asks of every name.
                return [];
            }

            var searched = Searched(typed, configuration.Value);
            return (alias is null ? searched : searched.Prepend(alias)).Select(candidate => (candidate.Reference, candidate.Reason!));
        };
    }

    private static PullCandidate? Alias(ImageReference typed, RegistryConfiguration configuration)
    {
        if (!configuration.Aliases.TryGetValue(typed.Name, out var alias) || alias.Target is not { } target)
        {
            return null;
        }

        var meant = typed.Tag is null ? target : target.WithTag(typed.Tag);
        meant = typed.Digest is { } digest ? meant.WithDigest(digest) : meant;
        return new PullCandidate(Complete(meant), $"an alias in {QuotedText.Quote(alias.File)}, line {alias.Line}");
    }

    private static IEnumerable<PullCandidate> Searched(ImageReference typed, RegistryConfiguration configuration) =>
        configuration.SearchRegistries.Select(registry => new PullCandidate(
            Complete(ImageReference.ParseNormalized($"{registry.Text}/{typed}")),
            $"a short name, and a registry of {Place(configuration.SearchOrigin!)}"));

    /// <summary>The registries that short names may be on.</summary>
    public static IEnumerable<string> Registries(RegistryConfiguration configuration) =>
        configuration.SearchOrigin is null ? [DockerHub] : configuration.SearchRegistries.Select(registry => registry.Text);

    private static ImageReference Complete(ImageReference name) => name.WithoutTagIfDigested().WithTagOrLatest();

    private static string Place(ConfiguredText origin) => $"'{origin.Text}' in {QuotedText.Quote(origin.File)}, line {origin.Line}";

    private static ContainerImageException Ambiguous(string text, IReadOnlyList<PullCandidate> candidates)
    {
        var names = candidates.Select(candidate => candidate.Reference.ToString()).ToList();
        return new ContainerImageException(
            ImageError.AmbiguousReference,
            $"'{text}' may mean {string.Join(" or ", names.Select(name => $"'{name}'"))}, and 'short-name-mode' is enforcing.")
        {
            Candidates = names,
        };
    }
}
