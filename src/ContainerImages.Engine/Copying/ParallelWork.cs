using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Copying;

/// <summary>Does work on several threads; the first error stops the rest and is thrown as it is.</summary>
internal static class ParallelWork
{
    public static void Run<T>(
        IReadOnlyCollection<T> items, int threads, Action<T, CancellationToken> action, CancellationToken cancellation)
    {
        threads = Math.Min(threads, items.Count);
        if (threads <= 1)
        {
            foreach (var item in items)
            {
                cancellation.ThrowIfCancellationRequested();
                action(item, cancellation);
            }

            return;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var queue = new ConcurrentQueue<T>(items);
        ExceptionDispatchInfo? first = null;
        // Every thread sees the token itself; none may be left running.
        Task.WaitAll(Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(
            Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray(), CancellationToken.None);
        first?.Throw();

        void Work()
        {
            BusyThreads.Add();
            try
            {
                while (!stop.IsCancellationRequested && queue.TryDequeue(out var item))
                {
                    action(item, stop.Token);
                }

                cancellation.ThrowIfCancellationRequested();
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref first, ExceptionDispatchInfo.Capture(e), null);
                stop.Cancel();
            }
            finally
            {
                BusyThreads.Remove();
            }
        }
    }
}
