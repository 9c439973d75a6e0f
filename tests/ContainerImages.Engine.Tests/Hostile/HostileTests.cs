using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Xunit;
using Xunit.Abstractions;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>
/// Thousands of broken and malicious inputs, made from sound ones: each is refused as it is documented, or is sound. One that
/// is not is told by its name; to try it alone, set CONTAINERIMAGES_HOSTILE_CASE to the name, or to a part of it.
/// </summary>
public class HostileTests(ITestOutputHelper output)
{
    private const int Threads = 2;
    private const int MostTold = 20;

    /// <summary>Who has not come back after that has not been waiting for the machine.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    /// <summary>
    /// For each group, how many inputs it has at least, and how much one may make its thread allocate in all: what is held at
    /// once is less, and so is what is made where the pools have the buffers already.
    /// </summary>
    private static readonly Dictionary<string, (Func<IEnumerable<HostileCase>> Cases, int Least, int Megabytes)> _groups = new()
    {
        ["tar"] = (TarCases.All, 1000, 48),
        ["extensions"] = (ExtensionCases.All, 500, 48),
        ["names"] = (NameCases.All, 200, 48),
        ["JSON"] = (JsonCases.All, 2000, 128),
        ["descriptors"] = (DescriptorCases.All, 300, 48),
        ["indexes"] = (IndexCases.All, 15, 256),
        ["folders"] = (FolderCases.All, 100, 48),
        ["many"] = (ManyCases.All, 15, 256),
    };

    public static TheoryData<string> Groups => [.. _groups.Keys];

    [Theory]
    [MemberData(nameof(Groups))]
    public void Every_input_is_refused_as_documented_or_is_sound(string group)
    {
        var cases = _groups[group].Cases().ToList();
        Assert.True(cases.Count >= _groups[group].Least, $"The group has {cases.Count} inputs only.");
        Assert.Empty(cases.GroupBy(input => input.Name).Where(named => named.Count() > 1).Select(named => named.Key));
        if (Environment.GetEnvironmentVariable("CONTAINERIMAGES_HOSTILE_CASE") is { Length: > 0 } one)
        {
            cases.RemoveAll(input => !input.Name.Contains(one, StringComparison.Ordinal));
        }

        var queue = new ConcurrentQueue<(HostileCase Input, bool IsStream)>(cases.Select((input, i) => (input, i % 2 == 1)));
        var flaws = new ConcurrentQueue<string>();
        var workers = Enumerable.Range(0, Threads).Select(_ => new Worker(queue, flaws, _groups[group].Megabytes)).ToList();
        Watch(workers);
        workers.ForEach(worker => worker.Dispose());

        output.WriteLine($"{cases.Count} inputs, of which {workers.Sum(worker => worker.Taken)} were taken.");
        Assert.True(flaws.IsEmpty, $"{flaws.Count} inputs were not taken as they should be:\n{string.Join('\n', flaws.Take(MostTold))}");
    }

    private static void Watch(IReadOnlyList<Worker> workers)
    {
        while (!Task.WaitAll([.. workers.Select(worker => worker.Work)], TimeSpan.FromSeconds(1)))
        {
            foreach (var worker in workers.Where(worker => worker.Since > _patience))
            {
                worker.Stop();
                Assert.Fail($"The import does not come back from: {worker.Current}");
            }
        }
    }

    private sealed class Worker : IDisposable
    {
        private readonly ConcurrentQueue<(HostileCase Input, bool IsStream)> _queue;
        private readonly ConcurrentQueue<string> _flaws;
        private readonly HostileBench _bench;
        private long _began = Environment.TickCount64;

        public Worker(ConcurrentQueue<(HostileCase Input, bool IsStream)> queue, ConcurrentQueue<string> flaws, int megabytes)
        {
            (_queue, _flaws, _bench) = (queue, flaws, new HostileBench(megabytes * 1024L * 1024));
            Work = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        public Task Work { get; }

        public int Taken => _bench.Taken;

        public string Current { get; private set; } = "";

        public TimeSpan Since => TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref _began));

        public void Stop() => _bench.Stop();

        public void Dispose() => _bench.Dispose();

        private void Run()
        {
            while (_queue.TryDequeue(out var next))
            {
                Current = next.Input.Name;
                Interlocked.Exchange(ref _began, Environment.TickCount64);
                try
                {
                    _bench.Try(next.Input, next.IsStream);
                }
                catch (Exception e)
                {
                    _flaws.Enqueue($"{next.Input.Name} ({(next.IsStream ? "stream" : "file")}): {e}");
                }
            }
        }
    }
}
