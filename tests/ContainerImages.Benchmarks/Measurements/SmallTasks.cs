using System.Collections.Generic;
using ContainerImages.Testing;

namespace ContainerImages.Benchmarks.Measurements;

/// <summary>Listing, and work on one name among many.</summary>
internal static class SmallTasks
{
    private const string NewName = "docker.io/bench/new:1.0";

    private static readonly Dictionary<int, double> _listing = new() { [1_000] = 0.020, [10_000] = 0.150 };
    private static readonly Dictionary<int, double> _oneName = new() { [1_000] = 0.010, [10_000] = 0.050 };

    private static readonly Dictionary<int, double> _completing = new() { [10_000] = 0.050 };

    public static IReadOnlyList<SmallTask> All { get; } =
    [
        new("list")
        {
            Ours = new(_ => "$null = Get-ContainerImage -StorePath $store"),
            Peers =
            [
                new(Peer.Podman, (_, _) => ["images"]),
                new(Peer.Umoci, (layout, _) => ["ls", "--layout", layout]),
            ],
            Budgets = _listing,
        },
        new("tag")
        {
            Ours = new(AddTag) { After = RemoveTag },
            Peers =
            [
                new(Peer.Podman, PodmanTag) { After = PodmanUntag },
                new(Peer.Umoci, UmociTag) { After = UmociUntag },
            ],
            Budgets = _oneName,
        },
        new("untag")
        {
            Ours = new(RemoveTag) { Before = AddTag },
            Peers =
            [
                new(Peer.Podman, PodmanUntag) { Before = PodmanTag },
                new(Peer.Umoci, UmociUntag) { Before = UmociTag },
            ],
            Budgets = _oneName,
        },
        new("inspect")
        {
            Ours = new(name => $"$null = (Get-ContainerImage {name} -StorePath $store).Inspect().ToJson()"),
            Peers =
            [
                new(Peer.Podman, (_, name) => ["image", "inspect", name]),
                new(Peer.Skopeo, (layout, name) => ["inspect", $"oci:{layout}:{name}"]),
            ],
            Budgets = _oneName,
        },
        new("history")
        {
            Ours = new(name => $"$null = Get-ImageHistory {name} -StorePath $store"),
            Peers =
            [
                new(Peer.Podman, (_, name) => ["history", name]),
                new(Peer.Umoci, (layout, name) => ["stat", "--image", $"{layout}:{name}"]),
            ],
            Budgets = _oneName,
        },

        // All names are offered, which is the most that any completer does.
        new("complete")
        {
            Ours = new(_ => """
                $line = "Get-ContainerImage -StorePath '$store' -Reference "
                $null = [Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null)
                """),
            Peers = [],
            Budgets = _completing,
        },
    ];

    private static string AddTag(string name) => $"Add-ImageTag {name} {NewName} -StorePath $store";

    private static string RemoveTag(string name) => $"Remove-ImageTag {NewName} -StorePath $store";

    private static string[] PodmanTag(string layout, string name) => ["tag", name, NewName];

    private static string[] PodmanUntag(string layout, string name) => ["untag", name, NewName];

    private static string[] UmociTag(string layout, string name) => ["tag", "--image", $"{layout}:{name}", NewName];

    private static string[] UmociUntag(string layout, string name) => ["rm", "--image", $"{layout}:{NewName}"];
}
