using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>What became of one thing that a user named to be verified.</summary>
/// <param name="Target">What was named.</param>
internal sealed record CheckedTarget(ImageTarget Target)
{
    /// <summary>Why it could not be told what is meant; null where it could.</summary>
    public ContainerImageException? Error { get; init; }

    /// <summary>Whether it is in the store, and nothing but warnings were found.</summary>
    public bool IsSound { get; init; }

    /// <summary>What was found; a flaw of several targets is the first one's.</summary>
    public IReadOnlyList<VerificationFinding> Findings { get; init; } = [];
}

/// <summary>
/// Verifies the images that a user named: of a name its root with all platforms that are here, of an ID or a whole image all
/// its roots. What is not in the store is not sound, and no error.
/// </summary>
internal sealed class ImageCheck(ImageStore store, CopyOptions options)
{
    private readonly List<VerificationScope> _scopes = [];
    private readonly Dictionary<Digest, int> _numbers = [];

    /// <summary>Which platforms; null for all that are here.</summary>
    public PlatformPattern? Platform { get; init; }

    /// <summary>Whether nothing is hashed.</summary>
    public bool SizeOnly { get; init; }

    /// <exception cref="ContainerImageException">StoreInvalid; StoreAccessDenied.</exception>
    public IReadOnlyList<CheckedTarget> Run(IReadOnlyList<ImageTarget> targets)
    {
        var snapshot = store.ReadSnapshot();
        var resolved = targets.Select(target => Resolve(snapshot, target)).ToList();
        var result = new StoreVerifier(store, options) { SizeOnly = SizeOnly }.VerifyImages(snapshot, _scopes);
        var told = new HashSet<Flaw>();
        return resolved.Select(target => Judge(target, result, told)).ToList();
    }

    private ResolvedTarget Resolve(StoreSnapshot snapshot, ImageTarget target)
    {
        try
        {
            var matches = store.Select(snapshot, target, Platform);
            var roots = matches.SelectMany(match => match.MatchedNames is null
                ? snapshot.ManifestsOf(match.Manifest.Id).Select(pair => pair.Root)
                : [match.Root]);
            var numbers = roots.Select(NumberOf).Distinct().ToList();
            return new ResolvedTarget(target, numbers, numbers.Count == 0 ? $"No image of the store '{store.Path}' matches '{target}'." : null, null);
        }
        catch (ContainerImageException e) when (e.Error is ImageError.ImageNotFound or ImageError.PlatformNotFound or ImageError.ContentMissing)
        {
            return new ResolvedTarget(target, [], e.Message, null);
        }
        catch (ContainerImageException e)
        {
            return new ResolvedTarget(target, [], null, e);
        }
    }

    private int NumberOf(StoreRoot root)
    {
        if (!_numbers.TryGetValue(root.Digest, out var number))
        {
            _numbers.Add(root.Digest, number = _scopes.Count);
            _scopes.Add(new VerificationScope(root, Platform));
        }

        return number;
    }

    private CheckedTarget Judge(ResolvedTarget resolved, VerificationResult result, HashSet<Flaw> told)
    {
        if (resolved.Error is not null)
        {
            return new CheckedTarget(resolved.Target) { Error = resolved.Error };
        }

        var here = resolved.Scopes.Where(number => !result.Scopes[number].IsGone).ToList();
        var flaws = result.Flaws.Where(flaw => flaw.Uses.Any(use => here.Contains(use.Scope))).ToList();
        var missing = resolved.Missing ?? Missing(resolved.Target, here.Select(number => result.Scopes[number]).ToList(), flaws.Count > 0);
        var findings = flaws.Where(told.Add).Select(flaw => result.ToFinding(flaw)).ToList();
        if (missing is not null)
        {
            findings.Insert(0, MissingImage(resolved.Target, missing));
        }

        return new CheckedTarget(resolved.Target) { IsSound = missing is null && !flaws.Any(flaw => flaw.IsError), Findings = findings };
    }

    private string? Missing(ImageTarget target, List<VerificationScope> scopes, bool isFlawed)
    {
        if (scopes.Count == 0)
        {
            return $"'{target}' is not in the store '{store.Path}' any more.";
        }

        return isFlawed || scopes.Any(scope => scope.HasImage)
            ? null
            : $"'{target}' has no platform{(Platform is null ? "" : $" '{Platform}'")} in the store '{store.Path}'.";
    }

    private VerificationFinding MissingImage(ImageTarget target, string message) => new()
    {
        Kind = nameof(FindingKind.ImageMissing),
        Id = target.Image?.Id ?? target.Id,
        Reference = target.Image?.Reference ?? (target.Text is { } text && !ReferencePattern.IsPattern(text) ? text : null),
        Message = message,
        StorePath = store.Path,
    };

    /// <summary>What a target means.</summary>
    /// <param name="Target">The target.</param>
    /// <param name="Scopes">The roots, by position.</param>
    /// <param name="Missing">Why it is not there; null where it is.</param>
    /// <param name="Error">Why it could not be told what is meant.</param>
    private sealed record ResolvedTarget(ImageTarget Target, IReadOnlyList<int> Scopes, string? Missing, ContainerImageException? Error);
}
