namespace ContainerImages.Copying;

/// <summary>How far a copy is.</summary>
/// <param name="Blob">What is being moved.</param>
/// <param name="Done">Bytes of it read so far.</param>
/// <param name="Size">Bytes of it; null while unknown.</param>
/// <param name="TotalDone">Bytes of all.</param>
/// <param name="TotalSize">Bytes of all; null while unknown.</param>
/// <param name="IsFinished">Whether this blob is done.</param>
public sealed record CopyProgress(string Blob, long Done, long? Size, long TotalDone, long? TotalSize, bool IsFinished);
