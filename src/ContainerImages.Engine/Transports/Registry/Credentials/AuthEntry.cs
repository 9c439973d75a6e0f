using System;
using System.Text;

namespace ContainerImages.Transports;

/// <summary>One log-in of a file. A class and no record, whose text would show what is in it.</summary>
internal sealed class AuthEntry(string key)
{
    /// <summary>
    /// The account that stands beside an identity token where nobody has told one. Files are read by tools that need a name
    /// there, and this is the one that the field uses.
    /// </summary>
    private const string NoAccount = "00000000-0000-0000-0000-000000000000";

    private static readonly UTF8Encoding _strict = new(false, throwOnInvalidBytes: true);

    public string Key { get; } = key;

    /// <summary>Account, colon and password in base64; null or empty for none.</summary>
    public string? Auth { get; init; }

    public string? IdentityToken { get; init; }

    /// <summary>The account in plain; Docker reads it where there is no <see cref="Auth"/>.</summary>
    public string? UserName { get; init; }

    /// <summary>The password in plain.</summary>
    public string? Password { get; init; }

    /// <summary>The text for <see cref="Auth"/>.</summary>
    public static string Encode(RegistryCredential credential) => Convert.ToBase64String(Encoding.UTF8.GetBytes(
        $"{(credential.IdentityToken is null ? credential.UserName : credential.UserName ?? NoAccount)}:{credential.Password}"));

    /// <summary>What the entry holds; null for nothing, as where a helper keeps it.</summary>
    /// <exception cref="FormatException"><c>auth</c> is no base64 of a text. The message shows nothing of it.</exception>
    public RegistryCredential? Decode()
    {
        var (user, password) = Split();
        user = user is "" or NoAccount ? null : user;
        return !string.IsNullOrEmpty(IdentityToken)
            ? new RegistryCredential(user, null, IdentityToken)
            : user is null && string.IsNullOrEmpty(password) ? null : new RegistryCredential(user ?? "", password, null);
    }

    private (string? User, string? Password) Split()
    {
        if (string.IsNullOrEmpty(Auth))
        {
            return (UserName, Password);
        }

        string text;
        try
        {
            text = _strict.GetString(Convert.FromBase64String(Auth!));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            // Without the cause, whose text may show a part of it.
            throw new FormatException("It is no base64 of a text.");
        }

        // Docker passes over what has no colon. Old versions of it padded the text with NULs.
        var colon = text.IndexOf(':');
        return colon < 0 ? (null, null) : (text.Substring(0, colon), text.Substring(colon + 1).Trim('\0'));
    }
}
