using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>The body of an answer: each wait for bytes is limited, and what goes wrong is a typed error.</summary>
internal sealed class RegistryBody : ReadOnlyStream
{
    private readonly RegistryResponse _response;
    private readonly Stream _stream;
    private readonly IdleTimeout _idle;
    private readonly CancellationTokenRegistration _abort;

    public RegistryBody(RegistryResponse response, Stream stream, IdleTimeout idle)
    {
        _response = response;
        _stream = stream;
        _idle = idle;

        // .NET Framework's stream does not look at a token while it waits.
        _abort = idle.Token.Register(static message => ((IDisposable)message!).Dispose(), response.Message);
    }

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadSomeAsync(buffer, offset, count).GetAwaiter().GetResult();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadSomeAsync(buffer, offset, count);

    public async Task<int> ReadSomeAsync(byte[] buffer, int offset, int count)
    {
        _idle.Start();
        try
        {
            return await _stream.ReadAsync(buffer, offset, count, _idle.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (RegistryErrors.OfConnection(e, _response.Host, _response.Request.What, _response.Address, _idle) is { } error)
        {
            throw error;
        }
        finally
        {
            _idle.Pause();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _abort.Dispose();
            _stream.Dispose();
        }

        base.Dispose(disposing);
    }
}
