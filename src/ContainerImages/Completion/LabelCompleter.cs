using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Manifests;

namespace ContainerImages.Completion;

/// <summary>
/// Completes labels: first a key, then the values that it has. They are those of the images typed beside it, else of those
/// that came last.
/// </summary>
public sealed class LabelCompleter : StoreCompleter
{
    // A label is in no summary: each of so many configs is a file to be read.
    private const int MostConfigs = 100;

    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store)
    {
        var labels = Configs(request, store).SelectMany(config => config.Config.Labels).ToList();
        var end = request.Word.Text.IndexOf('=');
        return Offer(request, end < 0 ? Keys(labels) : Values(labels, request.Word.Text.Substring(0, end)));
    }

    private static IEnumerable<(string Text, string Tip)> Keys(IEnumerable<KeyValuePair<string, string>> labels) => labels
        .GroupBy(label => label.Key, StringComparer.OrdinalIgnoreCase)
        .OrderBy(group => group.Key, StringComparer.OrdinalIgnoreCase)
        .Select(group => (group.Key, $"{group.Count()} {(group.Count() == 1 ? "image" : "images")}: {group.Last().Value}"));

    private static IEnumerable<(string Text, string Tip)> Values(IEnumerable<KeyValuePair<string, string>> labels, string key) => labels
        .Where(label => label.Key.Equals(key, StringComparison.OrdinalIgnoreCase))
        .GroupBy(label => label.Value, StringComparer.Ordinal)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => ($"{key}={WildcardPattern.Escape(group.Key)}", $"{group.Count()} {(group.Count() == 1 ? "image" : "images")}"));

    private static IEnumerable<ImageConfig> Configs(CompletionRequest request, StoreGlance store)
    {
        var typed = TypedImages.Entries(request, store).Take(MostConfigs).ToList();
        return (typed.Count > 0 ? typed : store.Entries.Reverse().Take(MostConfigs))
            .SelectMany(entry => ImageTips.ImagesOf(store, entry))
            .GroupBy(image => image.Id)
            .Select(images => images.First())
            .Take(MostConfigs)
            .Select(store.ReadConfig)
            .OfType<ImageConfig>();
    }
}
