using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>An answer whose headers are here and whose body is still to be read.</summary>
internal sealed class RegistryResponse(
    RegistryHost host, RegistryRequest request, HttpResponseMessage message, Uri address, IdleTimeout idle) : IDisposable
{
    /// <summary>The registry for whose sake it was asked for.</summary>
    public RegistryHost Host { get; } = host;

    public RegistryRequest Request { get; } = request;

    public HttpResponseMessage Message { get; } = message;

    /// <summary>Where the answer came from, redirects followed.</summary>
    public Uri Address { get; } = address;

    public int Status => (int)Message.StatusCode;

    /// <summary>Length of the body as promised; null where it is not said.</summary>
    public long? Length => Message.Content?.Headers.ContentLength;

    /// <summary>Whether the body is said to be compressed on its way, so that its length is not that of what it stands for.</summary>
    public bool IsPacked => Message.Content?.Headers.ContentEncoding.Any(coding => !coding.Equals("identity", StringComparison.OrdinalIgnoreCase)) == true;

    /// <summary>The first value of a header of the answer; null if it is not there.</summary>
    public string? Header(string name) => Headers(name).FirstOrDefault();

    public IEnumerable<string> Headers(string name) =>
        Message.Headers.TryGetValues(name, out var values) ? values : [];

    /// <summary>The media type without parameters, in lower case; null where it is not said.</summary>
    public string? MediaType
    {
        get
        {
            // As text: a type that .NET cannot read is none.
            if (Message.Content is null || !Message.Content.Headers.TryGetValues("Content-Type", out var values))
            {
                return null;
            }

            var type = values.First().Split(';')[0].Trim().ToLowerInvariant();
            return type.Length == 0 ? null : type;
        }
    }

    /// <summary>The body, read with the timeout; its errors are typed.</summary>
    public async Task<RegistryBody> OpenBodyAsync()
    {
        try
        {
            return new RegistryBody(this, await Message.Content.ReadAsStreamAsync().ConfigureAwait(false), idle);
        }
        catch (Exception e) when (RegistryErrors.OfConnection(e, Host, Request.What, Address, idle) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Reads a small body whole; one that was compressed on its way, though nobody asked for that, as it was before.</summary>
    /// <exception cref="ContainerImageException">ContentTooLarge; RegistryProtocol; RegistryTimeout; RegistryUnreachable.</exception>
    public async Task<byte[]> ReadBytesAsync(int limit)
    {
        using var body = await OpenBodyAsync().ConfigureAwait(false);
        var bytes = await ReadAllAsync(body, limit).ConfigureAwait(false);

        // Some say so and do not do it.
        if (!IsPacked || CompressionFormat.Detect(bytes) != Compression.Gzip)
        {
            return bytes;
        }

        try
        {
            using var plain = new DecodedStream(new MemoryStream(bytes, writable: false), Compression.Gzip, $"The answer of {Address.Authority}");
            return await ReadAllAsync(plain, limit).ConfigureAwait(false);
        }
        catch (ContainerImageException e) when (e.Error == ImageError.InvalidArchive)
        {
            throw RegistryErrors.Protocol(this, $"it is said to be in gzip, and is no valid stream of it ({e.InnerException!.Message.TrimEnd('.')})");
        }
    }

    private async Task<byte[]> ReadAllAsync(Stream body, int limit)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await body.ReadAsync(buffer, 0, buffer.Length).ConfigureAwait(false)) > 0)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > limit)
            {
                throw new RegistryException(
                    ImageError.ContentTooLarge, $"{Request.What} failed: the answer has more than {limit} bytes, which are the limit.");
            }
        }

        return bytes.ToArray();
    }

    public void Dispose()
    {
        Message.Dispose();
        idle.Dispose();
    }
}
