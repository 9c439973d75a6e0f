using System;
using System.Globalization;
using System.Linq;
using System.Reflection;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>Every limit lets through what just reaches it, and refuses one more with an error that names the limit.</summary>
[Collection(Alone.Name)]
public class LimitTests
{
    /// <summary>Of a file of the user's own, which is tested where that is read.</summary>
    private const string Elsewhere = nameof(Limits.ConfigurationFile);

    public static TheoryData<string, int> Cases
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var (limit, i) in LimitCase.All().Select((limit, i) => (limit, i)))
            {
                data.Add(limit.Limit, i);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_reaches_a_limit_is_let_through_and_one_more_is_refused(string limit, int number)
    {
        var tried = LimitCase.All().ElementAt(number);
        Assert.Equal(limit, tried.Limit);
        var value = Convert.ToString(tried.Value, CultureInfo.InvariantCulture)!;

        var within = Record.Exception(() => tried.Try(tried.Most));
        Assert.True(within is null || (within is ContainerImageException && !within.Message.Contains(value, StringComparison.Ordinal)), $"{tried.Most}: {within}");

        var beyond = Assert.Throws<ContainerImageException>(() => tried.Try(tried.Most + 1));
        Assert.True(beyond.Error == tried.Error, beyond.ToString());
        Assert.Contains(value, beyond.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_limit_is_tried() => Assert.Empty(
        new[] { typeof(Limits), typeof(TarLimits) }
            .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
            .Select(field => field.Name)
            .Except(LimitCase.All().Select(tried => tried.Limit))
            .Except([Elsewhere]));
}
