using System;
using System.IO;
using System.Linq;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Damage that tests do to the store of a session.</summary>
internal static class StoreDamage
{
    /// <summary>The path of a blob.</summary>
    public static string Blob(this StoreSession session, string hex) => Path.Combine(session.Store, "blobs", "sha256", hex);

    /// <summary>The digest of the largest blob, in hex: a layer.</summary>
    public static string LargestBlob(this StoreSession session) =>
        Path.GetFileName(session.Blobs.OrderByDescending(file => new FileInfo(file).Length).First());

    /// <summary>Flips a bit in the middle of a blob.</summary>
    public static void Damage(this StoreSession session, string hex)
    {
        var path = session.Blob(hex);
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 1;
        Replace(path, bytes);
    }

    public static void Remove(this StoreSession session, string hex) => File.Delete(session.Blob(hex));

    /// <summary>Puts a file among the blobs, as old as one that nobody is about to name.</summary>
    public static string AddOldBlob(this StoreSession session, byte[] bytes)
    {
        var hex = ArchiveFixture.Hash(bytes);
        Replace(session.Blob(hex), bytes);
        File.SetLastWriteTimeUtc(session.Blob(hex), DateTime.UtcNow.AddHours(-2));
        return hex;
    }

    // A blob may be read-only.
    private static void Replace(string path, byte[] bytes)
    {
        File.Delete(path);
        File.WriteAllBytes(path, bytes);
    }
}
