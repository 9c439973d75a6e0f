using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.References;
using ContainerImages.Transports;
using ContainerImages.Verification;

namespace ContainerImages.Commands;

/// <content>Where blobs are fetched from.</content>
public sealed partial class RepairImageStoreCommand
{
    private RegistryAccess? _access;

    /// <summary>The log-in to show to the registry, instead of one that is kept.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Lets plain HTTP and certificates that are not trusted do.</summary>
    [Parameter]
    public SwitchParameter AllowInsecure { get; set; }

    /// <summary>How many seconds no byte may come.</summary>
    [Parameter]
    [ValidateRange(1, RemoteAccess.MaxTimeoutSec)]
    public int TimeoutSec { get; set; } = RemoteAccess.TimeoutSec;

    /// <summary>How often a request is repeated that failed for the moment.</summary>
    [Parameter]
    [ValidateRange(0, RemoteAccess.MaxRetryCount)]
    public int RetryCount { get; set; } = RemoteAccess.RetryCount;

    /// <summary>How many blobs are fetched at once.</summary>
    [Parameter]
    [ValidateRange(1, RemoteAccess.MaxThrottleLimit)]
    public int ThrottleLimit { get; set; } = RemoteAccess.ThrottleLimit;

    private RegistryAccess Access => _access ??= RemoteAccess.Open(this, Explain);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _access?.Dispose();
        base.Dispose(disposing);
    }

    private void OpenSources(StoreRepair repair)
    {
        foreach (var typed in From)
        {
            Attempt(typed, () =>
            {
                if (FindFiles(typed, out var repository) is { } files)
                {
                    files.ToList().ForEach(file => OpenFile(repair, file, WildcardPattern.ContainsWildcardCharacters(typed) ? file : FilePaths.Shown(typed)));
                }
                else
                {
                    AddRegistry(repair, repository!, isForAll: true);
                }
            });
        }

        if (From.Length == 0)
        {
            Attempt(Credential?.UserName, () => OpenOwnRegistries(repair));
        }
    }

    // What is there as a file is one, whatever else it may be the name of.
    private IReadOnlyList<string>? FindFiles(string typed, out ImageReference? repository)
    {
        repository = null;
        try
        {
            return FilePaths.Resolved(this, typed);
        }
        catch (ContainerImageException e) when (e.Error == ImageError.ArchiveNotFound)
        {
            // Of another transport than a registry's the path says what it is.
            var name = TransportPrefix.Of(typed) is { } transport ? (transport.Prefix == TransportPrefix.Registry ? transport.Rest : "") : typed;
            if (!ImageReference.TryParse(name, out var reference) || !reference.HasRegistry)
            {
                throw;
            }

            repository = ImageReference.ParseNormalized(reference.ToString()).NameOnly();
            return null;
        }
    }

    private void OpenFile(StoreRepair repair, string file, string shown) => RunCopy($"Reading {shown}", 0, options =>
    {
        repair.AddSupply(ingest => new SourceSupply(ImageSources.Open(file, $"'{shown}'", ingest, options)), options);
        return true;
    });

    private void OpenOwnRegistries(StoreRepair repair)
    {
        var repositories = RegistrySupply.RepositoriesOf(repair.WantedBlobs.SelectMany(blob => blob.Names));
        var hosts = repositories.Select(repository => repository.Domain).Distinct().ToList();
        if (Credential is not null && hosts.Count > 1)
        {
            throw new ContainerImageException(
                ImageError.ConflictingParameter, $"The log-in is meant for one registry, and blobs are to be had from {string.Join(", ", hosts)}: say which by -From.");
        }

        foreach (var repository in repositories)
        {
            AddRegistry(repair, repository, isForAll: false);
        }
    }

    private void AddRegistry(StoreRepair repair, ImageReference repository, bool isForAll)
    {
        var access = Access;
        RunCopy($"Asking {repository}", 0, options =>
        {
            repair.AddSupply(_ => new RegistrySupply(access, repository, isForAll), options);
            return true;
        });
    }
}
