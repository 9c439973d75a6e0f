using System.Linq;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.StoreWorker;
using Xunit;

namespace ContainerImages.Engine.Tests.Durability;

/// <summary>Several processes at work on one store, with names of their own for images that all of them have.</summary>
public class ManyProcessesTests
{
    private const int Processes = 8;
    private const int Steps = 150;

    [Fact]
    public void No_process_loses_what_it_did_to_another_and_none_is_refused()
    {
        using var folder = new WorkFolder();
        var workers = Enumerable.Range(0, Processes)
            .Select(i => new WorkerProcess(folder.Store, folder.Archives, seed: i, Steps, RepositoryOf(i)))
            .ToList();
        try
        {
            workers.AsParallel().WithDegreeOfParallelism(Processes).ForAll(worker =>
            {
                worker.WaitUntilReady();
                var lines = worker.ReadToEnd(out var error);
                Assert.True(worker.ExitCode == 0 && lines.Count == Steps, $"After {lines.Count} steps:\n{error}");
            });
        }
        finally
        {
            workers.ForEach(worker => worker.Dispose());
        }

        using var store = ImageStore.Open(folder.Store);
        for (var i = 0; i < Processes; i++)
        {
            Assert.Equal(Expected(folder, i), StoreModel.Read(store, RepositoryOf(i)));
        }

        store.Commit("look after the work", null, _ => { }, default);
        store.AssertSound();
        folder.CheckSaved();
    }

    private static string RepositoryOf(int worker) => $"docker.io/worker/app{worker}";

    private static StoreModel Expected(WorkFolder folder, int worker)
    {
        using var nothing = new TestStore();
        var script = new Script(worker, folder.Roots, RepositoryOf(worker));
        return Enumerable.Range(0, Steps).Aggregate(
            StoreModel.Read(nothing.Store, RepositoryOf(worker)), (model, _) => model.After(script.Next(model)).WithoutDangling());
    }
}
