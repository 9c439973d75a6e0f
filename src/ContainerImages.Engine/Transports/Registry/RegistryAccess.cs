using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Transports;

/// <summary>The registries of one call, as this machine's configuration and the caller's own words lead to them.</summary>
/// <param name="configuration">What registries.conf says.</param>
/// <param name="options">How they are talked to.</param>
internal sealed class RegistryAccess(RegistryConfiguration configuration, RegistryOptions options) : IDisposable
{
    private readonly RegistrySession _session = new(options);
    private readonly RegistryPlaces _places = new(configuration, options.Verbose);
    private readonly Dictionary<string, RegistryTrust> _trust = new(StringComparer.Ordinal);
    private readonly Dictionary<RegistryEndpoint, RegistryCredential?> _credentials = [];

    /// <summary>The log-in that is kept for a host and repository; null for none.</summary>
    public Func<string, string, CancellationToken, RegistryCredential?> FindCredential { get; init; } = (_, _, _) => null;

    /// <summary>The certificates that are set up for a host.</summary>
    public Func<string, RegistryTrust> FindTrust { get; init; } = _ => RegistryTrust.SystemOnly;

    /// <summary>The caller's own log-in, for the registry that a name says and for no mirror or other location of it; null for those that are kept.</summary>
    public RegistryCredential? Credential { get; init; }

    /// <summary>Whether the registry that a name says, though no mirror or other location of it, may be spoken to without trusted TLS.</summary>
    public bool AllowInsecure { get; init; }

    public Action<string>? Verbose => options.Verbose;

    /// <summary>The registries as the files of this machine and its user lead to them.</summary>
    /// <param name="places">Where the files are.</param>
    /// <param name="options">How registries are talked to.</param>
    /// <param name="credential">See <see cref="Credential"/>.</param>
    /// <param name="allowInsecure">See <see cref="AllowInsecure"/>.</param>
    /// <exception cref="ContainerImageException">InvalidConfiguration.</exception>
    public static RegistryAccess Create(
        ConfigurationPlaces places, RegistryOptions options, RegistryCredential? credential, bool allowInsecure)
    {
        var configuration = RegistryConfiguration.Load(places, options.Verbose);
        var logins = new CredentialStore(places, configuration, null, options.Verbose);
        return new RegistryAccess(configuration, options)
        {
            FindCredential = logins.Find,
            FindTrust = host => CertificateFolder.Load(host, places, options.Verbose),
            Credential = credential,
            AllowInsecure = allowInsecure,
        };
    }

    /// <summary>A name as the user wrote it, without the transport that may stand before one of a registry.</summary>
    /// <exception cref="ContainerImageException">InvalidReference, for another transport.</exception>
    public static string WithoutTransport(string text) => TransportPrefix.Of(text) switch
    {
        null => text,
        { Prefix: TransportPrefix.Registry } prefix => prefix.Rest,
        { } prefix => throw prefix.ToRegistryError(),
    };

    /// <summary>The full names that a user's words may mean, in the order to try.</summary>
    /// <exception cref="ContainerImageException">InvalidReference; AmbiguousReference, also for a log-in that several registries would see.</exception>
    public IReadOnlyList<PullCandidate> Resolve(string text)
    {
        var candidates = Find(text);
        if (Credential is not null && candidates.Count > 1)
        {
            var names = candidates.Select(candidate => candidate.Reference.ToString()).ToList();
            throw new ContainerImageException(
                ImageError.AmbiguousReference, $"'{text}' may be on several registries, and the log-in is meant for one: {string.Join(", ", names)}.")
            { Candidates = names };
        }

        foreach (var candidate in candidates.Where(candidate => candidate.Reason is not null))
        {
            Verbose?.Invoke($"'{text}' may be {candidate.Reference}: {candidate.Reason}.");
        }

        return candidates;
    }

    /// <summary>The full name that a user's words mean, as a person is asked about it; the words where they may mean several.</summary>
    /// <exception cref="ContainerImageException">InvalidReference; AmbiguousReference.</exception>
    public string Title(string text, bool withTag)
    {
        text = WithoutTransport(text);
        var candidates = Find(text);
        var only = candidates[0].Reference;
        return candidates.Count > 1 ? text : withTag ? only.ToString() : only.Name;
    }

    /// <summary>Whether a name is rather that of a registry: it reads as a host, and would be looked for on Docker's hub alone.</summary>
    /// <exception cref="ContainerImageException">InvalidReference; AmbiguousReference.</exception>
    public bool IsRegistry(string text) => ImageReference.TryParse(text, out var typed) && RegistryAddress.IsHost(typed) &&
        ShortNames.Resolve(text, configuration) is [{ Reference.Domain: AuthKeys.DockerHub }];

    private IReadOnlyList<PullCandidate> Find(string text) => IsRegistry(text)
        ? throw new ContainerImageException(ImageError.InvalidReference, $"'{text}' is a registry, and no image in one: its repository is not said.")
        : ShortNames.Resolve(text, configuration);

    /// <summary>Where a name is read from, in the order to try: mirrors, then the registry itself.</summary>
    /// <exception cref="ContainerImageException">RegistryBlocked; RemoteImageNotFound, for a name on localhost; InvalidConfiguration; CredentialHelperFailed.</exception>
    public IReadOnlyList<RegistryClient> OpenForReading(ImageReference name, CancellationToken cancellation) =>
        _places.ForReading(name)
            .Select(endpoint => Open(endpoint, isOwn: !endpoint.IsMirror && endpoint.Host == name.Domain, isForPush: false, cancellation))
            .ToList();

    /// <summary>The registry that a name itself says, for writing and listing.</summary>
    /// <exception cref="ContainerImageException">RegistryBlocked; DestinationMissing; InvalidConfiguration; CredentialHelperFailed.</exception>
    public RegistryClient OpenDirect(string host, string repository, bool isForPush, CancellationToken cancellation) =>
        Open(_places.Direct(host, repository), isOwn: true, isForPush, cancellation);

    public void Dispose() => _session.Dispose();

    // The log-in was given for the registry of the name: another host, to which the configuration leads, is not shown it.
    private RegistryClient Open(RegistryEndpoint endpoint, bool isOwn, bool isForPush, CancellationToken cancellation)
    {
        endpoint = endpoint with { IsInsecure = endpoint.IsInsecure || (isOwn && AllowInsecure) };
        lock (_trust)
        {
            if (!_trust.TryGetValue(endpoint.Host, out var trust))
            {
                _trust.Add(endpoint.Host, trust = FindTrust(endpoint.Host));
            }

            RegistryCredential? credential = null;
            if (!(isOwn && Credential is not null) && !_credentials.TryGetValue(endpoint, out credential))
            {
                _credentials.Add(endpoint, credential = FindCredential(endpoint.Host, endpoint.Repository, cancellation));
            }

            return _session.Open(endpoint, trust, isOwn && Credential is not null ? Credential : credential, isForPush);
        }
    }
}
