using System;
using ContainerImages.Content;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>One broken or malicious input.</summary>
/// <param name="Name">What is wrong with it; the same name is always the same input.</param>
/// <param name="Make">Makes it.</param>
/// <param name="Errors">The kinds of errors of which one must follow; empty where it may be taken, too.</param>
internal sealed record HostileCase(string Name, Func<HostileInput> Make, params ImageError[] Errors)
{
    public static HostileCase OfArchive(string name, Func<byte[]> make, params ImageError[] errors) =>
        new(name, () => new HostileInput(make(), null), errors);

    public static HostileCase OfFolder(string name, Action<string> write, params ImageError[] errors) =>
        new(name, () => new HostileInput(null, write), errors);
}

/// <summary>An archive in memory, or what writes a folder.</summary>
internal sealed record HostileInput(byte[]? Archive, Action<string>? WriteFolder);
