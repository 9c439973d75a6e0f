using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Net.Http;
using System.Security.Cryptography;
using System.Threading.Tasks;
using ContainerImages.Testing;

namespace ContainerImages.Benchmarks.Running;

/// <summary>The least work that a job can be, done by nothing but the system and one core.</summary>
internal static class Floors
{
    private const int BufferBytes = 1 << 20;

    // As many as Publish-ContainerImage sends.
    private const int AtOnce = 4;

    /// <summary>What <c>cp</c> does.</summary>
    public static double Copy(string source, string target) => Clock.SettledSeconds(() => File.Copy(source, target));

    /// <summary>What a command of the system takes whose output goes nowhere; null if this machine lacks it.</summary>
    public static Func<double>? Command(string command, Func<IEnumerable<string>> arguments) => PeerTools.Find(command) is not { } path ? null : () =>
    {
        string[] all = ["-c", "exec \"$@\" > /dev/null", "sh", path, .. arguments()];
        return Clock.SettledSeconds(() => Tool.Run("/bin/sh", all));
    };

    /// <summary>A copy that is on disk at its end.</summary>
    public static double DurableCopy(string source, string target) => Clock.SettledSeconds(() =>
    {
        File.Copy(source, target);
        using var file = new FileStream(target, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    });

    /// <summary>The hashing alone: reading is the copy's part.</summary>
    public static double Sha256(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var buffer = new byte[BufferBytes];
        var watch = new Stopwatch();
        while (file.Read(buffer) is > 0 and var count)
        {
            watch.Start();
            hash.AppendData(buffer, 0, count);
            watch.Stop();
        }

        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>What a registry itself takes to be given blobs, several at once: they are sent as they are, and nothing is checked.</summary>
    public static double Put(Uri registry, string repository, IEnumerable<string> blobs) => Clock.SettledSeconds(() =>
    {
        using var client = new HttpClient();
        Parallel.ForEach(blobs, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, blob =>
        {
            using var begun = client.Send(new HttpRequestMessage(HttpMethod.Post, new Uri(registry, $"v2/{repository}/blobs/uploads/")));
            var address = new Uri($"{new Uri(registry, begun.EnsureSuccessStatusCode().Headers.Location!)}&digest=sha256:{Path.GetFileName(blob)}");
            using var put = new HttpRequestMessage(HttpMethod.Put, address) { Content = new StreamContent(File.OpenRead(blob), BufferBytes) };
            client.Send(put).EnsureSuccessStatusCode();
        });
    });

    /// <summary>Decompression to nowhere, one file after the other.</summary>
    public static double Inflate(IEnumerable<string> paths) => Clock.Seconds(() =>
    {
        var buffer = new byte[BufferBytes];
        foreach (var path in paths)
        {
            using var file = File.OpenRead(path);
            using var gzip = new GZipStream(file, CompressionMode.Decompress);
            while (gzip.Read(buffer) > 0)
            {
            }
        }
    });
}
