using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace ContainerImages.Testing;

/// <summary>A request as a test server got it.</summary>
/// <param name="Method">GET, HEAD, …</param>
/// <param name="Target">Path and query.</param>
/// <param name="Headers">By name, ignoring case; several of one name with a comma between them.</param>
/// <param name="Body">The whole body.</param>
public sealed record ServerRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The path alone.</summary>
    public string Path => Target.Split('?')[0];

    /// <summary>A value of the query, decoded; null if it is not there.</summary>
    public string? Query(string name) => Queries(name).FirstOrDefault();

    public IReadOnlyList<string> Queries(string name) => Target.Contains('?') ? Values(Target[(Target.IndexOf('?') + 1)..], name) : [];

    /// <summary>A field of a form in the body; null if it is not there.</summary>
    public string? Form(string name) => Values(Encoding.UTF8.GetString(Body), name).FirstOrDefault();

    /// <summary>A header; null if it is not there.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value : null;

    public override string ToString() => $"{Method} {Target}";

    private static List<string> Values(string text, string name) => text
        .Split('&')
        .Where(part => part.StartsWith(name + "=", StringComparison.Ordinal))
        .Select(part => Uri.UnescapeDataString(part[(name.Length + 1)..].Replace('+', ' ')))
        .ToList();
}

/// <summary>An answer of a test server, and how it goes wrong.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
public sealed record ServerReply(int Status, byte[] Body)
{
    public ServerReply(int status, string text = "")
        : this(status, Encoding.UTF8.GetBytes(text))
    {
    }

    /// <summary>In their order; the length is added.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>What is said beside the status; null for its name.</summary>
    public string? Reason { get; init; }

    /// <summary>The length that is said; null for the body's own.</summary>
    public long? ClaimedLength { get; init; }

    /// <summary>The body goes out in chunks, and nothing says how long it is.</summary>
    public bool IsChunked { get; init; }

    /// <summary>The connection is cut after so many bytes of the body; null for not at all.</summary>
    public int? CutAfter { get; init; }

    /// <summary>The body goes out in pieces of so many bytes; 0 for at once.</summary>
    public int PieceSize { get; init; }

    /// <summary>The connection is cut without any answer.</summary>
    public bool IsDropped { get; init; }

    /// <summary>No answer comes, and the connection stays.</summary>
    public bool IsSilent { get; init; }

    /// <summary>The body stops after <see cref="CutAfter"/> bytes, and the connection stays.</summary>
    public bool IsStuck { get; init; }

    public ServerReply With(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    public ServerReply Without(string name) =>
        this with { Headers = Headers.Where(header => !header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList() };

    public static ServerReply Json(string json, int status = 200) => new ServerReply(status, json).With("Content-Type", "application/json");
}
