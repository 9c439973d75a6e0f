using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using ContainerImages.Copying;
using Xunit;

namespace ContainerImages.Engine.Tests.Copying;

public class ParallelWorkTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Every_item_is_done_once(int threads)
    {
        var done = new ConcurrentBag<int>();

        ParallelWork.Run(Enumerable.Range(0, 100).ToList(), threads, (item, _) => done.Add(item), CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, 100), done.Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_first_error_stops_the_rest_and_is_thrown_as_it_is(int threads)
    {
        var started = 0;

        var error = Assert.Throws<FormatException>(() => ParallelWork.Run(
            Enumerable.Range(0, 1000).ToList(),
            threads,
            (_, token) =>
            {
                if (Interlocked.Increment(ref started) == 3)
                {
                    throw new FormatException("third");
                }

                token.WaitHandle.WaitOne(threads == 1 ? 0 : 5);
            },
            CancellationToken.None));

        Assert.Equal("third", error.Message);
        Assert.InRange(started, 3, 999);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_stop_ends_it(int threads)
    {
        using var stop = new CancellationTokenSource();
        var started = 0;

        Assert.ThrowsAny<OperationCanceledException>(() => ParallelWork.Run(
            Enumerable.Range(0, 1000).ToList(),
            threads,
            (_, _) =>
            {
                if (Interlocked.Increment(ref started) == 5)
                {
                    stop.Cancel();
                }
            },
            stop.Token));

        Assert.InRange(started, 5, 999);
    }
}
