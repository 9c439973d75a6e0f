using System.Linq;
using System.Security.Cryptography;

namespace ContainerImages.Transports;

/// <summary>
/// A certificate and its key as one PKCS#12 file (RFC 7292), without encryption, for the empty password: the one form in
/// which .NET of every version takes both at once, and in which Windows can use them for TLS. It stays in memory.
/// </summary>
internal static class Pkcs12
{
    private const string Data = "1.2.840.113549.1.7.1";
    private const string KeyBag = "1.2.840.113549.1.12.10.1.1";
    private const string CertificateBag = "1.2.840.113549.1.12.10.1.3";
    private const string X509Certificate = "1.2.840.113549.1.9.22.1";
    private const string LocalKeyId = "1.2.840.113549.1.9.21";
    private const string Sha1 = "1.3.14.3.2.26";
    private const int SaltLength = 8;
    private const int BlockLength = 64;

    /// <param name="certificate">The certificate's DER.</param>
    /// <param name="pkcs8">Its private key in PKCS#8.</param>
    public static byte[] Write(byte[] certificate, byte[] pkcs8)
    {
        // The same number on both says that they belong together.
        var number = Der.Write(Der.Set, Der.Write(
            Der.Sequence, Der.Oid(LocalKeyId), Der.Write(Der.Set, Der.Write(Der.OctetString, [1]))));
        var key = Der.Write(Der.Sequence, Der.Oid(KeyBag), Der.Write(Der.Context(0), pkcs8), number);
        var wrapped = Der.Write(
            Der.Sequence, Der.Oid(X509Certificate), Der.Write(Der.Context(0), Der.Write(Der.OctetString, certificate)));
        var owner = Der.Write(Der.Sequence, Der.Oid(CertificateBag), Der.Write(Der.Context(0), wrapped), number);
        var content = Der.Write(Der.Sequence, Content(Der.Write(Der.Sequence, key, owner)));
        return Der.Write(Der.Sequence, Der.Small(3), Content(content), Mac(content));
    }

    private static byte[] Content(byte[] bytes) => Der.Write(
        Der.Sequence, Der.Oid(Data), Der.Write(Der.Context(0), Der.Write(Der.OctetString, bytes)));

    /// <summary>Whoever reads such a file checks it by a code over its content, made with the password.</summary>
    private static byte[] Mac(byte[] content)
    {
        var salt = new byte[SaltLength];
        using (var random = RandomNumberGenerator.Create())
        {
            random.GetBytes(salt);
        }

#pragma warning disable CA5350 // The one hash that readers of every age know; nothing is kept secret by it.
        using var hmac = new HMACSHA1(DeriveMacKey(salt));
#pragma warning restore CA5350
        var code = Der.Write(
            Der.Sequence,
            Der.Write(Der.Sequence, Der.Oid(Sha1), Der.Null()),
            Der.Write(Der.OctetString, hmac.ComputeHash(content)));
        return Der.Write(Der.Sequence, code, Der.Write(Der.OctetString, salt), Der.Small(1));
    }

    /// <summary>RFC 7292, B.2, for one round and a key no longer than the hash: the empty password is its end alone, two zeros.</summary>
    private static byte[] DeriveMacKey(byte[] salt)
    {
        const byte ForMac = 3;
        var input = Enumerable.Repeat(ForMac, BlockLength)
            .Concat(Enumerable.Range(0, BlockLength).Select(i => salt[i % salt.Length]))
            .Concat(new byte[BlockLength])
            .ToArray();
#pragma warning disable CA5350
        using var hash = SHA1.Create();
#pragma warning restore CA5350
        return hash.ComputeHash(input);
    }
}
