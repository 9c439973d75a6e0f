using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Fuzz;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>
/// One thread's place to try inputs, one after the other, on a store that has an image already. An input is refused with an
/// error of a documented kind and an unchanged store, or taken whole; and nothing is written but there.
/// </summary>
internal sealed class HostileBench : IDisposable
{
    private const int AllocationsPerByte = 48;

    private const int SavedOfTaken = 4;

    private static readonly string[] _places = ["input", "store", "template", "work"];

    private readonly TempFolder _folder = new();
    private readonly CancellationTokenSource _patience = new();
    private readonly long _allocations;
    private ImageStore _store;
    private readonly IDictionary<string, string> _before;

    public HostileBench(long allocations)
    {
        _allocations = allocations;
        using var template = ImageStore.Open(_folder.Combine("template"));
        template.Import(TestImage.Of("there before", "docker.io/library/before:1"));
        _before = template.Files();
        _store = NewStore();
    }

    /// <summary>How many inputs were taken whole.</summary>
    public int Taken { get; private set; }

    /// <summary>Tries one input.</summary>
    /// <param name="input">The input.</param>
    /// <param name="isStream">Whether an archive comes through a pipe, and not as a file.</param>
    /// <exception cref="Exception">What is wrong with what became of it.</exception>
    public void Try(HostileCase input, bool isStream)
    {
        var (made, path) = (input.Make(), _folder.Combine("input"));
        Write(made, path);
        var options = new CopyOptions { ThrottleLimit = 1, Cancellation = _patience.Token };
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            IReadOnlyList<ContainerImage> images = [];
            var error = Run(() => images = new ImageImport(_store, options).Run(ingest => Open(made, path, isStream, ingest, options), new ImportSelection()));
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            CheckMemory(allocated, made);
            if (error is null)
            {
                Documented.Require(input.Errors.Length == 0, "It was taken, and should have been refused.");
                CheckTaken(images);
            }
            else
            {
                Documented.Check(error, input.Errors.Length == 0 ? ImportErrors.All : input.Errors);
                Documented.Require(
                    error.Message.Contains(path, StringComparison.Ordinal) || error.Error == ImageError.DiskFull, $"The message does not name the input: {error.Message}");
                Documented.Require(_before.SequenceEqual(_store.Files()), "It was refused, and the store has changed.");
            }

            CheckPlaces();
        }
        catch
        {
            // What comes next begins anew.
            Renew();
            throw;
        }
        finally
        {
            Clear(path);
        }
    }

    /// <summary>Stops what is being tried: it is stuck.</summary>
    public void Stop() => _patience.Cancel();

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
        _patience.Dispose();
    }

    private static ContainerImageException? Run(Action import)
    {
        try
        {
            import();
            return null;
        }
        catch (ContainerImageException e)
        {
            return e;
        }
    }

    private static IImageSource Open(HostileInput input, string path, bool isStream, Ingest ingest, CopyOptions options) => isStream && input.Archive is { } bytes
        ? ImageSources.Open(new TarBytes.ForwardStream(bytes), $"'{path}'", ingest, options)
        : ImageSources.Open(path, $"'{path}'", ingest, options);

    private void CheckMemory(long allocated, HostileInput input)
    {
        var limit = _allocations + ((long)AllocationsPerByte * (input.Archive?.Length ?? 0));
        Documented.Require(allocated <= limit, $"{allocated} bytes were allocated, and {limit} may be.");
    }

    private void CheckTaken(IReadOnlyList<ContainerImage> images)
    {
        Taken++;
        StoreCheck.Check(_store);
        foreach (var image in images.Take(3))
        {
            ImageCheck.LookAt(_store, image);
            if (Taken % SavedOfTaken == 0)
            {
                ImageCheck.Save(_store, image, _folder.Combine("work"));
            }
        }

        Renew();
    }

    private void Renew()
    {
        _store.Dispose();
        TempFolder.Delete(_store.Path);
        _store = NewStore();
    }

    private void CheckPlaces() => Documented.Require(
        !Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName).Except(_places).Any(),
        $"Something was written outside of the store: {string.Join(", ", Directory.EnumerateFileSystemEntries(_folder.Path))}");

    private ImageStore NewStore()
    {
        foreach (var name in _before.Keys)
        {
            var path = _folder.Combine("store", name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(_folder.Combine("template", name), path);
        }

        Directory.CreateDirectory(_folder.Combine("store", "ingest"));
        return ImageStore.Open(_folder.Combine("store"), new StoreOptions { System = new FastSystem() });
    }

    private static void Write(HostileInput input, string path)
    {
        if (input.Archive is { } bytes)
        {
            File.WriteAllBytes(path, bytes);
        }
        else
        {
            Directory.CreateDirectory(path);
            input.WriteFolder!(path);
        }
    }

    private void Clear(string path)
    {
        if (Directory.Exists(path))
        {
            TempFolder.Delete(path);
        }

        File.Delete(path);
        File.Delete(_folder.Combine("work"));
    }
}
