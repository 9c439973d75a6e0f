using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Benchmarks.Inputs;
using ContainerImages.Benchmarks.Running;
using ContainerImages.Testing;

namespace ContainerImages.Benchmarks.Measurements;

/// <summary>Bringing a docker-archive into a store.</summary>
internal static class ImportMeasurements
{
    public static IEnumerable<Measurement> All(Bench bench)
    {
        yield return New(
            bench,
            "import-new",
            bench.Inputs.Large,
            string.Empty,
            new Budget("6x podman load; 1.5x floor", Budget.FasterThanPeer(6), Budget.WithinFloor(1.5)));
        yield return New(
            bench,
            "import-many-files",
            bench.Inputs.ManyFiles,
            " with many files",
            new Budget("20x podman load", Budget.FasterThanPeer(20)));
        yield return Again(bench, "import-again", bench.Inputs.Large);
        yield return Again(bench, "import-again-many-files", bench.Inputs.ManyFiles);
    }

    private static Measurement New(Bench bench, string name, BigImage image, string kind, Budget budget) => new()
    {
        Name = name,
        Work = $"import docker-archive of {image.Title}{kind}, all new",
        Budget = budget,
        Contestants =
        [
            new(Role.Ours, "ours", () => bench.WithNewPath(store => Import(bench, image, store))),
            new(Role.Peer, "podman load", PeerTools.HasPodman ? () => bench.WithNewSandbox(sandbox => Load(sandbox, image)) : null),
            new(Role.Peer, "skopeo to oci:", PeerTools.HasSkopeo ? () => bench.WithNewPath(folder => Copy(bench, image, folder)) : null),
            new(Role.Floor, "cp, fsync + SHA-256", () => bench.WithNewPath(copy =>
                Floors.DurableCopy(image.Archive, copy) + Floors.Sha256(image.Archive))),
            new(Role.Floor, "sha256sum", Floors.Command("sha256sum", () => [image.Archive])),
        ],
    };

    private static Measurement Again(Bench bench, string name, BigImage image) => new()
    {
        Name = name,
        Work = $"import {image.Title} again, all present",
        IsShort = true,
        Budget = new Budget("under 50 ms", Budget.AtMost(0.050)),
        Contestants =
        [
            new(Role.Ours, "ours", () => Clock.Seconds(() => bench.Import(image.Archive, bench.StoreWith(image.Archive)))),
            new(Role.Peer, "podman load", PeerTools.HasPodman ? () => LoadAgain(bench, image) : null),
        ],
    };

    private static double Import(Bench bench, BigImage image, string store)
    {
        var seconds = Clock.SettledSeconds(() => bench.Import(image.Archive, store));
        var id = bench.Session.Run($"(Get-ContainerImage -StorePath {HostedSession.Quote(store)}).Id").Single();
        return id == image.Id ? seconds : throw new InvalidOperationException($"{image.Archive} became {id}.");
    }

    private static double Load(PeerSandbox sandbox, BigImage image)
    {
        var seconds = Clock.SettledSeconds(() => sandbox.Podman("load", "-i", image.Archive));
        PeerTools.Check(sandbox, image);
        return seconds;
    }

    private static double LoadAgain(Bench bench, BigImage image)
    {
        var sandbox = bench.SandboxWith(image.Archive);
        return Clock.Seconds(() => sandbox.Podman("load", "-i", image.Archive));
    }

    private static double Copy(Bench bench, BigImage image, string folder)
    {
        var sandbox = bench.Sandbox;
        return Clock.SettledSeconds(() => sandbox.Skopeo(
            "copy", "--dest-oci-accept-uncompressed-layers", $"docker-archive:{image.Archive}", $"oci:{folder}:{BigImage.Name}"));
    }
}
