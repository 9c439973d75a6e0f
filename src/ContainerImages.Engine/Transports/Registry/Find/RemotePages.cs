using System;
using System.Collections.Generic;

namespace ContainerImages.Transports;

/// <summary>What was found in a registry, page by page.</summary>
internal sealed class RemotePages(RegistryClient client, Func<IReadOnlyList<RemoteImage>?> read)
{
    private IReadOnlyList<RemoteImage>? _ahead;

    /// <summary>Found already.</summary>
    public RemotePages(RegistryClient client, IReadOnlyList<RemoteImage> only)
        : this(client, () => null) => _ahead = only;

    /// <summary>The repository, or the registry.</summary>
    public RegistryClient Client { get; } = client;

    /// <summary>Asks for the first page now: so it is known whether there is one.</summary>
    public void ReadAhead() => _ahead = read();

    /// <summary>The next page, which may be empty; null at the end.</summary>
    public IReadOnlyList<RemoteImage>? Read()
    {
        if (_ahead is not { } page)
        {
            return read();
        }

        _ahead = null;
        return page;
    }
}
