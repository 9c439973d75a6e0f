namespace ContainerImages.Benchmarks.Inputs;

/// <summary>What a layer is made of.</summary>
/// <param name="Seed">Layers of the same shape and seed are the same.</param>
/// <param name="Bytes">The content of all files together, about.</param>
/// <param name="MeanFileBytes">How long a file is on average.</param>
internal sealed record LayerShape(int Seed, long Bytes, int MeanFileBytes);
