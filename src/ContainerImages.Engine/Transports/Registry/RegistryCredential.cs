namespace ContainerImages.Transports;

/// <summary>What is shown to a registry to be let in. It is never part of a message, a verbose line or a trace.</summary>
/// <param name="UserName">The account; null with an identity token alone.</param>
/// <param name="Password">The password or access token; null with an identity token.</param>
/// <param name="IdentityToken">An OAuth 2 refresh token, as Docker's <c>identitytoken</c>; null with a password.</param>
internal sealed record RegistryCredential(string? UserName, string? Password, string? IdentityToken)
{
    /// <summary>The account's name alone.</summary>
    public override string ToString() => UserName ?? "(identity token)";
}
