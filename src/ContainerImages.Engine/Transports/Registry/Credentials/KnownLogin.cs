namespace ContainerImages.Transports;

/// <summary>A log-in that a file tells of.</summary>
/// <param name="Registry">The registry, or a part of one.</param>
/// <param name="UserName">The account; null where only a helper knows it, or where there is an identity token alone.</param>
/// <param name="AuthFile">The file.</param>
internal sealed record KnownLogin(string Registry, string? UserName, string AuthFile);
