using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>
/// Mends a store. First it is verified (<see cref="Begin"/>); then blobs are offered and fetched until there are no more to
/// be had, since a manifest that comes back may need further ones; then the rest is offered; and what was approved is done in
/// one commit. Nothing of the store changes before that.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="only">The only flaws to mend; null for all.</param>
internal sealed class StoreRepair(ImageStore store, IReadOnlyList<VerificationFinding>? only = null) : IDisposable
{
    private readonly List<IBlobSupply> _supplies = [];
    private readonly HashSet<(Digest, IBlobSupply)> _tried = [];
    private readonly HashSet<Digest> _fetched = [];
    private readonly HashSet<Digest> _sound = [];
    private readonly Dictionary<Digest, long> _plainSizes = [];
    private readonly RepairLedger _ledger = new(only);
    private readonly ConcurrentDictionary<string, ContainerImageException> _supplyErrors = new(StringComparer.Ordinal);
    private BlobScan? _scan;
    private StoreSnapshot? _snapshot;
    private IndexSalvage? _salvage;
    private VerificationResult? _result;
    private Ingest? _ingest;

    /// <summary>Whether what is beyond repair is dropped.</summary>
    public bool Force { get; init; }

    private VerificationResult Result => _result ?? throw new InvalidOperationException("A repair begins with a verification.");

    private bool IsLossy => _salvage is { Lost.Count: > 0 };

    /// <summary>Verifies the store.</summary>
    /// <exception cref="ContainerImageException">StoreAccessDenied; StoreVersion.</exception>
    public void Begin(CopyOptions options) => Guard(() =>
    {
        _scan = BlobScan.Read(store.Paths, options.Cancellation);
        _snapshot = ReadOrSalvage(options);
        Verify(options);
    });

    /// <summary>The blobs that right bytes would mend.</summary>
    public IReadOnlyList<WantedBlob> WantedBlobs => new RepairPlan(Result, Force).Wanted().Select(wanted => wanted.Blob).ToList();

    /// <summary>Why places could not be asked at all, the first error of each.</summary>
    public IReadOnlyDictionary<string, ContainerImageException> SupplyErrors => _supplyErrors;

    /// <summary>Adds a place that blobs may come from. It is disposed with the repair.</summary>
    /// <param name="open">Opens it; a place that can be read once only is read into the ingest.</param>
    /// <param name="options">Stops the wait for the store's lock.</param>
    public void AddSupply(Func<Ingest, IBlobSupply> open, CopyOptions options) => Guard(() => _supplies.Add(open(Gather(options))));

    /// <summary>Blobs that can be fetched and have not been tried; each from the first place that has it.</summary>
    public IReadOnlyList<RepairAction> OfferBlobs() => new RepairPlan(Result, Force).Wanted()
        .Where(wanted => !_fetched.Contains(wanted.Blob.Digest) && !_ledger.IsDeclined(wanted.Blob.Digest))
        .Select(wanted => _supplies
            .Where(supply => !_tried.Contains((wanted.Blob.Digest, supply)))
            .Select(supply => (Supply: supply, Name: supply.Find(wanted.Blob)))
            .Where(pair => pair.Name is not null)
            .Select(pair => new RepairAction(RepairKind.Fetch, wanted.Flaws) { Blob = wanted.Blob, Supply = pair.Supply, SupplyName = pair.Name! })
            .FirstOrDefault())
        .OfType<RepairAction>()
        .ToList();

    /// <summary>Fetches what was approved, and verifies what thereby can be read again.</summary>
    public void Fetch(IReadOnlyList<RepairAction> actions, CopyOptions options) => Guard(() =>
    {
        _ledger.Note(actions);
        _tried.UnionWith(actions.Select(action => (action.Blob!.Digest, action.Supply!)));
        var approved = actions.Where(action => action.IsApproved).ToList();
        var meter = new ProgressMeter(options.Progress, approved.Select(action => action.Blob!.Size).Total());
        var ingest = Gather(options);
        ParallelWork.Run(
            approved,
            options.Threads,
            (action, token) =>
            {
                var blob = action.Blob!;
                var progress = meter.Start($"{blob.Kind} {blob.Digest}", blob.Size);
                try
                {
                    if (action.Supply!.TryFetch(blob, ingest, progress, token))
                    {
                        lock (_fetched)
                        {
                            _fetched.Add(blob.Digest);
                        }
                    }
                    else
                    {
                        options.Verbose?.Invoke($"{action.SupplyName} has no good {blob.Kind.ToLowerInvariant()} {blob.Digest}.");
                    }
                }
                catch (ContainerImageException e) when (e.Error is not (ImageError.DiskFull or ImageError.StoreAccessDenied))
                {
                    _supplyErrors.TryAdd(action.SupplyName, e);
                }
                finally
                {
                    progress.Finish();
                }
            },
            options.Cancellation);
        if (approved.Count > 0)
        {
            Verify(options);
        }
    });

    /// <summary>What can be done beside fetching.</summary>
    public IReadOnlyList<RepairAction> OfferRest()
    {
        var isIncomplete = only is null && Result.Scopes.Any(scope => !scope.IsUnreadable && !scope.Root.IsSummaryStored);

        // What could have been mended, and was not to be, is not dropped.
        return new RepairPlan(_ledger.WithoutDeclined(Result), Force).Actions(isIncomplete, IsLossy);
    }

    /// <summary>Does what was approved, in one commit.</summary>
    /// <param name="actions">What <see cref="OfferRest"/> has offered.</param>
    /// <param name="options">How.</param>
    /// <returns>Every flaw that was found, with what became of it.</returns>
    /// <exception cref="ContainerImageException">StoreBusy; StoreAccessDenied; DiskFull. Nothing is changed then.</exception>
    public IReadOnlyList<RepairedFlaw> Commit(IReadOnlyList<RepairAction> actions, CopyOptions options)
    {
        using var activity = Tracing.Start(Tracing.Repair, store.Path);
        try
        {
            _ledger.Note(actions);
            var approved = actions.Where(action => action.IsApproved).ToList();
            var isDone = (_fetched.Count > 0 || approved.Count > 0) &&
                (_salvage is null || approved.Exists(action => action.Kind == RepairKind.RebuildIndex));
            if (isDone)
            {
                new RepairCommit(store, Result, _ingest, Force)
                {
                    Fetched = _fetched.ToDictionary(digest => digest, digest => _ledger.RootsOf(digest, Result)),
                    Actions = approved,
                    PlainSizes = _plainSizes,
                    Salvage = _salvage,
                }.Run(options.Cancellation);
            }

            var outcome = _ledger.Outcome(Result, isDone ? approved : null, flaw => WhyOpen(flaw, isDone));
            activity.Count(outcome.Count(flaw => flaw.Finding.Repaired), null);
            return outcome;
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    public void Dispose()
    {
        _supplies.ForEach(supply => supply.Dispose());
        _ingest?.Dispose();
    }

    private StoreSnapshot ReadOrSalvage(CopyOptions options)
    {
        try
        {
            if (File.Exists(store.Paths.Index) || _scan!.Blobs.Count == 0)
            {
                return store.ReadSnapshot(isFresh: true);
            }
        }
        catch (ContainerImageException e) when (e.Error is ImageError.StoreInvalid)
        {
            options.Verbose?.Invoke(e.Message);
        }

        _salvage = RepairCommit.SalvageIndex(store, _scan!, options.Cancellation);
        _salvage.Lost.ToList().ForEach(sentence => options.Verbose?.Invoke(sentence));
        return new StoreSnapshot(_salvage.Index, store.Blobs);
    }

    private void Verify(CopyOptions options)
    {
        var meant = only is null || _result is not null
            ? null
            : new HashSet<string>(only.Select(finding => finding.Digest).OfType<string>(), StringComparer.Ordinal);
        var verifier = new StoreVerifier(store, options)
        {
            IsWanted = digest => !_sound.Contains(digest) && meant?.Contains(digest.ToString()) != false,
            Places = new BlobPlaces(store, _ingest, _fetched),
            ReadIndex = _salvage is null ? () => store.ReadSnapshot(isFresh: true) : () => _snapshot!,
        };
        var result = verifier.VerifyStore(_snapshot!, _scan!);
        var flawed = new HashSet<Digest>(result.Flaws.Select(flaw => flaw.Digest));
        foreach (var blob in result.Expected.Blobs)
        {
            if (!flawed.Contains(blob.Digest))
            {
                _sound.Add(blob.Digest);
            }

            if (blob.PlainSize is { } size)
            {
                _plainSizes[blob.Digest] = size;
            }
        }

        _result = _ledger.Keep(result.With(verifier.LayoutFlaws().Concat(IndexFlaws())), IsInTheWay);
    }

    private IEnumerable<Flaw> IndexFlaws() => _salvage is null ? [] : [new Flaw(FindingKind.IndexInvalid, $"The store's index '{store.Paths.Index}' is broken or gone.")
    {
        Path = store.Paths.Index,
        IsRepairable = true,
    }];

    // Nothing can be committed to a store whose index cannot be read.
    private bool IsInTheWay(Flaw flaw) => _salvage is not null && flaw.Digest.IsEmpty && flaw.Path == store.Paths.Index;

    private string WhyOpen(Flaw flaw, bool isDone)
    {
        if (!isDone && _salvage is not null && !IsInTheWay(flaw))
        {
            return "the store's index has to be rebuilt first";
        }

        if (flaw.IsContent)
        {
            return _supplies.Count == 0 ? "there is no source to fetch it from" : "none of the sources has it";
        }

        return flaw.Kind == FindingKind.IndexInvalid && IsLossy
            ? string.Join(" ", _salvage!.Lost.Take(3)) + " Rebuilt by force it would go without"
            : "it was so when it was made";
    }

    private Ingest Gather(CopyOptions options) => _ingest ??= store.BeginIngest(options.Cancellation);

    private void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (StoreErrors.Translate(e, store.Path) is { } error)
        {
            throw error;
        }
    }
}
