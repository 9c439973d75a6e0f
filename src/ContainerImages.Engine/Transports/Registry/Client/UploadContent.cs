using System;
using System.Net.Http;
using System.Runtime.ExceptionServices;

namespace ContainerImages.Transports;

/// <summary>A body that is streamed out: each wait for the other side is limited, and errors of the source stay its own.</summary>
internal abstract class UploadContent : HttpContent
{
    private ExceptionDispatchInfo? _sourceError;

    protected UploadContent() => Headers.TryAddWithoutValidation("Content-Type", "application/octet-stream");

    /// <summary>Throws what reading the source threw, if it did: HTTP hides it.</summary>
    public void ThrowSourceError() => _sourceError?.Throw();

    /// <summary>Notes what reading the source threw.</summary>
    protected void SetSourceError(Exception e) => _sourceError = ExceptionDispatchInfo.Capture(e);
}
