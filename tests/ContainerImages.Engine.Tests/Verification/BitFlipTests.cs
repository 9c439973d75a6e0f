using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using ContainerImages.Verification;
using Xunit;

namespace ContainerImages.Engine.Tests.Verification;

/// <summary>
/// A flip of any single bit of any blob is found, and in the index one that breaks syntax, a digest or a size. Every bit of small
/// blobs and of the index is flipped, and of larger ones a bit in every few bytes.
/// </summary>
public sealed class BitFlipTests : IDisposable
{
    private const int Small = 800;
    private const int MostFlips = 1500;

    private readonly TestStore _test = new();

    private ImageStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Every_flip_of_a_bit_of_a_blob_is_found()
    {
        Store.Import(new TestImage(TestLayer.OfBytes([1, 2, 3], Compression.Gzip), TestLayer.Of("plain")) { Names = ["docker.io/library/app:1"] });
        Assert.Empty(Store.Verify().Flaws);
        var flips = 0;
        foreach (var path in Directory.GetFiles(Store.Paths.Blobs, "*", SearchOption.AllDirectories))
        {
            var bytes = File.ReadAllBytes(path);
            foreach (var bit in Bits(bytes.Length))
            {
                File.Delete(path);
                File.WriteAllBytes(path, VerificationProbe.Flip([.. bytes], bit));
                Assert.True(IsFound(Path.GetFileName(path)), $"bit {bit} of {path}");
                flips++;
            }

            File.Delete(path);
            File.WriteAllBytes(path, bytes);
        }

        Assert.True(flips > 8_000);
        Assert.Empty(Store.Verify().Flaws);
    }

    [Fact]
    public void Every_flip_of_a_bit_of_the_index_that_breaks_it_is_found_and_no_other_makes_a_blob_look_damaged()
    {
        Store.Import(TestImage.Of("app", "docker.io/library/app:1"));
        var bytes = File.ReadAllBytes(Store.Paths.Index);
        var fields = FieldsThatCount(bytes);
        using var impatient = ImageStore.Open(Store.Path, new StoreOptions { TornIndexPatience = TimeSpan.Zero });
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            File.WriteAllBytes(Store.Paths.Index, VerificationProbe.Flip([.. bytes], bit));
            var flaws = impatient.Verify().Flaws;

            // What else may be flipped without a trace is a letter of a name, or of an annotation that nobody here knows.
            if (fields.Contains(bit / 8))
            {
                Assert.True(flaws.Count > 0, $"bit {bit}, at {Encoding.ASCII.GetString(bytes, bit / 8, Math.Min(20, bytes.Length - (bit / 8)))}");
            }

            Assert.DoesNotContain(flaws, flaw => flaw.Kind is FindingKind.DigestMismatch);
        }
    }

    /// <summary>The bytes of braces and brackets, of the digest and of the size.</summary>
    private static HashSet<int> FieldsThatCount(byte[] index)
    {
        var text = Encoding.ASCII.GetString(index);
        var matches = Regex.Matches(text, """[{}\[\]:,]|sha256:[0-9a-f]{64}|"(?:digest|size)"|(?<="size":)\d+|(?<=\{\s*)"mediaType":"[^"]+(?=","digest)""");
        return [.. matches.SelectMany(match => Enumerable.Range(match.Index, match.Length)).Where(at => !IsInSummaryOrName(text, at))];
    }

    private static bool IsInSummaryOrName(string text, int at) => Regex
        .Matches(text, $"\"({Regex.Escape(RootSummary.Annotation)}|{Regex.Escape(IndexEntry.NameAnnotation)})\":\"[^\"]*\"")
        .Any(match => match.Index <= at && at < match.Index + match.Length);

    private static IEnumerable<int> Bits(int length) => length <= Small
        ? Enumerable.Range(0, length * 8)
        : Enumerable.Range(0, MostFlips).Select(i => (int)((long)i * ((length * 8) - 1) / (MostFlips - 1)));

    // One blob is damaged, and the others were seen to be sound: to read them again each time would tell nothing.
    private bool IsFound(string hex)
    {
        var digest = Digest.Parse("sha256:" + hex);
        var verifier = new StoreVerifier(Store, new CopyOptions { ThrottleLimit = 1 }) { IsWanted = digest.Equals };
        return verifier.VerifyStore().Flaws.Any(flaw => flaw.IsError && flaw.Digest == digest);
    }
}
