using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Errors;
using ContainerImages.Internal;
using ContainerImages.Store;
using ContainerImages.Transports;

namespace ContainerImages.Commands;

/// <summary>What every cmdlet has that uses a store.</summary>
public abstract class StoreCommand : EngineCommand
{
    private const string TimeoutVariable = "CONTAINERIMAGES_TIMEOUT";

    private readonly Dictionary<string, ImageStore> _stores = new(StringComparer.Ordinal);
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
    protected override void Dispose(bool disposing)
    {
        foreach (var store in _stores.Values)
        {
            store.Dispose();
        }

        _stores.Clear();
        base.Dispose(disposing);
    }

    /// <summary>The store meant by what is bound now.</summary>
    /// <param name="own">The store that an image piped in says it is in; null if it says none.</param>
    private protected ImageStore GetStore(string? own = null)
    {
        string? path = null;
        try
        {
            return OpenStore(path = GetStorePath(own));
        }
        catch (ContainerImageException e)
        {
            ThrowTerminatingError(ErrorRecords.Create(e, path ?? own ?? StorePath));
            throw;
        }
    }

    /// <summary>The folder of the store meant by what is bound now.</summary>
    /// <param name="own">The store that an image piped in says it is in; null if it says none.</param>
    /// <exception cref="ContainerImageException">StoreNotFound, for what is no path of files.</exception>
    private protected string GetStorePath(string? own = null)
    {
        // A row of a file, or an image made by hand, may have the property and say nothing by it.
        var path = new[] { _typedStorePath, own, StorePath }.FirstOrDefault(said => !string.IsNullOrEmpty(said));
        return path is null ? ImageStore.DefaultPath : FilePaths.Unresolved(this, path, ImageError.StoreNotFound);
    }

    /// <summary>Opens the store of a folder, once for a call; from any thread.</summary>
    /// <param name="path">The folder, absolute.</param>
    /// <exception cref="ContainerImageException">As for <see cref="ImageStore.Open"/>.</exception>
    private protected ImageStore OpenStore(string path)
    {
        lock (_stores)
        {
            if (!_stores.TryGetValue(path, out var store))
            {
                _stores.Add(path, store = ImageStore.Open(path, new StoreOptions
                {
                    LockTimeout = LockTimeout(),
                    Verbose = Explain,
                    OpensBroken = OpensBroken,
                    ShortNames = ShortNames.Local(() => ConfigurationPlaces.Current, Explain),
                }));
            }

            return store;
        }
    }

    /// <summary>Runs a copy beside the pipeline's thread, with progress; errors of it are thrown here.</summary>
    private protected T RunCopy<T>(string activity, int throttleLimit, Func<CopyOptions, T> copy)
    {
        using var work = StartCopy(activity, throttleLimit, copy);
        return Finish(work);
    }

    /// <summary>Starts a copy that is fed from the pipeline.</summary>
    private protected CopyWork<T> StartCopy<T>(string activity, int throttleLimit, Func<CopyOptions, T> copy) =>
        new(this, activity, throttleLimit, StopSource, ExplainTarget, copy);

    private protected T Finish<T>(CopyWork<T> work)
    {
        try
        {
            return work.Wait();
        }
        finally
        {
            ExplainTarget.Target = null;
        }
    }

    private static TimeSpan LockTimeout() =>
        double.TryParse(
            Environment.GetEnvironmentVariable(TimeoutVariable), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) &&
            seconds is >= 0 and < 1e6
            ? TimeSpan.FromSeconds(seconds)
            : new StoreOptions().LockTimeout;
}
