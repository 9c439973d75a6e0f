using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using ContainerImages.Tests.Cmdlets;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Loading;

[Collection(ProcessState.Name)]
public sealed class DependencyLoadingTests
{
    // "hello" in each format.
    [Theory]
    [InlineData("Bzip2", "ICSharpCode.SharpZipLib", "QlpoOTFBWSZTWRkxZT0AAACBAAJEoAAhmmgzTQczi7kinChIDJiynoA=")]
    [InlineData("Xz", "SharpCompress", "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQAEaGVsbG8AAAAAsTe52+XaHpsAAR0FuC2Arx+2830BAAAAAARZWg==")]
    [InlineData("Zstd", "ZstdSharp", "KLUv/SAFKQAAaGVsbG8=")]
    public void Libraries_load_from_their_folder_into_a_context_of_their_own(string compression, string library, string bytes)
    {
        using ScriptSession session = new();

        Assert.Equal("hello", ModuleAssemblies.Decode(compression, Convert.FromBase64String(bytes)));

        Assembly loaded = AssemblyLoadContext.All.Single(c => c.Name == "ContainerImages").Assemblies.Single(a => a.GetName().Name == library);
        Assert.Equal(Path.Combine(StagedModule.Folder, "bin", "dependencies", "core", library + ".dll"), loaded.Location);
    }

    [Fact]
    public void The_default_context_has_ours_and_what_others_loaded_and_no_library_of_ours()
    {
        using ScriptSession session = new();

        Assert.StartsWith(StagedModule.Folder, ModuleAssemblies.Cmdlets.Location, StringComparison.Ordinal);
        Assert.StartsWith(StagedModule.Folder, ModuleAssemblies.Engine.Location, StringComparison.Ordinal);
        Assert.Equal(
            OtherLibraries.Versions.Select(library => $"{library.Key} {library.Value}").Order(),
            AssemblyLoadContext.Default.Assemblies.Select(a => a.GetName())
                .Where(name => OtherLibraries.Versions.ContainsKey(name.Name!)).Select(name => $"{name.Name} {name.Version}").Order());
        Assert.DoesNotContain(
            AssemblyLoadContext.Default.Assemblies, a => !a.IsDynamic && a.Location.Contains("dependencies", StringComparison.Ordinal));
    }

    [Fact]
    public void Activities_are_the_hosts_so_that_its_listeners_hear_of_them()
    {
        using StoreSession session = new();
        List<string> heard = [];
        using ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == "ContainerImages",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (Equals(activity.GetTagItem("store.path"), session.Store))
                {
                    lock (heard)
                    {
                        heard.Add($"{activity.OperationName} {activity.GetTagItem("image.count")} {activity.GetTagItem("image.reference")}".TrimEnd());
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        session.Run("Import-ContainerImage $sample | Add-ImageTag -Tag a/b:1; Get-ContainerImage a/b:1").ShouldSucceed();

        Assert.Equal(["import 1", "resolve 1 localhost/greeting:latest", "tag 1", "resolve 1 a/b:1"], heard);
    }

    [Fact]
    public void Requests_of_others_are_not_answered()
    {
        using ScriptSession session = new();

        Assert.Throws<FileNotFoundException>(() => Assembly.Load("SharpCompress"));
    }

    [Fact]
    public void Removal_undoes_one_import_and_a_second_import_works()
    {
        int before = Imports();
        using ScriptSession session = new(import: false);
        session.Set("manifest", StagedModule.Manifest);

        session.Run("Import-Module $manifest; Import-Module $manifest -Force").ShouldSucceed();
        Assert.Equal(before + 1, Imports());
        session.Run("Remove-Module ContainerImages").ShouldSucceed();
        Assert.Equal(before, Imports());
        session.Run("Import-Module $manifest").ShouldSucceed();
        Assert.Equal(before + 1, Imports());
        Assert.Equal("hello", ModuleAssemblies.Decode("Zstd", Convert.FromBase64String("KLUv/SAFKQAAaGVsbG8=")));
    }

    [Theory]
    [InlineData(false, "3.1.32", true)]
    [InlineData(false, "7.0.20", true)]
    [InlineData(false, "8.0.0", false)]
    [InlineData(false, "10.0.1", false)]
    [InlineData(true, "4.0.30319", false)]
    public void Hosts_that_are_too_old_are_refused_in_words(bool isDotNetFramework, string runtime, bool refused)
    {
        using ScriptSession session = new();

        string? refusal = ModuleAssemblies.Refusal(isDotNetFramework, runtime);

        Assert.Equal(refused, refusal?.Contains("needs PowerShell 7.4 or later", StringComparison.Ordinal) == true);
        Assert.Equal(refused, refusal is not null);
    }

    // Of the whole process: sessions of other tests that ended without Remove-Module may count too.
    private static int Imports()
    {
        using ScriptSession session = new();
        session.Run("Remove-Module ContainerImages").ShouldSucceed();
        return (int)ModuleAssemblies.Cmdlets.GetType("ContainerImages.Internal.DependencyResolver", throwOnError: true)!
            .GetField("_imports", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;
    }
}
