using System;
using System.IO;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ContainerImages.Tests.Hosting;

namespace ContainerImages.Tests.Loading;

/// <summary>
/// Stands for another module that has loaded older versions of our libraries first. It must come before everything else in
/// the process, so all tests of this assembly run beside it; empty assemblies of the right names and keys do.
/// </summary>
internal static class OlderLibraries
{
    public static Version Version { get; } = new(0, 0, 0, 1);

    public static string[] Names { get; } = ["ICSharpCode.SharpZipLib", "ZstdSharp"];

    [ModuleInitializer]
    internal static void Load()
    {
        foreach (string name in Names)
        {
            var identity = AssemblyName.GetAssemblyName(Path.Combine(StagedModule.Folder, "bin", "dependencies", "core", name + ".dll"));
            identity.Version = Version;
            var assembly = new PersistedAssemblyBuilder(identity, typeof(object).Assembly);
            assembly.DefineDynamicModule(name);
            using var bytes = new MemoryStream();
            assembly.Save(bytes);
            bytes.Position = 0;
            AssemblyLoadContext.Default.LoadFromStream(bytes);
        }
    }
}
