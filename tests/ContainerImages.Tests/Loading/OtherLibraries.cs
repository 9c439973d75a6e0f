using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ContainerImages.Tests.Hosting;

namespace ContainerImages.Tests.Loading;

/// <summary>
/// Stands for other modules that have loaded other versions of our libraries first, older ones and later ones. It must come
/// before everything else in the process, so all tests of this assembly run beside it. Empty assemblies of the right names
/// and keys do: whatever took one of them for its own would find nothing in it.
/// </summary>
internal static class OtherLibraries
{
    /// <summary>What is in the default context, where it is met first.</summary>
    public static IReadOnlyDictionary<string, Version> Versions { get; } = new Dictionary<string, Version>
    {
        ["ICSharpCode.SharpZipLib"] = new(0, 0, 0, 1),
        ["ZstdSharp"] = new(99, 0, 0, 0),
    };

    /// <summary>What another module has for itself, since the default context has the runtime's.</summary>
    public static Assembly SystemTextJson { get; private set; } = null!;

    [ModuleInitializer]
    internal static void Load()
    {
        foreach ((string name, Version version) in Versions)
        {
            Load(AssemblyLoadContext.Default, Path.Combine(StagedModule.Folder, "bin", "dependencies", "core", name + ".dll"), version);
        }

        SystemTextJson = Load(
            new AssemblyLoadContext("Another module"), typeof(System.Text.Json.JsonDocument).Assembly.Location, new Version(99, 0, 0, 0));
    }

    private static Assembly Load(AssemblyLoadContext context, string like, Version version)
    {
        var identity = AssemblyName.GetAssemblyName(like);
        identity.Version = version;
        var assembly = new PersistedAssemblyBuilder(identity, typeof(object).Assembly);
        assembly.DefineDynamicModule(identity.Name!);
        using var bytes = new MemoryStream();
        assembly.Save(bytes);
        bytes.Position = 0;
        return context.LoadFromStream(bytes);
    }
}
