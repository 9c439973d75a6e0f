using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ContainerImages.Transports;

/// <summary>
/// The folder of a registry in <c>certs.d</c> (containers-certs.d(5)): <c>*.crt</c> are authorities to trust, <c>NAME.cert</c>
/// and <c>NAME.key</c> a certificate to show. Of the folders that there may be the first counts, and no other.
/// </summary>
internal static class CertificateFolder
{
    private const string Authority = ".crt";
    private const string Certificate = ".cert";
    private const string Key = ".key";

    /// <param name="host">Host, and port if image names write one.</param>
    /// <param name="places">Where the folders are.</param>
    /// <param name="verbose">Told of a folder that may not be read; or null.</param>
    /// <exception cref="Content.ContainerImageException">InvalidConfiguration.</exception>
    public static RegistryTrust Load(string host, ConfigurationPlaces places, Action<string>? verbose = null)
    {
        var folder = places.GetCertificateFolders(host).FirstOrDefault(System.IO.Directory.Exists);
        if (folder is null)
        {
            return RegistryTrust.SystemOnly;
        }

        string[] files;
        try
        {
            files = [.. System.IO.Directory.GetFiles(folder).OrderBy(path => path, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As podman: a folder for others must not keep a user from a registry that all trust.
            verbose?.Invoke($"The certificates in '{folder}' are left out: {e.Message}");
            return RegistryTrust.SystemOnly;
        }

        var authorities = new List<X509Certificate2>();
        var clients = new List<X509Certificate2>();
        foreach (var file in files)
        {
            if (file.EndsWith(Authority, StringComparison.Ordinal))
            {
                authorities.AddRange(ReadCertificates(file));
            }
            else if (file.EndsWith(Certificate, StringComparison.Ordinal))
            {
                clients.Add(ReadClient(file, Other(files, file, Certificate, Key)));
            }
            else if (file.EndsWith(Key, StringComparison.Ordinal))
            {
                Other(files, file, Key, Certificate);
            }
        }

        verbose?.Invoke($"'{folder}' has {authorities.Count} authorities and {clients.Count} certificates of our own for '{host}'.");
        return new RegistryTrust(authorities, clients);
    }

    private static string Other(string[] files, string file, string extension, string wanted)
    {
        var other = file.Substring(0, file.Length - extension.Length) + wanted;
        return files.Contains(other)
            ? other
            : throw ConfigurationErrors.Invalid(
                file,
                0,
                $"it has no '{Path.GetFileName(other)}' beside it{(extension == Certificate ? "; the certificate of an authority has the ending '.crt'" : "")}");
    }

    private static List<X509Certificate2> ReadCertificates(string file)
    {
        var bytes = ConfigurationErrors.ReadFile(file) ?? [];
        var isPem = bytes.Length == 0 || Encoding.ASCII.GetString(bytes).Contains("-----BEGIN ");
        var blocks = isPem
            ? PemBlocks.Read(bytes, file).Where(block => block.Label.EndsWith("CERTIFICATE", StringComparison.Ordinal)).ToList()
            : [new PemBlock("CERTIFICATE", bytes, 0)];
        return blocks.Count > 0
            ? blocks.Select(block => Open(file, block.Line, block.Bytes)).ToList()
            : throw ConfigurationErrors.Invalid(file, 0, "there is no certificate in it");
    }

    private static X509Certificate2 Open(string file, int line, byte[] der)
    {
        try
        {
            // Else .NET would take other formats too, and passwords are asked for some of them.
            Der.Parts(der);
            return new X509Certificate2(der);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw ConfigurationErrors.Invalid(file, line, "what stands here is no X.509 certificate");
        }
    }

    private static X509Certificate2 ReadClient(string certificateFile, string keyFile)
    {
        // The first is the client's own; those of authorities between may follow.
        var own = ReadCertificates(certificateFile)[0];
        var key = PemBlocks.Read(ConfigurationErrors.ReadFile(keyFile) ?? [], keyFile).FirstOrDefault(block => PrivateKeys.IsKey(block.Label))
            ?? throw ConfigurationErrors.Invalid(keyFile, 0, "there is no private key in PEM form in it");
        try
        {
            var pair = new X509Certificate2(Pkcs12.Write(own.RawData, PrivateKeys.ToPkcs8(key)), "", X509KeyStorageFlags.DefaultKeySet);
            return IsPair(pair)
                ? pair
                : throw ConfigurationErrors.Invalid(keyFile, key.Line, $"the key is not that of '{Path.GetFileName(certificateFile)}'");
        }
        catch (FormatException e)
        {
            throw ConfigurationErrors.Invalid(keyFile, key.Line, e.Message);
        }
        catch (CryptographicException e)
        {
            // Of the cause only its kind: what a parser says of a key may show a part of it.
            throw ConfigurationErrors.Invalid(keyFile, key.Line, $"the key cannot be used ({e.GetType().Name})");
        }
    }

    /// <summary>Whether what the key signs is what the certificate vouches for.</summary>
    private static bool IsPair(X509Certificate2 pair)
    {
        byte[] probe = [1, 2, 3, 4];
        if (!pair.HasPrivateKey)
        {
            return false;
        }

        using var rsaKey = pair.GetRSAPrivateKey();
        using var rsa = pair.GetRSAPublicKey();
        if (rsaKey is not null && rsa is not null)
        {
            return rsa.VerifyData(
                probe, rsaKey.SignData(probe, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        using var curveKey = pair.GetECDsaPrivateKey();
        using var curve = pair.GetECDsaPublicKey();
        return curveKey is not null && curve is not null
            && curve.VerifyData(probe, curveKey.SignData(probe, HashAlgorithmName.SHA256), HashAlgorithmName.SHA256);
    }
}
