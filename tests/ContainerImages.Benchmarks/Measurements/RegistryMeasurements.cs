using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Benchmarks.Inputs;
using ContainerImages.Benchmarks.Running;
using ContainerImages.Testing;

namespace ContainerImages.Benchmarks.Measurements;

/// <summary>A large image from and to a registry of this machine, which is a new one for each push.</summary>
internal static class RegistryMeasurements
{
    private const string Repository = "bench/big:1.0";

    public static IEnumerable<Measurement> All(Bench bench)
    {
        var image = bench.Inputs.Large;
        var hasPodman = PeerTools.HasPodman && PeerTools.HasRegistry;
        var hasSkopeo = PeerTools.HasSkopeo && PeerTools.HasRegistry;
        if (!PeerTools.HasRegistry)
        {
            yield break;
        }

        yield return new Measurement
        {
            Name = "pull-gzip",
            Work = $"pull {image.Title}, layers gzip",
            Budget = new Budget("5x podman pull; 1.3x skopeo, floor", Budget.FasterThanPeer(5), Budget.WithinLargest(1.3, "skopeo to oci:")),
            Contestants =
            [
                new(Role.Ours, "ours", () => bench.WithNewPath(store => Pull(bench, store))),
                new(Role.Peer, "podman pull", hasPodman ? () => bench.WithNewSandbox(sandbox => PodmanPull(bench, sandbox)) : null),
                new(Role.Peer, "skopeo to oci:", hasSkopeo ? () => bench.WithNewPath(folder => SkopeoPull(bench, folder)) : null),
                new(Role.Floor, "inflate, SHA-256 of both", () =>
                    Floors.Inflate(image.GzipLayers) + image.GzipLayers.Sum(Floors.Sha256) + Floors.Sha256(image.Archive)),
            ],
        };
        yield return new Measurement
        {
            Name = "pull-again",
            Work = $"pull {image.Title} again, all present",
            IsShort = true,
            Contestants =
            [
                new(Role.Ours, "ours", () => Clock.Seconds(() => Pull(bench, bench.StoreWith(image.GzipLayout)))),
                new(Role.Peer, "podman pull", hasPodman ? () => PodmanPullAgain(bench) : null),
            ],
        };
        yield return new Measurement
        {
            Name = "push-gzip",
            Work = $"push {image.Title}, layers stored gzip, bytes kept",
            Budget = new Budget("2x skopeo copy oci-archive:", Budget.FasterThanPeer(2)),
            Contestants =
            [
                new(Role.Ours, "ours", () => Push(bench, image.GzipLayout)),
                new(Role.Peer, "skopeo oci-archive:", hasSkopeo ? () => SkopeoPush(bench, $"oci-archive:{bench.OciArchiveOf(image.GzipLayout)}") : null),
                new(Role.Peer, "skopeo oci:", hasSkopeo ? () => SkopeoPush(bench, $"oci:{image.GzipLayout}:{BigImage.Name}") : null),
                new(Role.Floor, "the registry's own work", () => Put(image)),
            ],
        };
        yield return new Measurement
        {
            Name = "push-plain",
            Work = $"push {image.Title}, layers stored plain, compressed",
            Contestants =
            [
                new(Role.Ours, "ours", () => Push(bench, image.PlainLayout)),
                new(Role.Peer, "skopeo oci-archive:", hasSkopeo ? () => SkopeoPush(bench, $"oci-archive:{bench.OciArchiveOf(image.PlainLayout)}") : null),
                new(Role.Peer, "podman push", hasPodman ? () => PodmanPush(bench) : null),
            ],
        };
    }

    private static double Pull(Bench bench, string store)
    {
        var name = $"{bench.RegistryWith(bench.Inputs.Large.GzipLayout).Address}/{Repository}";
        string[] id = [];
        var seconds = Clock.SettledSeconds(() => id = bench.Session.Run(
            $"(Request-ContainerImage {name} -AllowInsecure -StorePath {HostedSession.Quote(store)}).Id"));
        return id.Single() == bench.Inputs.Large.Id ? seconds : throw new InvalidOperationException($"{name} became {id.Single()}.");
    }

    private static double PodmanPull(Bench bench, PeerSandbox sandbox)
    {
        var name = $"{bench.RegistryWith(bench.Inputs.Large.GzipLayout).Address}/{Repository}";
        return Clock.SettledSeconds(() => sandbox.Podman("pull", "--quiet", "--tls-verify=false", name));
    }

    private static double PodmanPullAgain(Bench bench) => PodmanPull(bench, bench.SandboxWith(bench.Inputs.Large.Archive));

    private static double SkopeoPull(Bench bench, string folder)
    {
        var sandbox = bench.Sandbox;
        var name = $"{bench.RegistryWith(bench.Inputs.Large.GzipLayout).Address}/{Repository}";
        return Clock.SettledSeconds(() => sandbox.Skopeo("copy", "--src-tls-verify=false", $"docker://{name}", $"oci:{folder}:{BigImage.Name}"));
    }

    private static double Push(Bench bench, string layout)
    {
        var store = bench.StoreWith(layout);
        using var registry = LocalRegistry.Start();
        return Clock.SettledSeconds(() => bench.Session.Run(
            $"$null = Publish-ContainerImage {BigImage.Name} -Destination {registry.Address}/{Repository} -AllowInsecure -StorePath {HostedSession.Quote(store)}"));
    }

    private static double Put(BigImage image)
    {
        using var registry = LocalRegistry.Start();
        return Floors.Put(registry.Url, "bench/big", image.GzipLayers);
    }

    private static double SkopeoPush(Bench bench, string source)
    {
        var sandbox = bench.Sandbox;
        using var registry = LocalRegistry.Start();
        return Clock.SettledSeconds(() => sandbox.Skopeo("copy", "--dest-tls-verify=false", source, $"docker://{registry.Address}/{Repository}"));
    }

    private static double PodmanPush(Bench bench)
    {
        var sandbox = bench.SandboxWith(bench.Inputs.Large.Archive);
        using var registry = LocalRegistry.Start();
        return Clock.SettledSeconds(() => sandbox.Podman("push", "--quiet", "--tls-verify=false", BigImage.Name, $"{registry.Address}/{Repository}"));
    }
}
