using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <content>Leases.</content>
public sealed partial class ImageStore
{
    /// <summary>The moment by which leases end and files are old.</summary>
    internal DateTimeOffset Now => _options.Clock();

    /// <summary>All leases as of a snapshot, those that have ended included; by their names.</summary>
    internal IReadOnlyList<ImageLease> Leases(StoreSnapshot snapshot) => snapshot.Leases
        .SelectMany(leases => leases)
        .OrderBy(lease => lease.Name, StringComparer.OrdinalIgnoreCase)
        .ThenBy(lease => lease.Created)
        .Select(lease => ToObject(snapshot, lease))
        .ToList();

    /// <summary>
    /// Gives images a lease of one name, all in one commit. The lease that an image has by that name already is renewed: its
    /// end and remark are the new ones, and it is as old as it was, unless it had ended.
    /// </summary>
    /// <returns>The leases, in the order of the images.</returns>
    /// <exception cref="ContainerImageException">InvalidLeaseName; ImageNotFound, if an image is gone: then none has one.</exception>
    internal IReadOnlyList<ImageLease> Lease(
        IReadOnlyList<ImageMatch> images, string name, DateTimeOffset? until, string comment, CancellationToken cancellation)
    {
        StoredLease.CheckName(name);
        var now = Now;
        IReadOnlyList<ImageLease> made = [];
        Commit(
            "lease",
            null,
            editor =>
            {
                var leases = images.Select(image =>
                {
                    var id = editor.HasImage(image.Manifest.Id) ? image.Manifest.Id : throw Gone(image);
                    var old = editor.Snapshot.Leases[id].FirstOrDefault(lease => lease.HasName(name) && lease.IsLive(now));
                    return new StoredLease(old?.Name ?? name, id, old?.Created ?? now, until?.ToUniversalTime(), comment);
                }).ToList();
                editor.SetLeases(leases);
                made = leases.Select(lease => ToObject(editor.Snapshot, lease)).ToList();
            },
            cancellation);
        return made;
    }

    /// <summary>Takes leases away, all in one commit. One that is gone already is no error.</summary>
    /// <returns>Those that were there.</returns>
    internal IReadOnlyList<ImageLease> Release(IReadOnlyList<ImageLease> leases, CancellationToken cancellation)
    {
        var meant = new HashSet<(string, string)>(leases.Select(lease => (lease.Name, lease.Id)));
        IReadOnlyList<ImageLease> taken = [];
        Commit(
            "release",
            null,
            editor =>
            {
                taken = Leases(editor.Snapshot).Where(lease => meant.Contains((lease.Name, lease.Id))).ToList();
                editor.RemoveLeases(lease => meant.Contains((lease.Name, lease.Id.Hex)));
            },
            cancellation);
        return taken;
    }

    private ImageLease ToObject(StoreSnapshot snapshot, StoredLease lease) => new()
    {
        Name = lease.Name,
        Id = lease.Id.Hex,
        Reference = snapshot.NamesOf(lease.Id).FirstOrDefault(),
        Until = lease.Until,
        Created = lease.Created,
        Comment = lease.Comment,
        Expired = !lease.IsLive(Now),
        StorePath = Path,
    };
}
