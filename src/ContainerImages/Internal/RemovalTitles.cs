using System.Linq;
using ContainerImages.Store;

namespace ContainerImages.Internal;

/// <summary>What is to be removed, as a person is asked about it.</summary>
internal static class RemovalTitles
{
    /// <summary>A name of an image that goes, or all names that are taken from one that stays; and the short ID.</summary>
    public static string Of(StoreSnapshot snapshot, PlannedRemoval plan)
    {
        var id = plan.Image.Manifest.Id;
        return plan.RemovesImage || plan.Names.Count == 0
            ? Titles.Of(plan.Names.FirstOrDefault() ?? snapshot.NamesOf(id).FirstOrDefault(), id)
            : $"{string.Join(", ", plan.Names.Select(Titles.Familiar))} ({id.ShortId})";
    }
}
