using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>The places where an image was looked for, and why it was not had there.</summary>
internal sealed class PullFailures(string text)
{
    private readonly List<(string Place, ContainerImageException Error)> _failures = [];

    /// <summary>Whether another place may do better.</summary>
    public static bool IsWorthAnother(ContainerImageException e) => e.Error is
        ImageError.RemoteImageNotFound or ImageError.RegistryUnauthorized or ImageError.RegistryDenied or ImageError.RegistryUnreachable or
        ImageError.RegistryTimeout or ImageError.RegistryThrottled or ImageError.RegistryCertificate or ImageError.RegistryProtocol or
        ImageError.RegistryBlocked or ImageError.ContentMismatch or ImageError.ContentTooLarge or ImageError.UnsupportedContent;

    public void Add(string place, ContainerImageException error) => _failures.Add((place, error));

    /// <summary>
    /// One error for all: where there was one place, its own; else one that lists them all, of the kind that they share, or of
    /// the first that says more than that nothing is there.
    /// </summary>
    public ContainerImageException ToError()
    {
        if (_failures.Count == 1)
        {
            return _failures[0].Error;
        }

        var telling = _failures.Select(failure => failure.Error).FirstOrDefault(error => error.Error != ImageError.RemoteImageNotFound)
            ?? _failures[0].Error;
        var list = _failures.Select(failure => $"{failure.Place}: {failure.Error.Message}").ToList();
        return new ContainerImageException(
            telling.Error, $"'{text}' was had from none of {list.Count} places. {string.Join(" ", list)}", telling)
        { Candidates = list };
    }
}
