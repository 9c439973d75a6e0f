using System.Collections.Generic;
using System.Security.Cryptography.X509Certificates;

namespace ContainerImages.Transports;

/// <summary>The certificates that <c>certs.d</c> has for one registry.</summary>
/// <param name="Authorities">Trusted beside those of the system; empty for none.</param>
/// <param name="ClientCertificates">Shown to the registry, with their keys; empty for none.</param>
internal sealed record RegistryTrust(
    IReadOnlyList<X509Certificate2> Authorities, IReadOnlyList<X509Certificate2> ClientCertificates)
{
    public static RegistryTrust SystemOnly { get; } = new([], []);
}
