using System;
using System.Diagnostics;

namespace ContainerImages.Content;

/// <summary>
/// Tells who listens (a collector of traces, a debugger) what the engine does and how long it takes, by .NET's activities:
/// one for each operation, under the source <see cref="SourceName"/>. Where nobody listens nothing is made: each method
/// then gets null and does nothing.
/// </summary>
internal static class Tracing
{
    /// <summary>The name to listen to.</summary>
    public const string SourceName = "ContainerImages";

    public const string Resolve = "resolve";
    public const string Import = "import";
    public const string Save = "save";
    public const string Pull = "pull";
    public const string Push = "push";
    public const string Copy = "copy";
    public const string Remove = "remove";
    public const string Tag = "tag";
    public const string Untag = "untag";
    public const string Optimize = "optimize";
    public const string Verify = "verify";
    public const string Repair = "repair";

    /// <summary>The tag with the number of images that were found, moved or changed.</summary>
    public const string ImagesTag = "image.count";

    /// <summary>
    /// The tag with bytes: those read to be moved (what is there already is not), those given back, or the size of what was
    /// found as far as it is known.
    /// </summary>
    public const string BytesTag = "image.bytes";

    /// <summary>The tag with what the user asked for, where that is one text.</summary>
    public const string ReferenceTag = "image.reference";

    /// <summary>The tag with the store's folder.</summary>
    public const string StoreTag = "store.path";

    /// <summary>The tag with the kind of error, an <see cref="ImageError"/> where it is one.</summary>
    public const string ErrorTag = "error.type";

    private static readonly ActivitySource Source = new(SourceName, typeof(Tracing).Assembly.GetName().Version?.ToString(3));

    /// <summary>Begins an operation, which ends when the activity is disposed; null where nobody listens.</summary>
    /// <param name="operation">One of the constants here.</param>
    /// <param name="store">The folder of the store it works on; null for none.</param>
    public static Activity? Start(string operation, string? store)
    {
        var kind = operation is Pull or Push ? ActivityKind.Client : ActivityKind.Internal;
        var activity = Source.StartActivity(operation, kind);
        return store is null ? activity : activity?.SetTag(StoreTag, store);
    }

    /// <summary>Notes how much was done.</summary>
    /// <param name="activity">The operation, or null.</param>
    /// <param name="images">How many images.</param>
    /// <param name="bytes">How many bytes; null where that is not known.</param>
    public static void Count(this Activity? activity, int images, long? bytes)
    {
        activity?.SetTag(ImagesTag, images);
        if (bytes is { } known)
        {
            activity?.SetTag(BytesTag, known);
        }
    }

    /// <summary>Notes how the operation failed, as the filter of a catch clause: the error goes on as if nobody had looked.</summary>
    /// <returns>Always false.</returns>
    public static bool Fails(this Activity? activity, Exception error)
    {
        activity?.SetStatus(ActivityStatusCode.Error, error.Message);
        activity?.SetTag(ErrorTag, error is ContainerImageException known ? known.Error.ToString() : error.GetType().Name);
        return false;
    }
}
