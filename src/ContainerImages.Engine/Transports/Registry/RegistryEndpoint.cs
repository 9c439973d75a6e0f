namespace ContainerImages.Transports;

/// <summary>One place where a repository may be had from: the registry its name says, or one that the configuration puts before it.</summary>
/// <param name="Host">Host and port to talk to: <c>registry.example.com:5000</c>.</param>
/// <param name="Repository">The repository there: <c>library/alpine</c>.</param>
/// <param name="IsInsecure">Whether plain HTTP and certificates that are not trusted will do.</param>
/// <param name="IsMirror">Whether it is a mirror, which is asked for reading only, and may lack what it mirrors.</param>
internal sealed record RegistryEndpoint(string Host, string Repository, bool IsInsecure, bool IsMirror)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Host}/{Repository}";
}
