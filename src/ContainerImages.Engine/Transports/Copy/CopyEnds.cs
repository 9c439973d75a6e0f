using System;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>What the ends of a copy are opened with.</summary>
/// <param name="Store">The store that <c>store:</c> means; its ingest also takes in what can be read once only.</param>
/// <param name="OpenStore">Opens a folder as a store.</param>
/// <param name="SourceRegistries">The registries to read from.</param>
/// <param name="DestinationRegistries">The registries to write to.</param>
internal sealed record CopyEnds(
    Func<ImageStore> Store, Func<string, ImageStore> OpenStore, RegistryAccess SourceRegistries, RegistryAccess DestinationRegistries);
