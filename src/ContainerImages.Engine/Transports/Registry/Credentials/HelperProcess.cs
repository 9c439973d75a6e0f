using System;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace ContainerImages.Transports;

/// <summary>What a program printed, and how it ended.</summary>
/// <param name="HasEnded">False if it was stopped when its time was up; then the rest says nothing.</param>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error.</param>
internal sealed record HelperResult(bool HasEnded, int ExitCode, byte[] Output, string Error)
{
    /// <summary>Nothing of what it printed.</summary>
    public override string ToString() => HasEnded ? $"ended with {ExitCode}" : "stopped";
}

/// <summary>Runs a small program to its end, with a limit for what it may print and for its time.</summary>
internal static class HelperProcess
{
    private const int MaxOutput = 1024 * 1024;

    /// <exception cref="System.ComponentModel.Win32Exception">It cannot be started.</exception>
    /// <exception cref="OperationCanceledException">The user stopped it.</exception>
    public static HelperResult Run(ProcessStartInfo start, byte[] input, TimeSpan timeout, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var process = Process.Start(start)!;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stop.CancelAfter(timeout);

        // All three at once, or one of the two would wait at a full pipe for the other.
        var output = ReadAsync(process.StandardOutput.BaseStream);
        var error = ReadAsync(process.StandardError.BaseStream);
        var written = WriteAsync(process.StandardInput.BaseStream, input);
        try
        {
            Task.WhenAll(output, error, written).Wait(stop.Token);
            while (!process.WaitForExit(10))
            {
                stop.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            cancellation.ThrowIfCancellationRequested();
            return new HelperResult(false, -1, [], "");
        }

        return new HelperResult(true, process.ExitCode, output.Result, Encoding.UTF8.GetString(error.Result));
    }

    // What is too much is read and dropped: the program must come to its end.
    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[4096];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, 0, buffer.Length).ConfigureAwait(false)) > 0)
            {
                kept.Write(buffer, 0, (int)Math.Min(count, MaxOutput - kept.Length));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It was stopped.
        }

        return kept.ToArray();
    }

    private static async Task WriteAsync(Stream stream, byte[] input)
    {
        try
        {
            await stream.WriteAsync(input, 0, input.Length).ConfigureAwait(false);
            stream.Dispose();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It may end without reading all of it; its exit code says whether that is an error.
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended just now, or is about to.
        }
    }
}
