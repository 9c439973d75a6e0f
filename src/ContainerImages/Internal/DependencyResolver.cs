using System;
using System.IO;
using System.Reflection;

namespace ContainerImages.Internal;

/// <summary>
/// Finds what our assemblies need, in <c>bin/dependencies/</c>. Only requests of our assemblies and of those libraries are
/// answered, so no other module gets them; on .NET they are loaded into a context of their own, beside whatever versions
/// other modules have loaded, older or later.
/// </summary>
/// <remarks>
/// On .NET Framework there is one context for all: an assembly of the same name and version that another module has loaded
/// is taken, and one of another version is loaded beside it.
/// </remarks>
internal static class DependencyResolver
{
    /// <summary>The name of the context, as debuggers show it.</summary>
    private const string ContextName = "ContainerImages";

    private static readonly object Gate = new();
    private static readonly string Bin = Path.GetDirectoryName(typeof(DependencyResolver).Assembly.Location)! + Path.DirectorySeparatorChar;
    private static readonly string Folder = Path.Combine(Bin, "dependencies", HostRequirement.IsDotNetFramework ? "desktop" : "core");
    private static readonly Lazy<Func<string, Assembly>> Load = new(CreateLoad);

    // Import and removal are a session's, the event is the process's, where several sessions may run.
    private static int _imports;

    public static void Subscribe()
    {
        lock (Gate)
        {
            if (_imports++ == 0)
            {
                AppDomain.CurrentDomain.AssemblyResolve += Resolve;
            }
        }
    }

    public static void Unsubscribe()
    {
        lock (Gate)
        {
            if (_imports > 0 && --_imports == 0)
            {
                AppDomain.CurrentDomain.AssemblyResolve -= Resolve;
            }
        }
    }

    // By simple name: .NET Framework has no binding redirects here, and the libraries ask for older versions of each other.
    private static Assembly? Resolve(object? sender, ResolveEventArgs request)
    {
        if (!IsOurs(request.RequestingAssembly))
        {
            return null;
        }

        var file = Path.Combine(Folder, new AssemblyName(request.Name).Name + ".dll");
        return File.Exists(file) ? Load.Value(file) : null;
    }

    private static bool IsOurs(Assembly? assembly) =>
        assembly is { IsDynamic: false } && assembly.Location.StartsWith(Bin, StringComparison.OrdinalIgnoreCase);

    // AssemblyLoadContext is not in .NET Standard 2.0.
    private static Func<string, Assembly> CreateLoad()
    {
        if (HostRequirement.IsDotNetFramework)
        {
            return Assembly.LoadFrom;
        }

        var type = Type.GetType("System.Runtime.Loader.AssemblyLoadContext, System.Runtime.Loader", throwOnError: true)!;
        var context = Activator.CreateInstance(type, ContextName, false);
        var method = type.GetMethod("LoadFromAssemblyPath", [typeof(string)])!;
        var load = (Func<string, Assembly>)method.CreateDelegate(typeof(Func<string, Assembly>), context);

        // All at once: what is in the context is found before what is in the default one, and what is not, after.
        foreach (var file in Directory.GetFiles(Folder, "*.dll"))
        {
            load(file);
        }

        return load;
    }
}
