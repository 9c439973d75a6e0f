using System;
using System.Collections.Generic;
using System.IO;
using ContainerImages.Benchmarks.Inputs;
using ContainerImages.Benchmarks.Running;

namespace ContainerImages.Benchmarks.Measurements;

/// <summary>Writing a large image of plain layers in another compression: how long it takes, and how large it becomes.</summary>
internal sealed class RecompressMeasurements(Bench bench)
{
    // A run gives both, and takes long.
    private readonly Dictionary<string, double> _sizes = [];

    public static IEnumerable<Measurement> All(Bench bench)
    {
        var all = new RecompressMeasurements(bench);
        yield return all.Time("gzip");
        yield return all.Size("gzip");
        yield return all.Time("zstd");
        yield return all.Size("zstd");
    }

    private Measurement Time(string compression) => new()
    {
        Name = $"recompress-{compression}",
        Work = $"save oci-archive, {bench.Inputs.Large.Title}, plain layers in {compression}",
        Budget = new Budget("faster than skopeo", Budget.FasterThanPeer(1)),
        Contestants =
        [
            new(Role.Ours, "ours", () => Save(compression)),
            new(Role.Peer, "skopeo copy", PeerTools.HasSkopeo ? () => SkopeoCopy(compression) : null),
            compression == "gzip"
                ? new(Role.Floor, "pigz", Floors.Command("pigz", () => ["-c", bench.Inputs.Large.Archive]))
                : new(Role.Floor, "zstd -T0", Floors.Command("zstd", () => ["-T0", "-q", "-c", bench.Inputs.Large.Archive])),
        ],
    };

    private Measurement Size(string compression) => new()
    {
        Name = $"recompress-{compression}-size",
        Work = $"the size of it, in {compression}",
        Unit = Unit.Bytes,
        Budget = new Budget("5 % above skopeo", Budget.WithinPeer(1.05)),
        Contestants =
        [
            new(Role.Ours, "ours", () => SizeOf($"ours {compression}", () => Save(compression))),
            new(Role.Peer, "skopeo copy", PeerTools.HasSkopeo
                ? () => SizeOf($"skopeo {compression}", () => SkopeoCopy(compression)) : null),
        ],
    };

    private double Save(string compression)
    {
        var store = bench.StoreWith(bench.Inputs.Large.PlainLayout);
        return Timed($"ours {compression}", path => bench.Session.Run(
            $"Save-ContainerImage {BigImage.Name} -Format oci-archive -Compression {compression} " +
            $"-Destination {HostedSession.Quote(path)} -StorePath {HostedSession.Quote(store)}"));
    }

    private double SkopeoCopy(string compression)
    {
        var sandbox = bench.Sandbox;
        return Timed($"skopeo {compression}", path => sandbox.Skopeo(
            "copy", "--dest-compress-format", compression, $"oci:{bench.Inputs.Large.PlainLayout}:{BigImage.Name}", $"oci-archive:{path}:{BigImage.Name}"));
    }

    private double Timed(string who, Action<string> save) => bench.WithNewPath(
        path =>
        {
            var seconds = Clock.SettledSeconds(() => save(path));
            _sizes[who] = new FileInfo(path).Length;
            return seconds;
        },
        ".tar");

    private double SizeOf(string who, Func<double> save)
    {
        if (!_sizes.ContainsKey(who))
        {
            save();
        }

        return _sizes[who];
    }
}
