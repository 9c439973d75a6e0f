using System;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>A piece of an index that was a descriptor before something broke it: what it still tells.</summary>
internal sealed class BrokenDescriptor
{
    // Digits that may be wrong in a digest: of two digests nearly all are different.
    private const int WrongDigits = 4;

    // Letters that may be wrong in a key.
    private const int WrongLetters = 2;

    private static readonly Regex s_hex = new("[0-9a-f]{64,128}");
    private static readonly Regex s_digest = new("\"(?<digest>.{6}:.{64}|.{6}:.{96}|.{6}:.{128})\"");

    // One of the marks between key and value may be wrong, and none of those around the value: it might be cut short.
    private static readonly Regex s_value = new("\\A.\\s*.\\s*(?<value>\"(?:[^\"\\\\]|\\\\.)*\")(?=\\s*[,}])");

    private readonly string _text;

    public BrokenDescriptor(string text)
    {
        _text = text;
        var name = ValueOf(IndexEntry.NameAnnotation, out var hasName);
        Name = ImageReference.TryParseForTag(name ?? "", out _) ? name : null;
        Leases = ValueOf(StoredLease.Annotation, out var hasLeases);
        IsNameLost = hasName && Name is null;
        AreLeasesLost = hasLeases && StoredLease.Decode(Leases).Count == 0;
    }

    /// <summary>Whether it looks like part of a descriptor at all.</summary>
    public bool IsDescriptor => Name is not null || IsNameLost || s_hex.IsMatch(_text) || s_digest.IsMatch(_text);

    /// <summary>The name; null where there is none, or none that can be read.</summary>
    public string? Name { get; }

    /// <summary>Whether there is a name that cannot be read.</summary>
    public bool IsNameLost { get; }

    /// <summary>Whether there are leases that cannot be read.</summary>
    public bool AreLeasesLost { get; }

    /// <summary>The leases, as they stand in their annotation; null where there are none.</summary>
    public string? Leases { get; }

    /// <summary>The manifest or index here that it is a descriptor of; null if none can be it.</summary>
    public Descriptor? FindRoot(ManifestHunt hunt, CancellationToken cancellation)
    {
        // Our own summary says the digest once more, so that it is seldom lost.
        var exact = s_hex.Matches(_text).Cast<Match>()
            .Select(match => hunt.Find(match.Value, cancellation))
            .FirstOrDefault(document => document is not null);
        return (exact ?? Near(hunt, cancellation))?.ToDescriptor();
    }

    private ManifestDocument? Near(ManifestHunt hunt, CancellationToken cancellation) => s_digest.Matches(_text).Cast<Match>()
        .Select(match => hunt.Nearest(match.Groups["digest"].Value, WrongDigits, cancellation))
        .FirstOrDefault(document => document is not null);

    private string? ValueOf(string key, out bool isThere)
    {
        var at = Enumerable.Range(0, Math.Max(0, _text.Length - key.Length))
            .Where(start => key.Where((c, i) => c != _text[start + i]).Take(WrongLetters + 1).Count() <= WrongLetters)
            .DefaultIfEmpty(-1)
            .First();
        isThere = at >= 0;
        if (!isThere || s_value.Match(_text.Substring(at + key.Length)) is not { Success: true } match)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(match.Groups["value"].Value);
            return document.RootElement.GetString() is { Length: > 0 } value ? value : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
