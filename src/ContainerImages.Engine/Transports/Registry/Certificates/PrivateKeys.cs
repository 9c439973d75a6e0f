using System;
using System.Linq;

namespace ContainerImages.Transports;

/// <summary>Brings a private key of any of the usual forms into PKCS#8.</summary>
internal static class PrivateKeys
{
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";

    /// <summary>The labels of blocks that hold a private key.</summary>
    public static bool IsKey(string label) => label.EndsWith("PRIVATE KEY", StringComparison.Ordinal);

    /// <exception cref="FormatException">It is none of them; the message says nothing of the key.</exception>
    public static byte[] ToPkcs8(PemBlock block) => block.Label switch
    {
        "PRIVATE KEY" => Check(block.Bytes, 3),
        "RSA PRIVATE KEY" => Wrap([Der.Oid(Rsa), Der.Null()], Check(block.Bytes, 9)),
        "EC PRIVATE KEY" => Wrap([Der.Oid(EllipticCurve), Curve(block.Bytes)], block.Bytes),
        "ENCRYPTED PRIVATE KEY" => throw new FormatException("the key is encrypted, and nobody is there to be asked for its passphrase"),
        _ => throw new FormatException($"a '{block.Label}' is no key that can be used here; RSA and EC keys can"),
    };

    private static byte[] Wrap(byte[][] algorithm, byte[] key) => Der.Write(
        Der.Sequence, Der.Small(0), Der.Write(Der.Sequence, algorithm), Der.Write(Der.OctetString, key));

    private static byte[] Check(byte[] key, int count) =>
        Der.Parts(key).Count >= count ? key : throw new FormatException("the key has too few parts");

    /// <summary>The curve stands within the key itself.</summary>
    private static byte[] Curve(byte[] key)
    {
        var curve = Der.Parts(key).FirstOrDefault(part => part.Tag == Der.Context(0)).Body;
        return curve is { Length: > 0 } && curve[0] == Der.ObjectIdentifier
            ? curve
            : throw new FormatException("the key does not say which named curve it is of");
    }
}
