using System;
using System.IO;
using System.Linq;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>The folders of containers-certs.d(5), and keys in all the forms that people have.</summary>
public sealed class CertificateFolderTests : IDisposable
{
    private const string Folder = "etc/containers/certs.d/a.com:5000";

    // Keys of this kind take long to make.
    private static readonly Lazy<(X509Certificate2 Certificate, string Key)> _client = new(() => Client("rsa pkcs8"));

    private readonly ConfigurationFolder _folder = new();

    public static TheoryData<string> KeyForms => ["rsa pkcs8", "rsa pkcs1", "ec pkcs8", "ec sec1"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_folder_the_system_alone_is_trusted() =>
        Assert.Same(RegistryTrust.SystemOnly, CertificateFolder.Load("a.com:5000", _folder.Places));

    [SkippableTheory]
    [InlineData("home/.config/containers/certs.d etc/containers/certs.d etc/docker/certs.d", "home/.config/containers/certs.d")]
    [InlineData("etc/containers/certs.d etc/docker/certs.d", "etc/containers/certs.d")]
    [InlineData("etc/docker/certs.d", "etc/docker/certs.d")]
    [InlineData("xdg/containers/certs.d home/.config/containers/certs.d", "xdg/containers/certs.d")]
    public void The_first_folder_that_is_there_counts(string folders, string expected)
    {
        Skip.If(OperatingSystem.IsWindows(), "A colon is no part of a name there.");
        _folder.Variables["XDG_CONFIG_HOME"] = _folder.Combine("xdg");
        foreach (var folder in folders.Split(' '))
        {
            using var authority = Authority(folder);
            _folder.Write($"{folder}/a.com:5000/ca.crt", authority.ExportCertificatePem());
        }

        var trust = CertificateFolder.Load("a.com:5000", _folder.Places);

        Assert.Equal($"CN={expected}", Assert.Single(trust.Authorities).Subject);
        Assert.Empty(trust.ClientCertificates);
        Assert.Empty(CertificateFolder.Load("a.com", _folder.Places).Authorities);
    }

    [SkippableFact]
    public void A_bundle_with_text_around_it_has_several_authorities_and_DER_has_one()
    {
        Skip.If(OperatingSystem.IsWindows(), "A colon is no part of a name there.");
        using var one = Authority("one");
        using var two = Authority("two");
        using var three = Authority("three");
        var bundle = "Some text\r\n" + one.ExportCertificatePem().ReplaceLineEndings("\r\n") + "\r\n# more\r\n" + two.ExportCertificatePem()
            .Replace("CERTIFICATE", "TRUSTED CERTIFICATE", StringComparison.Ordinal);
        _folder.Write($"{Folder}/a.crt", bundle);
        _folder.Write($"{Folder}/b.crt", "");
        File.WriteAllBytes(_folder.Combine($"{Folder}/b.crt"), three.RawData);
        _folder.Write($"{Folder}/README", "not looked at");

        var trust = CertificateFolder.Load("a.com:5000", _folder.Places, _folder.Verbose.Add);

        Assert.Equal(["CN=one", "CN=two", "CN=three"], trust.Authorities.Select(authority => authority.Subject));
        Assert.Contains("has 3 authorities and 0 certificates", Assert.Single(_folder.Verbose), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(KeyForms))]
    public async Task A_certificate_with_its_key_is_shown_to_a_server(string form)
    {
        Skip.If(OperatingSystem.IsWindows(), "A colon is no part of a name there.");
        using var authority = Authority("authority");
        var (certificate, key) = Client(form);
        _folder.Write($"{Folder}/client.cert", certificate.ExportCertificatePem() + "\n" + authority.ExportCertificatePem());
        _folder.Write($"{Folder}/client.key", key);

        var trust = CertificateFolder.Load("a.com:5000", _folder.Places);

        var own = Assert.Single(trust.ClientCertificates);
        Assert.True(own.HasPrivateKey);
        Assert.Equal(certificate.Thumbprint, own.Thumbprint);
        Assert.Equal(certificate.Thumbprint, await ShownToServer(own, authority));
        certificate.Dispose();
    }

    [SkippableFact]
    public void Keys_that_openssl_makes_are_read()
    {
        Skip.IfNot(File.Exists("/usr/bin/openssl"), "This machine lacks openssl.");
        foreach (var (name, options) in new[]
        {
            ("ec", "ecparam -name secp384r1 -genkey -out k.pem"),
            ("rsa", "genrsa -traditional -out k.pem 2048"),
            ("new", "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out k.pem"),
        })
        {
            using var work = new TempFolder();
            OpenSsl(options);
            OpenSsl($"req -new -x509 -key k.pem -subj /CN={name} -out c.pem");
            _folder.Write($"{Folder}/{name}.cert", File.ReadAllText(work.Combine("c.pem")));
            _folder.Write($"{Folder}/{name}.key", File.ReadAllText(work.Combine("k.pem")));

            void OpenSsl(string arguments) =>
                Tool.Run("/usr/bin/openssl", arguments.Split(' '), new ToolOptions { WorkingFolder = work.Path });
        }

        Assert.Equal(
            ["CN=ec", "CN=new", "CN=rsa"],
            CertificateFolder.Load("a.com:5000", _folder.Places).ClientCertificates.Select(certificate => certificate.Subject));
    }

    [SkippableFact]
    public void A_missing_half_is_an_error()
    {
        Skip.If(OperatingSystem.IsWindows(), "A colon is no part of a name there.");
        using var authority = Authority("authority");
        var file = _folder.Write($"{Folder}/ca.cert", authority.ExportCertificatePem());
        Fails($"The configuration file '{file}': it has no 'ca.key' beside it; the certificate of an authority has the ending '.crt'.");

        File.Delete(file);
        _folder.Write($"{Folder}/client.key", _client.Value.Key);
        Fails("client.key': it has no 'client.cert' beside it.");
    }

    [SkippableTheory]
    [InlineData("ca.crt", "", "ca.crt': there is no certificate in it.", false)]
    [InlineData("ca.crt", "not a certificate", "what stands here is no X.509 certificate.", false)]
    [InlineData("ca.crt", "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----", "line 1: what stands here is no X.509 certificate.", false)]
    [InlineData("ca.crt", "\n-----BEGIN CERTIFICATE-----\nno base64!\n-----END CERTIFICATE-----", "line 2: the block that begins here is no base64.", false)]
    [InlineData("ca.crt", "\n-----BEGIN CERTIFICATE-----\nMAA=\n", "line 2: the block 'CERTIFICATE' is not closed.", false)]
    [InlineData("client.key", "SECRET", "client.key': there is no private key in PEM form in it.", true)]
    [InlineData("client.key", "-----BEGIN PRIVATE KEY-----\nU0VDUkVU\n-----END PRIVATE KEY-----", "client.key', line 1: ", true)]
    [InlineData("client.key", "\n-----BEGIN PRIVATE KEY-----\nMAkCAQAwADAAMAA=\n-----END PRIVATE KEY-----", "client.key', line 2: ", true)]
    [InlineData("client.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nU0VDUkVU\n-----END ENCRYPTED PRIVATE KEY-----", "line 1: the key is encrypted, and nobody is there to be asked for its passphrase.", true)]
    [InlineData("client.key", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nU0VDUkVU\n-----END RSA PRIVATE KEY-----", "line 2: the block has headers, as encrypted keys have, which cannot be read.", true)]
    [InlineData("client.key", "-----BEGIN OPENSSH PRIVATE KEY-----\nU0VDUkVU\n-----END OPENSSH PRIVATE KEY-----", "line 1: a 'OPENSSH PRIVATE KEY' is no key that can be used here; RSA and EC keys can.", true)]
    [InlineData("client.key", "other", "client.key', line 1: the key is not that of 'client.cert'.", true)]
    [InlineData("client.key", "other kind", "client.key', line 1: ", true)]
    public void What_is_malformed_is_said_with_file_and_line_and_shows_nothing(string name, string content, string expected, bool isKey)
    {
        Skip.If(OperatingSystem.IsWindows(), "A colon is no part of a name there.");
        if (isKey)
        {
            _folder.Write($"{Folder}/client.cert", _client.Value.Certificate.ExportCertificatePem());
        }

        _folder.Write($"{Folder}/{name}", content switch
        {
            "other" => Client("rsa pkcs1").Key,
            "other kind" => Client("ec sec1").Key,
            _ => content,
        });

        var error = Fails(expected);
        Assert.DoesNotContain("SECRET", error, StringComparison.Ordinal);
        Assert.DoesNotContain("U0VDUkVU", error, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(KeyForms))]
    public void Whatever_stands_in_a_key_it_is_used_or_refused(string form)
    {
        Skip.If(OperatingSystem.IsWindows(), "A colon is no part of a name there.");
        var random = new Random(20261125);
        var (certificate, key) = Client(form);
        _folder.Write($"{Folder}/client.cert", certificate.ExportCertificatePem());
        var lines = key.Split('\n');
        var der = Convert.FromBase64String(string.Concat(lines.Skip(1).SkipLast(1)));
        for (var i = 0; i < 200; i++)
        {
            var bytes = (byte[])der.Clone();
            bytes[random.Next(i < 100 ? 40 : bytes.Length)] = (byte)random.Next(256);
            _folder.Write($"{Folder}/client.key", $"{lines[0]}\n{Convert.ToBase64String(bytes, 0, i % 3 == 0 ? random.Next(bytes.Length) : bytes.Length)}\n{lines[^1]}");
            try
            {
                CertificateFolder.Load("a.com:5000", _folder.Places);
            }
            catch (ContainerImageException e)
            {
                Assert.Equal(ImageError.InvalidConfiguration, e.Error);
            }
        }

        certificate.Dispose();
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
    }

    private static (X509Certificate2 Certificate, string Key) Client(string form)
    {
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = form.StartsWith("rsa", StringComparison.Ordinal)
            ? new CertificateRequest("CN=client", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest("CN=client", curve, HashAlgorithmName.SHA256);
        using var pair = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
        return (X509CertificateLoader.LoadCertificate(pair.RawData), form switch
        {
            "rsa pkcs8" => rsa.ExportPkcs8PrivateKeyPem(),
            "rsa pkcs1" => rsa.ExportRSAPrivateKeyPem(),
            "ec pkcs8" => curve.ExportPkcs8PrivateKeyPem(),
            _ => curve.ExportECPrivateKeyPem(),
        });
    }

    /// <summary>A handshake in memory; the thumbprint of what the server was shown, and what was signed with its key.</summary>
    private static async Task<string?> ShownToServer(X509Certificate2 own, X509Certificate2 serverCertificate)
    {
        var (left, right) = DuplexStream.Pair();
        using var server = new SslStream(right, false, (_, shown, _, _) => IsSame(shown, own));
        using var client = new SslStream(left, false, (_, shown, _, _) => IsSame(shown, serverCertificate));
        using var pair = X509CertificateLoader.LoadPkcs12(serverCertificate.Export(X509ContentType.Pkcs12), null);
        await Task.WhenAll(
            server.AuthenticateAsServerAsync(pair, clientCertificateRequired: true, SslProtocols.None, checkCertificateRevocation: false),
            client.AuthenticateAsClientAsync("a.com", [own], SslProtocols.None, checkCertificateRevocation: false));

        // With TLS 1.3 the client's part comes after its handshake has ended.
        await client.WriteAsync(Encoding.ASCII.GetBytes("x"));
        await server.ReadExactlyAsync(new byte[1]);
        return server.RemoteCertificate?.GetCertHashString();

        static bool IsSame(X509Certificate? shown, X509Certificate2 expected) => shown?.GetCertHashString() == expected.Thumbprint;
    }

    private string Fails(string expected)
    {
        var error = Assert.Throws<ContainerImageException>(() => CertificateFolder.Load("a.com:5000", _folder.Places));
        Assert.Equal(ImageError.InvalidConfiguration, error.Error);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        return error.ToString();
    }
}
