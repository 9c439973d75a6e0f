using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;
using Xunit.Abstractions;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>
/// A thousand registries that answer as none should: each pull and each list ends with an error that is documented, or with what is
/// sound, and a pull that fails leaves the store as it was.
/// </summary>
public class HostileRegistryTests(ITestOutputHelper output)
{
    private const int Least = 1000;
    private const int MostTold = 20;

    [Fact]
    public void Every_answer_is_refused_as_documented_or_is_sound()
    {
        var cases = RegistryCases.All().ToList();
        Assert.True(cases.Count >= Least, $"There are {cases.Count} answers only.");
        Assert.Empty(cases.GroupBy(wrong => wrong.Name).Where(named => named.Count() > 1).Select(named => named.Key));
        var flaws = new List<string>();
        using var registry = new HostileRegistry();
        foreach (var wrong in cases.Where(wrong => wrong.Name.Contains(Environment.GetEnvironmentVariable("CONTAINERIMAGES_HOSTILE_CASE") ?? "", StringComparison.Ordinal)))
        {
            try
            {
                registry.Try(wrong);
            }
            catch (Exception e)
            {
                flaws.Add($"{wrong.Name}: {e}");
            }
        }

        output.WriteLine($"{cases.Count} answers, of which {registry.Taken} were taken.");
        Assert.True(flaws.Count == 0, $"{flaws.Count} answers were not taken as they should be:\n{string.Join('\n', flaws.Take(MostTold))}");
    }
}
