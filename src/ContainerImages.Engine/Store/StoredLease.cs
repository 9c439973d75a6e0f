using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>
/// A mark that an image is in use, as it stands in an annotation of the descriptors of the image's roots: in all of them, so
/// that it outlives names that move or go. It pins an image ID; where it stands is no part of what it says.
/// </summary>
/// <param name="Name">What it is called; case is kept and does not count.</param>
/// <param name="Id">The image's ID.</param>
/// <param name="Created">When it was made, UTC.</param>
/// <param name="Until">From when on it holds nothing, UTC; null for one that has no end.</param>
/// <param name="Comment">A remark; empty where there is none.</param>
internal sealed record StoredLease(string Name, Digest Id, DateTimeOffset Created, DateTimeOffset? Until, string Comment)
{
    /// <summary>
    /// The annotation. Its value is a JSON list of objects with <c>name</c>, <c>id</c> (the hex digits of a SHA-256, else with
    /// the algorithm before them), <c>created</c>, and where there are any <c>until</c> and <c>comment</c>.
    /// </summary>
    public const string Annotation = "containerimages.leases";

    private static readonly Regex s_name = new(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant);

    /// <summary>Whether it holds its image at a moment.</summary>
    public bool IsLive(DateTimeOffset now) => Until is null || now < Until;

    /// <summary>Two leases with one key are one lease, of whatever dates.</summary>
    public (string, Digest) Key => (Name.ToUpperInvariant(), Id);

    public bool HasName(string name) => string.Equals(Name, name, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="ContainerImageException">InvalidLeaseName.</exception>
    public static void CheckName(string name)
    {
        if (!s_name.IsMatch(name))
        {
            throw new ContainerImageException(
                ImageError.InvalidLeaseName,
                $"{QuotedText.Quote(name)} is no name for a lease: it has 1 to 64 letters, digits, '.', '_' and '-', and begins with a letter or digit.");
        }
    }

    /// <summary>The value of the annotation; null for no leases.</summary>
    public static string? Encode(IReadOnlyList<StoredLease> leases)
    {
        if (leases.Count == 0)
        {
            return null;
        }

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StoreJson.Options))
        {
            json.WriteStartArray();
            foreach (var lease in leases)
            {
                json.WriteStartObject();
                json.WriteString("name", lease.Name);
                json.WriteString("id", lease.Id.Algorithm == Digest.Sha256 ? lease.Id.Hex : lease.Id.ToString());
                json.WriteString("created", Rfc3339.Format(lease.Created));
                if (lease.Until is { } until)
                {
                    json.WriteString("until", Rfc3339.Format(until));
                }

                if (lease.Comment.Length > 0)
                {
                    json.WriteString("comment", lease.Comment);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>The leases of a value; what in it is none, or of an unknown form, counts as absent.</summary>
    public static IReadOnlyList<StoredLease> Decode(string? text)
    {
        if (text is null)
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Array
                ? document.RootElement.EnumerateArray().Select(DecodeOne).OfType<StoredLease>().ToList()
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Whether a value is a list of leases, all of which can be read.</summary>
    public static bool IsWhole(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Array &&
                document.RootElement.EnumerateArray().All(element => DecodeOne(element) is not null);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The leases of several values, each once: of two copies the one that holds longer.</summary>
    public static IReadOnlyList<StoredLease> Union(IEnumerable<StoredLease> leases) => leases
        .GroupBy(lease => lease.Key)
        .Select(copies => copies.OrderByDescending(lease => lease.Until ?? DateTimeOffset.MaxValue).First())
        .ToList();

    private static StoredLease? DecodeOne(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object ||
            Text(element, "name") is not { } name || !s_name.IsMatch(name) ||
            Text(element, "id") is not { } id || !Digest.TryParse(id.IndexOf(':') < 0 ? "sha256:" + id : id, out var digest) ||
            Text(element, "created") is not { } created || !Rfc3339.TryParse(created, out var made))
        {
            return null;
        }

        DateTimeOffset? end = null;
        if (Text(element, "until") is { } until)
        {
            if (!Rfc3339.TryParse(until, out var date))
            {
                return null;
            }

            end = date;
        }

        return new StoredLease(name, digest, made, end, Text(element, "comment") ?? "");
    }

    private static string? Text(JsonElement element, string property) =>
        element.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
