using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Loading;

/// <summary>Each assembly that ours need, and that those need, is shipped or is the host's.</summary>
public sealed class ShippedAssembliesTests
{
    private const int OldestRuntime = 8;

    // Of .NET Framework 4.7.2, as far as anything here asks for it.
    private static readonly Dictionary<string, Version> Framework = new()
    {
        ["mscorlib"] = new(4, 0, 0, 0),
        ["netstandard"] = new(2, 0, 0, 0),
        ["System"] = new(4, 0, 0, 0),
        ["System.Core"] = new(4, 0, 0, 0),
        ["System.Numerics"] = new(4, 0, 0, 0),
    };

    private static readonly string Bin = Path.Combine(StagedModule.Folder, "bin");

    [Fact]
    public void Windows_PowerShell_gets_all_that_is_not_in_the_framework()
    {
        Dictionary<string, Version> there = Shipped("desktop");
        foreach (var (name, version) in Framework)
        {
            there.Add(name, version);
        }

        Assert.DoesNotContain(References("desktop"), r => !there.TryGetValue(r.Name, out Version? version) || version < r.Version);
    }

    [Fact]
    public void PowerShell_7_gets_all_that_is_not_in_dotnet_8()
    {
        Dictionary<string, Version> there = Shipped("core");
        string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

        Assert.DoesNotContain(References("core"), r => there.TryGetValue(r.Name, out Version? version)
            ? version < r.Version
            : r.Version.Major > OldestRuntime || !File.Exists(Path.Combine(runtime, r.Name + ".dll")));
    }

    private static Dictionary<string, Version> Shipped(string folder) => Files(folder)
        .Select(file => Read(file, metadata => metadata.GetAssemblyDefinition().GetAssemblyName()))
        .ToDictionary(name => name.Name!, name => name.Version!);

    private static IEnumerable<Reference> References(string folder) => Files(folder)
        .SelectMany(file => Read(file, metadata => metadata.AssemblyReferences
            .Select(handle => metadata.GetAssemblyReference(handle))
            .Select(reference => new Reference(Path.GetFileName(file), metadata.GetString(reference.Name), reference.Version))
            .ToList()))
        .Where(reference => reference.Name != "System.Management.Automation");

    private static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(Bin, "*.dll").Concat(Directory.GetFiles(Path.Combine(Bin, "dependencies", folder), "*.dll"));

    private static T Read<T>(string file, Func<MetadataReader, T> read)
    {
        using PEReader reader = new(File.OpenRead(file));
        return read(reader.GetMetadataReader());
    }

    private sealed record Reference(string From, string Name, Version Version);
}
