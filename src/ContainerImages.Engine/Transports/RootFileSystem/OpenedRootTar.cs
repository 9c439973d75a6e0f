using System;
using System.IO;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>A root tar that is being read.</summary>
/// <param name="Stream">Its bytes, compressed or not; read once.</param>
/// <param name="Size">How many they are; null where nobody says.</param>
/// <param name="ModifiedTime">When it was last changed; now, where nobody says.</param>
/// <param name="Owner">What is closed at the end: the stream itself, if it is not somebody else's, or what it came by.</param>
internal sealed record OpenedRootTar(Stream Stream, long? Size, NanoTime ModifiedTime, IDisposable? Owner) : IDisposable
{
    public void Dispose() => Owner?.Dispose();
}
