using System;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ContainerImages.Testing;

/// <summary>An authority of our own and what it issues, made anew and known to nobody.</summary>
public sealed class TestCertificates : IDisposable
{
    public TestCertificates(string authority = "CN=Test authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(authority, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Authority = Usable(request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(2)));
    }

    /// <summary>The authority with its key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>What a client is given to trust: the authority without its key.</summary>
    public X509Certificate2 PublicAuthority => X509CertificateLoader.LoadCertificate(Authority.RawData);

    /// <summary>A certificate for 127.0.0.1 and localhost, with its key.</summary>
    /// <param name="isPast">Whether its time is over.</param>
    public X509Certificate2 ForServer(bool isPast = false) => Issue("CN=localhost", "1.3.6.1.5.5.7.3.1", isPast, request =>
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
    });

    /// <summary>A certificate for another host.</summary>
    public X509Certificate2 ForOtherServer() => Issue("CN=other.example.com", "1.3.6.1.5.5.7.3.1", isPast: false, request =>
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("other.example.com");
        request.CertificateExtensions.Add(names.Build());
    });

    /// <summary>A certificate by which a client shows who it is.</summary>
    public X509Certificate2 ForClient() => Issue("CN=client", "1.3.6.1.5.5.7.3.2", isPast: false, _ => { });

    public void Dispose() => Authority.Dispose();

    private X509Certificate2 Issue(string name, string purpose, bool isPast, Action<CertificateRequest> extend)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        extend(request);
        var end = DateTimeOffset.UtcNow.AddDays(isPast ? -1 : 1);
        using var issued = request.Create(Authority, DateTimeOffset.UtcNow.AddDays(-1.5), end, RandomNumberGenerator.GetBytes(8));
        return Usable(issued.CopyWithPrivateKey(key));
    }

    // A key that lives in memory alone cannot be used for TLS on every system.
    private static X509Certificate2 Usable(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
        }
    }
}
