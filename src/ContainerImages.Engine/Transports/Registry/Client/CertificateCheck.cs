using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ContainerImages.Transports;

/// <summary>Whether a server's certificate is trusted: by the system, or by an authority that <c>certs.d</c> names for it.</summary>
internal static class CertificateCheck
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Checks what a server has shown.</summary>
    /// <returns>Null where it is trusted, else why it is not.</returns>
    public static string? FindFault(
        X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors, IReadOnlyList<X509Certificate2> authorities)
    {
        if (errors == SslPolicyErrors.None)
        {
            return null;
        }

        if (certificate is null)
        {
            return "it shows none";
        }

        if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
        {
            return $"it is made out to another name ({RegistryText.Clean(certificate.Subject)})";
        }

        return authorities.Count > 0 && IsVouchedFor(certificate, chain, authorities)
            ? null
            : $"{Describe(chain)} ({RegistryText.Clean(certificate.Subject)}, issued by {RegistryText.Clean(certificate.Issuer)})";
    }

    // .NET Standard cannot name its own roots. So the chain may end in a root that is unknown, and nothing else may be
    // wrong with it, and one of its certificates must be, byte for byte, an authority that is trusted.
    private static bool IsVouchedFor(X509Certificate2 certificate, X509Chain? shown, IReadOnlyList<X509Certificate2> authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        chain.ChainPolicy.ExtraStore.AddRange(authorities.ToArray());
        foreach (var element in shown?.ChainElements.Cast<X509ChainElement>() ?? [])
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(certificate)
            && chain.ChainStatus.All(status => (status.Status & ~(X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) == 0)
            && chain.ChainElements.Cast<X509ChainElement>().Any(element =>
                authorities.Any(authority => authority.RawData.SequenceEqual(element.Certificate.RawData)));
    }

    private static string Describe(X509Chain? chain)
    {
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
        return (status & (X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotTimeNested)) != 0
            ? "it is past its time, or before it"
            : (status & X509ChainStatusFlags.Revoked) != 0
                ? "it is revoked"
                : "its issuer is not trusted";
    }
}
