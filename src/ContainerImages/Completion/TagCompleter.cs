using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Internal;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Completion;

/// <summary>Completes names to be given: first a repository that is known, then a tag.</summary>
/// <remarks>A new name without a registry is put under localhost, so only names there are offered without theirs.</remarks>
public sealed class TagCompleter : StoreCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store) => Offers(request, store);

    internal static IEnumerable<CompletionResult> Offers(CompletionRequest request, StoreGlance store)
    {
        var word = request.Word.Text;
        var (nameEnd, _) = ReferenceGrammar.Split(word);
        return nameEnd < word.Length ? Tags(request, store, word.Substring(0, nameEnd)) : Repositories(request, store);
    }

    private static IEnumerable<CompletionResult> Repositories(CompletionRequest request, StoreGlance store) => store.Entries
        .Where(entry => entry.Name is not null)
        .GroupBy(entry => RepositoryOf(entry.Name!))
        .Select(group => (Text: TextOf(group.Key, request.Word.Text), group.Key, Count: group.Count()))
        .Where(repository => NameForms.StartsWith(repository.Text, request.Word.Text))
        .OrderBy(repository => repository.Text, StringComparer.Ordinal)
        .Select(repository => Offer(
            request, repository.Text + ":", $"{repository.Key}, {repository.Count} {(repository.Count == 1 ? "name" : "names")}"));

    private static IEnumerable<CompletionResult> Tags(CompletionRequest request, StoreGlance store, string repository)
    {
        var given = request.Siblings();
        var full = FullName(repository);
        var known = store.Entries
            .Where(entry => entry.Name is { } name && full is not null && name.StartsWith(full + ":", StringComparison.Ordinal))
            .Select(entry => (Text: repository + entry.Name!.Substring(full!.Length), Tip: $"Moves here from {HolderOf(store, entry)}"))
            .OrderBy(tag => tag.Text, StringComparer.Ordinal);

        // The tags that the image has already are what it is most often given elsewhere.
        return request.Texts("Reference")
            .Select(text => ImageReference.TryParse(text, out var source) ? source.WithTagOrLatest().Tag : null)
            .OfType<string>()
            .Select(tag => (Text: repository + ":" + tag, Tip: "The tag that the image has"))
            .Concat(known)
            .Where(tag => NameForms.StartsWith(tag.Text, request.Word.Text) && !given.Contains(tag.Text))
            .GroupBy(tag => tag.Text, (text, tags) => (Text: text, tags.Last().Tip))
            .Select(tag => Offer(request, tag.Text, tag.Tip));
    }

    private static string HolderOf(StoreGlance store, IndexEntry entry) =>
        ImageTips.ImagesOf(store, entry).FirstOrDefault() is { } image
            ? $"{image.Id.ShortId}, made {_Format.Age(image.Created)}"
            : entry.Root.Digest.ShortId;

    private static string RepositoryOf(string name) => name.Substring(0, ReferenceGrammar.Split(name).NameEnd);

    private static string TextOf(string repository, string word) =>
        NameForms.IsLocal(repository) && repository.Substring(NameForms.Localhost.Length) is var local
            && NameForms.StartsWith(local, word) && FullName(local) == repository
            ? local
            : repository;

    private static string? FullName(string repository) =>
        ImageReference.TryParseForTag(repository, out var reference) ? reference.Name : null;
}
