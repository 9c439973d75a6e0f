using System;
using System.IO;
using ContainerImages.Copying;
using ContainerImages.References;
using ContainerImages.Store;
using ContainerImages.Transports;

namespace ContainerImages.StoreWorker;

/// <summary>Does steps on a store, as the cmdlets do.</summary>
internal sealed class Worker(ImageStore store, string folder, string repository)
{
    private readonly CopyOptions _options = new();

    /// <summary>Pulls from a registry on this machine, which has no certificate.</summary>
    public static void Pull(ImageStore store, string name)
    {
        using var access = new RegistryAccess(RegistryConfiguration.Empty, new RegistryOptions()) { AllowInsecure = true };
        new ImagePull(store, access, new CopyOptions()).Run(new PullRequest(name));
    }

    public void Do(Step step)
    {
        if (!step.Name.StartsWith(repository + ":", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{step.Name}' is none of this worker's names.", nameof(step));
        }

        switch (step.Kind)
        {
            case StepKind.Import:
                var archive = Archives.PathOf(folder, step.Argument!);
                new ImageImport(store, _options).Run(
                    ingest => ImageSources.Open(archive, $"'{archive}'", ingest, _options),
                    new ImportSelection { References = [step.Name] });
                break;
            case StepKind.Pull:
                Pull(store, step.Name);
                break;
            case StepKind.Tag:
                store.Tag([(Find(step.Name), ImageReference.Parse(step.Argument!))], default);
                break;
            case StepKind.Untag:
                store.Untag([(step.Name, Find(step.Name).Manifest.Id)], default);
                break;
            case StepKind.Remove:
                var planner = new RemovalPlan(store, store.ReadSnapshot(), force: false, prune: true);
                var plan = planner.Plan([Find(step.Name)]);
                planner.AddParents([plan]);
                store.Remove([plan], default);
                break;
            case StepKind.Optimize:
                var optimization = StoreOptimization.Read(store, OptimizationOptions.None, default);
                store.Optimize(optimization.Choose((_, _) => true), optimization.EndedLeases, optimization.IsOld, default);
                break;
            default:
                var match = Find(step.Name);
                new ImageSave(_options).Run(
                    [new SaveItem(store, match, [step.Name])], "oci-archive", Path.Combine(folder, step.Argument!), force: true, onePlatform: false);
                break;
        }
    }

    private ImageMatch Find(string name) => new ImageResolver(store.ReadSnapshot(), null, null).Resolve(name);
}
