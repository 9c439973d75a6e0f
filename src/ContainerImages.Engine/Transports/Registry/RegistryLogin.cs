using System;
using System.Collections;
using ContainerImages.Content;

namespace ContainerImages;

/// <summary>A log-in to a registry, without its secret.</summary>
public sealed class RegistryLogin
{
    internal RegistryLogin()
    {
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name.</param>
    public RegistryLogin(IDictionary properties)
    {
        var given = new GivenProperties(nameof(RegistryLogin), properties ?? throw new ArgumentNullException(nameof(properties)));
        Registry = given.Text(nameof(Registry)) ?? "";
        UserName = given.Text(nameof(UserName));
        AuthFile = given.Text(nameof(AuthFile));
        given.RefuseOthers();
    }

    /// <summary>Host and port, and the repository or namespace where the log-in is for a part of the registry.</summary>
    public string Registry { get; internal init; } = "";

    /// <summary>The account; null where there is an identity token alone, or where only a credential helper knows it.</summary>
    public string? UserName { get; internal init; }

    /// <summary>The file that holds the log-in, or names the credential helper that does.</summary>
    public string? AuthFile { get; internal init; }

    /// <summary>The registry.</summary>
    public override string ToString() => Registry;
}
