using System;
using System.Collections;
using ContainerImages.Engine.Tests.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>Dates that scripts give, in a time zone in which not every one of them can be told.</summary>
[Collection(Alone.Name)]
public sealed class GivenDatesTests : IDisposable
{
    private const string Variable = "TZ";

    private readonly string? _zone = Environment.GetEnvironmentVariable(Variable);

    public GivenDatesTests() => SetZone("Asia/Tokyo");

    public void Dispose() => SetZone(_zone);

    [SkippableFact]
    public void A_date_without_a_zone_is_meant_here_and_one_that_is_none_is_refused()
    {
        Skip.IfNot(TimeZoneInfo.Local.BaseUtcOffset == TimeSpan.FromHours(9), "The system takes no time zone from a variable.");

        Assert.Equal(
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(9)), Made(new DateTime(2026, 1, 2, 3, 4, 5)).Created);
        Assert.Equal(TimeSpan.Zero, Made(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)).Created!.Value.Offset);
        Assert.Equal("ContainerImage: 'Created' must be a date.", Assert.Throws<ArgumentException>(() => Made(DateTime.MinValue)).Message);
    }

    private static ContainerImage Made(DateTime created) => new(new Hashtable { ["Id"] = new string('a', 64), ["Created"] = created });

    private static void SetZone(string? zone)
    {
        Environment.SetEnvironmentVariable(Variable, zone);
        TimeZoneInfo.ClearCachedData();
    }
}
