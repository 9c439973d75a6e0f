using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Errors;
using ContainerImages.Internal;
using ContainerImages.Store;
using ContainerImages.Transports;

namespace ContainerImages.Commands;

/// <summary>What every cmdlet has that uses a store: the store, errors in one form, and an end on Ctrl+C.</summary>
public abstract class StoreCommand : PSCmdlet, IDisposable
{
    private const string TimeoutVariable = "CONTAINERIMAGES_TIMEOUT";

    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, ImageStore> _stores = new(StringComparer.Ordinal);
    private readonly ExplainTarget _explain = new();
    private string? _typedStorePath;

    private protected StoreCommand()
    {
    }

    /// <summary>
    /// The store's folder. Images that are piped in are looked for in their own store, unless this is typed; else it is
    /// <c>$env:CONTAINERIMAGES_STORE</c>, or the user's own store.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Store")]
    [AllowNull]
    [AllowEmptyString]
    public string? StorePath { get; set; }

    /// <summary>Whether a store is taken that others refuse, since its oci-layout file is broken or gone.</summary>
    private protected virtual bool OpensBroken => false;

    /// <summary>Ends the work under way; what is not committed is cleared up.</summary>
    private protected CancellationToken StopToken => _stop.Token;

    /// <summary>Releases what the call holds.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void BeginProcessing() 
    {
        if (MyInvocation.BoundParameters.ContainsKey(nameof(StorePath)) && string.IsNullOrEmpty(StorePath))
        {
            Fail(new ContainerImageException(ImageError.StoreNotFound, "The path of the store is empty."), StorePath);
        }

        _typedStorePath = StorePath;
    }


    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Releases what the call holds.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var store in _stores.Values)
        {
            store.Dispose();
        }

        _stores.Clear();
        _stop.Dispose();
    }

    /// <summary>The store meant by what is bound now.</summary>
    /// <param name="own">The store that an image piped in says it is in; null if it says none.</param>
    private protected ImageStore GetStore(string? own = null)
    {
        // A row of a file, or an image made by hand, may have the property and say nothing by it.
        var path = new[] { _typedStorePath, own, StorePath }.FirstOrDefault(said => !string.IsNullOrEmpty(said));
        ImageStore? store = null;
        try
        {
            path = path is null ? ImageStore.DefaultPath : FilePaths.Unresolved(this, path, ImageError.StoreNotFound);
            if (_stores.TryGetValue(path, out store))
            {
                return store;
            }

            store = ImageStore.Open(path, new StoreOptions
            {
                LockTimeout = LockTimeout(),
                Verbose = Explain,
                OpensBroken = OpensBroken,
                ShortNames = ShortNames.Local(() => ConfigurationPlaces.Current, Explain),
            });
        }
        catch (ContainerImageException e)
        {
            ThrowTerminatingError(ErrorRecords.Create(e, path));
        }

        _stores.Add(path!, store!);
        return store!;
    }

    /// <summary>Runs a copy beside the pipeline's thread, with progress; errors of it are thrown here.</summary>
    private protected T RunCopy<T>(string activity, int throttleLimit, Func<CopyOptions, T> copy)
    {
        using var work = StartCopy(activity, throttleLimit, copy);
        return Finish(work);
    }

    /// <summary>Starts a copy that is fed from the pipeline.</summary>
    private protected CopyWork<T> StartCopy<T>(string activity, int throttleLimit, Func<CopyOptions, T> copy) =>
        new(this, activity, throttleLimit, _stop, _explain, copy);

    private protected T Finish<T>(CopyWork<T> work)
    {
        try
        {
            return work.Wait();
        }
        finally
        {
            _explain.Target = null;
        }
    }

    private void Explain(string message)
    {
        if (_explain.Target is { } target)
        {
            target(message);
        }
        else
        {
            WriteVerbose(message);
        }
    }

    /// <summary>Does something; a known error becomes an error record, and ends the call only if nothing else can succeed.</summary>
    private protected void Attempt(object? target, Action action)
    {
        try
        {
            action();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (ContainerImageException e)
        {
            Fail(e, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What the engine did not foresee is still no reason to end a pipeline in an exception of .NET's.
            WriteError(ErrorRecords.Create(new ContainerImageException(ImageError.StoreAccessDenied, e.Message, e), target));
        }
    }

    private protected void Fail(ContainerImageException error, object? target)
    {
        var record = ErrorRecords.Create(error, target);
        if (ErrorRecords.IsTerminating(error))
        {
            ThrowTerminatingError(record);
        }

        WriteError(record);
    }

    private static TimeSpan LockTimeout() =>
        double.TryParse(
            Environment.GetEnvironmentVariable(TimeoutVariable), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) &&
            seconds is >= 0 and < 1e6
            ? TimeSpan.FromSeconds(seconds)
            : new StoreOptions().LockTimeout;
}
