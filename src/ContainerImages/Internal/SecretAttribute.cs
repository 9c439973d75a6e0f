using System;
using System.Management.Automation;
using System.Net;
using System.Security;

namespace ContainerImages.Internal;

/// <summary>Takes a secret as text too, as it comes from a file or a program, and makes a secure string of it at once.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecretAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is string text ? Secure(text) : inputData;

    /// <summary>The text of a secret, for the moment in which it is shown or kept.</summary>
    public static string TextOf(SecureString secret) => new NetworkCredential("", secret).Password;

    private static SecureString Secure(string text)
    {
        var secret = new SecureString();
        foreach (var c in text)
        {
            secret.AppendChar(c);
        }

        secret.MakeReadOnly();
        return secret;
    }
}
