using System;
using System.Linq;
using System.Text.RegularExpressions;
using ContainerImages.Tests.Cmdlets;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Help;

/// <summary>Every example of every page does what it says, without an error.</summary>
[Collection(ProcessState.Name)]
public sealed partial class ExampleTests(ExampleRegistry registry) : IClassFixture<ExampleRegistry>
{
    public static TheoryData<string, int> All()
    {
        TheoryData<string, int> all = [];
        foreach (HelpPage page in HelpFolder.Pages)
        {
            for (int i = 0; i < page.Examples.Count; i++)
            {
                all.Add(page.Name, i + 1);
            }
        }

        return all;
    }

    [SkippableTheory]
    [MemberData(nameof(All))]
    public void It_runs(string page, int number)
    {
        HelpExample example = HelpFolder.Pages.Single(candidate => candidate.Name == page).Examples[number - 1];
        Assert.Contains(page, example.Code, StringComparison.Ordinal);

        using ExampleSession session = new(Remote().IsMatch(example.Code) ? registry.Address : null);

        session.Run(example.Code).ShouldSucceed();
    }

    // Those that only speak of a registry need none.
    [GeneratedRegex("(Request|Publish|Copy|Find)-ContainerImage|ContainerRegistry|-From registry")]
    private static partial Regex Remote();
}

/// <summary>The registry of the examples; there when it is first asked for.</summary>
public sealed class ExampleRegistry : IDisposable
{
    private static readonly string[] _tags = ["1", "1.0", "1.1"];

    private RegistryFixture? _fixture;

    /// <summary>Skips the test where there is no registry.</summary>
    public string Address => (_fixture ??= Start()).Registry.Address;

    public void Dispose() => _fixture?.Dispose();

    private static RegistryFixture Start()
    {
        RegistryFixture fixture = new();
        fixture.Push("library/alpine", "3.20", ExampleSession.Alpine);
        fixture.Push("team/web", "1", ExampleSession.Web);
        foreach (string tag in _tags)
        {
            fixture.Push("team/app", tag, ExampleSession.Web);
        }

        fixture.Push("team/app", "2", ExampleSession.App2);
        return fixture;
    }
}
