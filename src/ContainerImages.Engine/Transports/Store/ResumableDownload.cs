using System;
using System.IO;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// Brings a blob into an ingest from a source that is dear to read: what an earlier copy had of it is read again from the disk
/// and not asked for, and what this one has is kept if it is cut off. All bytes are hashed, whenever they came. Bytes that came
/// in pieces and do not fit together are thrown away, and the blob is begun anew, once.
/// </summary>
internal sealed class ResumableDownload(ImageStore store, Ingest ingest, Action<string>? verbose)
{
    /// <summary>Brings it in; whether it is what was promised is for the caller to see.</summary>
    public IngestedBlob Take(SourceLayer layer, SourceBlob blob, IProgress<long>? progress, CancellationToken cancellation)
    {
        var promised = layer.Descriptor!;
        using var partial = PartialDownload.TryOpen(store, promised, cancellation);
        if (partial is null)
        {
            verbose?.Invoke($"{layer.Name} is being downloaded by another process too.");
            return TakeAlone(layer, blob, progress, cancellation);
        }

        try
        {
            for (var isFirst = true; ; isFirst = false)
            {
                if (partial.Length > 0)
                {
                    verbose?.Invoke($"{layer.Name} is continued after {partial.Length} of {promised.Size} bytes.");
                }

                var (copied, isResumed) = Copy(layer, partial, blob.OpenAt!, progress, cancellation);
                if (IsPromised(copied, promised))
                {
                    IngestedBlob? ingested = null;
                    partial.Finish(path => ingested = ingest.Adopt(path, copied));
                    return ingested!;
                }

                if (!isFirst || !isResumed)
                {
                    // Not worth keeping; the message is the caller's.
                    partial.Discard();
                    return new IngestedBlob(partial.Path, copied);
                }

                verbose?.Invoke($"{layer.Name} came in pieces that do not fit together, and is downloaded anew.");
                progress?.Report(-copied.Size);
                partial.Restart();
            }
        }
        catch (Exception e) when (!IsCutOff(e))
        {
            partial.Discard();
            throw;
        }
    }

    private IngestedBlob TakeAlone(SourceLayer layer, SourceBlob blob, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var source = blob.OpenAt!(0);
        using var file = ingest.CreateFile(out var path);
        var copied = Copy(layer, source, file, progress, cancellation);
        ingest.Flush(file);
        return IsPromised(copied, layer.Descriptor!) ? ingest.Keep(path, copied) : new IngestedBlob(path, copied);
    }

    private (CopiedBlob Copied, bool IsResumed) Copy(
        SourceLayer layer, PartialDownload partial, Func<long, ResumableStream> openAt, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var source = new ContinuedStream(partial.Path, partial.Length, openAt);
        using var target = new LateStream(partial.File, partial.Length);
        return (Copy(layer, source, target, progress, cancellation), source.IsResumed);
    }

    // Wrong bytes are no valid stream of anything; that they are wrong is the better message, and the digest's to say.
    private CopiedBlob Copy(SourceLayer layer, Stream source, Stream target, IProgress<long>? progress, CancellationToken cancellation)
    {
        var algorithm = layer.Descriptor!.Digest.Algorithm;
        return layer.DiffId is null
            ? BlobCopy.Copy(source, target, layer.Name, inflate: false, algorithm, algorithm, progress: progress, cancellation: cancellation)
            : BlobCopy.CopyAndTry(source, target, algorithm, progress, ingest.Expansion, isCounted: false, cancellation);
    }

    private static bool IsPromised(CopiedBlob copied, Descriptor promised) => copied.Size == promised.Size && copied.Digest == promised.Digest;

    /// <summary>Whether what is there may be gone on with: it was stopped, or the other side failed.</summary>
    private static bool IsCutOff(Exception e) => e is OperationCanceledException ||
        (e is ContainerImageException error && error.Error is ImageError.RegistryUnreachable or ImageError.RegistryTimeout or
            ImageError.RegistryThrottled or ImageError.RegistryProtocol or ImageError.RegistryUnauthorized or ImageError.RegistryDenied);

    /// <summary>The bytes of a file, and then those after them from elsewhere.</summary>
    private sealed class ContinuedStream(string path, long length, Func<long, ResumableStream> openAt) : ReadOnlyStream
    {
        private readonly FileStream _start = StoreSystem.OpenShared(path, FileMode.Open, FileAccess.Read);
        private long _read;
        private ResumableStream? _rest;

        public bool IsResumed => length > 0 || _rest?.IsResumed == true;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_read < length)
            {
                var read = _start.Read(buffer, offset, (int)Math.Min(count, length - _read));
                _read += read > 0 ? read : throw new IOException($"'{path}' has become shorter.");
                return read;
            }

            _rest ??= openAt(length);
            return _rest.Read(buffer, offset, count);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _start.Dispose();
                _rest?.Dispose();
            }

            base.Dispose(disposing);
        }
    }

    /// <summary>A target that has the first bytes already.</summary>
    private sealed class LateStream(Stream target, long skip) : WriteOnlyStream
    {
        private long _skip = skip;

        public override void Write(byte[] buffer, int offset, int count)
        {
            var skipped = (int)Math.Min(_skip, count);
            _skip -= skipped;
            if (count > skipped)
            {
                target.Write(buffer, offset + skipped, count - skipped);
            }
        }

        public override void Flush() => target.Flush();
    }
}
