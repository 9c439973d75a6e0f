using System;
using System.Linq;
using System.Threading;
using ContainerImages.Engine.Tests.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>What expands without end, or asks for memory without end, costs no more than the limits say.</summary>
[Collection(Alone.Name)]
public class BombTests
{
    /// <summary>
    /// More than the largest window of zstd and dictionary of xz together with all else; each bomb would take more by far, or
    /// for ever.
    /// </summary>
    private const long MostMemory = 400L * 1024 * 1024;

    private const long Allocations = 160L * 1024 * 1024;

    public static TheoryData<string> Names => [.. BombCases.All().Select(bomb => bomb.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_bomb_is_stopped_in_bounded_memory(string name)
    {
        var bomb = BombCases.All().Single(one => one.Name == name);
        var input = bomb.Make();
        using var bench = new HostileBench(Allocations);
        GC.Collect();
        var (before, most) = (Environment.WorkingSet, 0L);
        using (new Timer(_ => most = Math.Max(most, Environment.WorkingSet), null, 0, 10))
        {
            foreach (var isStream in new[] { false, true })
            {
                bench.Try(bomb with { Make = () => input }, isStream);
            }
        }

        Assert.InRange(most - before, long.MinValue, MostMemory);
    }
}
