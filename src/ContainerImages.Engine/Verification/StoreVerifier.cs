using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>
/// Verifies images, or a whole store: documents first, then each other blob once, whatever the number of images that have
/// it. Nothing is trusted that the store itself wrote, and nothing is changed.
/// </summary>
internal sealed class StoreVerifier(ImageStore store, CopyOptions options)
{
    // What another process changed meanwhile is looked at again, the last time while nobody can change anything.
    private const int MostRepeats = 5;

    /// <summary>Whether only the presence and length of blobs count; nothing is hashed then.</summary>
    public bool SizeOnly { get; init; }

    /// <summary>Which blobs to look at, beside documents.</summary>
    public Func<Digest, bool> IsWanted { get; init; } = _ => true;

    /// <summary>Where blobs are.</summary>
    public BlobPlaces Places { get; init; } = new(store);

    /// <summary>Reads the index anew.</summary>
    public Func<StoreSnapshot> ReadIndex { get; init; } = () => store.ReadSnapshot(isFresh: true);

    /// <summary>Verifies images.</summary>
    /// <param name="snapshot">The store as it was when they were found.</param>
    /// <param name="scopes">Which.</param>
    /// <exception cref="ContainerImageException">StoreInvalid; StoreAccessDenied.</exception>
    public VerificationResult VerifyImages(StoreSnapshot snapshot, IReadOnlyList<VerificationScope> scopes) =>
        Guard(() => Verify(snapshot, scopes, isWhole: false).Result);

    /// <summary>Verifies everything that belongs to the store.</summary>
    /// <exception cref="ContainerImageException">StoreAccessDenied. A broken index is a flaw, and no error.</exception>
    public VerificationResult VerifyStore() => Guard(() =>
    {
        // First what lies there, then what is said: what a commit brings meanwhile was not seen before.
        var scan = BlobScan.Read(store.Paths, options.Cancellation);
        try
        {
            return (scan.Blobs.Count > 0 && !File.Exists(store.Paths.Index)
                ? WithoutIndex(scan, new ContainerImageException(ImageError.StoreInvalid, $"The store has blobs, and no '{store.Paths.Index}'."))
                : VerifyStore(ReadIndex(), scan)).With(LayoutFlaws());
        }
        catch (ContainerImageException e) when (e.Error is ImageError.StoreInvalid or ImageError.ContentTooLarge)
        {
            return WithoutIndex(scan, e).With(LayoutFlaws());
        }
    });

    /// <summary>Verifies everything by an index that need not be the store's own.</summary>
    public VerificationResult VerifyStore(StoreSnapshot snapshot, BlobScan scan)
    {
        var (result, named) = Verify(snapshot, snapshot.Roots.Select(root => new VerificationScope(root)).ToList(), isWhole: true);
        var hiding = new HashSet<Digest>(result.Scopes.Where(scope => scope.HidesBlobs).Select(scope => scope.Root.Digest));
        return result.With(new LeftoverSurvey(store, ReadIndex, options.Cancellation)
            .Find(scan, snapshot, named, root => hiding.Contains(root.Digest)));
    }

    /// <summary>What is wrong with the file that says what the folder is.</summary>
    public IEnumerable<Flaw> LayoutFlaws() => store.LayoutFlaw is { } flaw
        ? [new Flaw(FindingKind.IndexInvalid, flaw) { Path = store.Paths.Layout, IsRepairable = true }]
        : [];

    /// <returns>What was found; and what was named at first, also by what has gone since.</returns>
    private (VerificationResult Result, ExpectedBlobs Named) Verify(
        StoreSnapshot snapshot, IReadOnlyList<VerificationScope> wanted, bool isWhole)
    {
        var scopes = wanted.ToArray();
        IReadOnlyList<int> numbers = Enumerable.Range(0, scopes.Length).ToList();
        var named = new ExpectedBlobs();
        var expected = named;
        var flaws = Round(snapshot, scopes, numbers, IsWanted, isWhole, expected);
        for (var repeat = 1; flaws.Count > 0 && repeat <= MostRepeats; repeat++)
        {
            using var held = store.TryHold("verify", options.Cancellation);
            var fresh = ReadIndex();
            if (fresh.Index.IsSameAs(snapshot.Index))
            {
                // What was removed and brought in again may have been missed in between.
                flaws = flaws.Where(flaw => flaw.Kind != FindingKind.BlobMissing || !File.Exists(flaw.Path)).ToList();
                break;
            }

            if (repeat < MostRepeats)
            {
                held?.Dispose();
            }

            snapshot = fresh;
            numbers = Renew(scopes, flaws, snapshot);
            expected = new ExpectedBlobs();
            flaws = Round(snapshot, scopes, numbers, new HashSet<Digest>(flaws.Select(flaw => flaw.Digest)).Contains, isWhole, expected);
        }

        var result = new VerificationResult { Store = store, Snapshot = snapshot, Scopes = scopes, Flaws = flaws, Expected = expected };
        return (result, named);
    }

    // The roots that flaws were found in, as they are now; one that is gone has none.
    private static List<int> Renew(VerificationScope[] scopes, IReadOnlyList<Flaw> flaws, StoreSnapshot snapshot)
    {
        var numbers = flaws.SelectMany(flaw => flaw.Uses).Select(use => use.Scope).Distinct().OrderBy(number => number).ToList();
        foreach (var number in numbers)
        {
            if (snapshot.FindRoot(scopes[number].Root.Digest) is { } root)
            {
                scopes[number] = new VerificationScope(root, scopes[number].Platform);
            }
            else
            {
                scopes[number].IsGone = true;
            }
        }

        return numbers.Where(number => !scopes[number].IsGone).ToList();
    }

    private IReadOnlyList<Flaw> Round(
        StoreSnapshot snapshot,
        VerificationScope[] scopes,
        IReadOnlyList<int> numbers,
        Func<Digest, bool> isWanted,
        bool isWhole,
        ExpectedBlobs expected)
    {
        var flaws = new FlawList();
        var roots = new RootVerifier(store.Paths, Places, expected, flaws, SizeOnly);
        ParallelWork.Run(numbers, options.Threads, (number, _) => roots.Verify(scopes[number], number), options.Cancellation);
        VerifyBlobs(expected.Blobs.Where(blob => isWanted(blob.Digest)), flaws);
        if (isWhole)
        {
            var index = new IndexVerifier(store.Paths, snapshot, flaws);
            index.VerifyEntries(numbers.ToDictionary(number => scopes[number].Root.Digest));
            if (!SizeOnly)
            {
                ParallelWork.Run(
                    numbers, options.Threads, (number, _) => index.VerifySummary(scopes[number], number, Places, expected.PlainSize), options.Cancellation);
            }
        }

        return flaws.ToList();
    }

    private void VerifyBlobs(IEnumerable<ExpectedBlob> expected, FlawList flaws)
    {
        // The largest first, so that the last thread is not left with it.
        var blobs = expected.OrderByDescending(blob => blob.Size).ToList();
        var verifier = new BlobVerifier(Places, flaws, SizeOnly);
        var meter = new ProgressMeter(options.Progress, blobs.Select(blob => blob.Size).Total());
        ParallelWork.Run(
            blobs,
            options.Threads,
            (blob, token) =>
            {
                var progress = meter.Start($"{blob.Kind} {blob.Digest}", blob.Size);
                verifier.Verify(blob, progress, token);
                progress.Finish();
            },
            options.Cancellation);
    }

    // Nobody knows then what belongs to what, but each blob still has a digest to be held against.
    private VerificationResult WithoutIndex(BlobScan scan, ContainerImageException e)
    {
        var flaws = new FlawList();
        flaws.Add(new Flaw(FindingKind.IndexInvalid, e.Message) { Path = store.Paths.Index, IsRepairable = true });
        var expected = new ExpectedBlobs();
        foreach (var blob in scan.Blobs)
        {
            expected.Claim(blob.Key, "Blob", new BlobClaim(blob.Value.Size, default, IsOptional: true, default));
        }

        VerifyBlobs(expected.Blobs, flaws);
        var snapshot = new StoreSnapshot(StoreIndex.Empty, store.Blobs);
        return new VerificationResult { Store = store, Snapshot = snapshot, Scopes = [], Flaws = flaws.ToList(), Expected = expected };
    }

    private VerificationResult Guard(Func<VerificationResult> verify)
    {
        using var activity = Tracing.Start(Tracing.Verify, store.Path);
        try
        {
            var result = verify();
            activity.Count(result.Scopes.Count, result.Expected.Blobs.Select(blob => blob.Size).Total());
            return result;
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
        catch (Exception e) when (StoreErrors.Translate(e, store.Path) is { } error)
        {
            throw error;
        }
    }
}
