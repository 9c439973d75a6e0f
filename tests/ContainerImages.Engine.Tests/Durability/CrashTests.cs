using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.StoreWorker;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Durability;

/// <summary>
/// Workers are killed in the middle of what they do. What they had said to be done must be there afterwards, what they were
/// doing may be there or not, and nothing else.
/// </summary>
public class CrashTests
{
    private const int Kills = 300;
    private const int Workers = 3;
    private const int MostSteps = 6;
    private const int MostMicroseconds = 20_000;

    [Fact]
    public void Whatever_moment_a_process_is_killed_at_its_store_is_sound_and_has_all_that_was_acknowledged()
    {
        using var registry = LocalRegistry.StartIfThere();
        var acknowledged = 0;
        var unacknowledged = 0;
        ParallelEnumerable.Range(0, Workers).WithDegreeOfParallelism(Workers).ForAll(worker =>
        {
            using var folder = new WorkFolder();
            var repository = folder.RepositoryOf(worker, registry);
            for (var seed = worker; seed < Kills; seed += Workers)
            {
                var (done, more) = KillOne(folder, repository, seed);
                Interlocked.Add(ref acknowledged, done);
                Interlocked.Add(ref unacknowledged, more ? 1 : 0);
            }
        });

        // Kills that never hit any work would show nothing.
        Assert.True(acknowledged > Kills, $"{Kills} workers did {acknowledged} steps in all.");
        Assert.True(unacknowledged > 0, "No worker was killed between the end of a step and its word of it.");
    }

    private static (int Done, bool More) KillOne(WorkFolder folder, string repository, int seed)
    {
        using var before = ImageStore.Open(folder.Store);
        var states = new List<StoreModel> { StoreModel.Read(before) };
        int done;
        using (var worker = new WorkerProcess(folder.Store, folder.Archives, seed, int.MaxValue, repository))
        {
            // Some steps later, and somewhere in the next: so it is told by what was done, and not by how fast the machine is.
            var random = new Random(seed);
            worker.WaitUntilReady();
            done = worker.ReadLines(random.Next(MostSteps)).Count;
            Thread.Sleep(TimeSpan.FromMicroseconds(random.Next(MostMicroseconds)));
            worker.Kill();
            done += worker.ReadToEnd(out var error).Count;
            Assert.True(error.Length == 0, error);
        }

        var script = new Script(seed, folder.Roots, repository);
        for (var i = 0; i <= done; i++)
        {
            states.Add(states[i].After(script.Next(states[i])));
        }

        using var store = ImageStore.Open(folder.Store);
        var found = StoreModel.Read(store);
        Assert.True(
            found.Equals(states[done]) || found.Equals(states[done + 1]),
            $"Worker {seed} had said that {done} steps were done. The store has\n{found}\nwhich is neither\n{states[done]}\nnor\n{states[done + 1]}");

        // Whoever commits next clears up after the dead.
        store.Commit("look after a crash", null, _ => { }, default);
        // A download is all that may wait there, for the next pull of the same blob.
        store.AssertSound(mayHaveDownloads: true);
        Assert.Equal(found, StoreModel.Read(store));
        folder.CheckSaved();
        return (done, !found.Equals(states[done]));
    }
}
