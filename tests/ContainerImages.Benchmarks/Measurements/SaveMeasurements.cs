using System;
using System.Collections.Generic;
using ContainerImages.Benchmarks.Inputs;
using ContainerImages.Benchmarks.Running;

namespace ContainerImages.Benchmarks.Measurements;

/// <summary>Writing a large image from a store to a file or a folder.</summary>
internal static class SaveMeasurements
{
    public static IEnumerable<Measurement> All(Bench bench)
    {
        var image = bench.Inputs.Large;
        var copied = new Budget("10x podman save; 1.5x cp", Budget.FasterThanPeer(10), Budget.WithinFloor(1.5));
        var inflated = new Budget("2x podman save; 1.5x floor", Budget.FasterThanPeer(2), Budget.WithinFloor(1.5));
        Contestant[] copy =
        [
            new(Role.Floor, "cp", () => bench.WithNewPath(path => Floors.Copy(image.Archive, path))),
            new(Role.Floor, "sha256sum", Floors.Command("sha256sum", () => [image.Archive])),
        ];
        Contestant[] inflate =
        [
            new(Role.Floor, "one core's inflate", () => Floors.Inflate(image.GzipLayers)),
            new(Role.Floor, "gzip -dc", Floors.Command("gzip", () => ["-dc", .. image.GzipLayers])),
        ];

        var dockerArchive = new Format("docker-archive", "docker-archive", "docker-archive", ".tar");
        var gzipArchive = dockerArchive with { StoredGzip = true };
        var ociArchive = new Format("oci-archive", "oci-archive", "oci-archive", ".tar");
        yield return Save(bench, "save-docker-archive-plain", dockerArchive, copy, copied);
        yield return Save(bench, "save-docker-archive-gzip", gzipArchive, inflate, inflated);
        yield return Save(bench, "save-oci-archive", ociArchive, copy, copied);
        yield return Save(bench, "save-oci-dir", new("oci-dir", "oci-dir", "oci", string.Empty), copy, copied);
        yield return Save(bench, "save-dir", new("dir", "docker-dir", "dir", string.Empty), copy, Budget.None);
    }

    private static Measurement Save(Bench bench, string name, Format format, Contestant[] floors, Budget budget) => new()
    {
        Name = name,
        Work = $"save {format.Ours}, {bench.Inputs.Large.Title}, layers stored {(format.StoredGzip ? "gzip" : "plain")}",
        Budget = budget,
        Contestants =
        [
            new(Role.Ours, "ours", () => bench.WithNewPath(path => Save(bench, format, path), format.Suffix)),
            new(Role.Peer, "podman save", PeerTools.HasPodman
                ? () => bench.WithNewPath(path => PodmanSave(bench, format, path), format.Suffix) : null),
            new(Role.Peer, "skopeo copy", PeerTools.HasSkopeo
                ? () => bench.WithNewPath(path => SkopeoCopy(bench, format, path), format.Suffix) : null),
            .. floors,
        ],
    };

    private static double Save(Bench bench, Format format, string path)
    {
        var store = bench.StoreWith(format.Layout(bench));
        return Clock.SettledSeconds(() => bench.Session.Run(
            $"Save-ContainerImage {BigImage.Name} -Format {format.Ours} " +
            $"-Destination {HostedSession.Quote(path)} -StorePath {HostedSession.Quote(store)}"));
    }

    private static double PodmanSave(Bench bench, Format format, string path)
    {
        var sandbox = bench.SandboxWith(bench.Inputs.Large.Archive);

        // It compresses the layers of OCI images unless told not to, which would be other work than ours.
        string[] plain = format.Ours.StartsWith("oci", StringComparison.Ordinal) ? ["--uncompressed"] : [];
        return Clock.SettledSeconds(() => sandbox.Podman(["save", .. plain, "--format", format.Podman, "-o", path, BigImage.Name]));
    }

    private static double SkopeoCopy(Bench bench, Format format, string path)
    {
        var sandbox = bench.Sandbox;
        return Clock.SettledSeconds(() => sandbox.Skopeo(
            "copy", "--dest-oci-accept-uncompressed-layers", $"oci:{format.Layout(bench)}:{BigImage.Name}", format.SkopeoTarget(path)));
    }

    private sealed record Format(string Ours, string Podman, string Skopeo, string Suffix)
    {
        public bool StoredGzip { get; init; }

        public string Layout(Bench bench) => StoredGzip ? bench.Inputs.Large.GzipLayout : bench.Inputs.Large.PlainLayout;

        public string SkopeoTarget(string path) => Skopeo == "dir" ? $"dir:{path}" : $"{Skopeo}:{path}:{BigImage.Name}";
    }
}
