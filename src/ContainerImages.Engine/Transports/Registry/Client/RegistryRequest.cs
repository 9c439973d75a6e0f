using System;
using System.Collections.Generic;
using System.Net.Http;

namespace ContainerImages.Transports;

/// <summary>One request to a registry, which may be sent several times.</summary>
/// <param name="Method">GET, HEAD, …</param>
/// <param name="Address">The address, or a path from the registry's root such as <c>v2/</c>.</param>
/// <param name="What">What is being done, as it begins a message: <c>Reading manifest '1' of 'host/app'</c>.</param>
internal sealed record RegistryRequest(HttpMethod Method, string Address, string What)
{
    public static readonly HttpMethod Patch = new("PATCH");

    /// <summary>What a token is to be good for.</summary>
    public IReadOnlyList<RegistryScope> Scopes { get; init; } = [];

    /// <summary>Adds headers; null for none.</summary>
    public Action<HttpRequestMessage>? Prepare { get; init; }

    /// <summary>Makes the body, anew for each time it is sent; null for none.</summary>
    public Func<IdleTimeout, HttpContent>? Body { get; init; }

    /// <summary>Whether it may be sent again when nobody knows what became of it.</summary>
    public bool IsRepeatable { get; init; } = true;

    /// <summary>Whether no log-in is shown, whoever is asked.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>Whether the body is a secret, which no redirect may carry to another host.</summary>
    public bool IsSecret { get; init; }
}
