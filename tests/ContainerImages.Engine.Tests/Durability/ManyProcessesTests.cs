using System.Linq;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.StoreWorker;
using ContainerImages.Testing;
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
        using var registry = LocalRegistry.StartIfThere();
        var repositories = Enumerable.Range(0, Processes).Select(i => folder.RepositoryOf(i, registry)).ToList();
        var workers = Enumerable.Range(0, Processes)
            .Select(i => new WorkerProcess(folder.Store, folder.Archives, seed: i, Steps, repositories[i]))
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
            Assert.Equal(Expected(folder, repositories[i], i), StoreModel.Read(store, repositories[i]));
        }

        store.Commit("look after the work", null, _ => { }, default);
        store.AssertSound();
        folder.CheckSaved();
    }

    private static StoreModel Expected(WorkFolder folder, string repository, int worker)
    {
        using var nothing = new TestStore();
        var script = new Script(worker, folder.Roots, repository);
        return Enumerable.Range(0, Steps).Aggregate(
            StoreModel.Read(nothing.Store, repository), (model, _) => model.After(script.Next(model)).WithoutDangling());
    }
}
