using System;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>An error of a registry, with what is needed to act on it.</summary>
internal sealed class RegistryException : ContainerImageException
{
    public RegistryException(ImageError error, string message, Exception? inner = null)
        : base(error, message, inner)
    {
    }

    /// <summary>The HTTP status; null where there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>The registry's own code, such as <c>MANIFEST_UNKNOWN</c>; empty where it gave none.</summary>
    public string Code { get; init; } = "";

    /// <summary>Whether the same request may succeed later; not any more once it was repeated in vain.</summary>
    public bool IsTransient { get; set; }

    /// <summary>Whether there was no connection at all, so that trying another address makes sense and waiting does not.</summary>
    public bool IsRefused { get; init; }

    /// <summary>How long the registry asks to be left alone; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
