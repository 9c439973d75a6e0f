using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;

namespace ContainerImages.Tests.Loading;

/// <summary>The module's assemblies as a session has loaded them; the tests are not compiled against them.</summary>
internal static class ModuleAssemblies
{
    public static Assembly Cmdlets => Loaded("ContainerImages");

    public static Assembly Engine => Loaded("ContainerImages.Engine");

    /// <summary>Has the engine unpack something, for which it needs the library of that format.</summary>
    public static string Decode(string compression, byte[] bytes)
    {
        Type kind = Engine.GetType("ContainerImages.Content.Compression", throwOnError: true)!;
        Type type = Engine.GetType("ContainerImages.Content.DecodedStream", throwOnError: true)!;
        ConstructorInfo constructor = type.GetConstructors().Single();
        object[] given = [new MemoryStream(bytes), Enum.Parse(kind, compression), "sample"];
        using var stream = (Stream)constructor.Invoke(
            [.. given, .. constructor.GetParameters().Skip(given.Length).Select(parameter => parameter.DefaultValue)]);
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Why the module does not load on a version of .NET; null where it does.</summary>
    public static string? Refusal(bool isDotNetFramework, string runtime) =>
        (string?)Cmdlets.GetType("ContainerImages.Internal.HostRequirement", throwOnError: true)!
            .GetMethod("Refusal")!.Invoke(null, [isDotNetFramework, Version.Parse(runtime)]);

    private static Assembly Loaded(string name) => AssemblyLoadContext.Default.Assemblies.Single(a => a.GetName().Name == name);
}
