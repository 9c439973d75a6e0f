using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;

namespace ContainerImages.Transports;

/// <summary>The entries of a tar by their paths: files and links.</summary>
internal sealed class EntryTable(string archive)
{
    private readonly Dictionary<string, SourceBlob> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    private int _count;
    private long _characters;

    /// <summary>Some of the names, for messages.</summary>
    public IEnumerable<string> Names => _files.Keys.Concat(_links.Keys);

    public IEnumerable<KeyValuePair<string, SourceBlob>> Files => _files;

    /// <summary>Takes an entry of a tar; its bytes are asked for only if it is a file.</summary>
    public void Add(TarEntry entry, Func<string, SourceBlob> file)
    {
        CountIn(entry);
        var path = ArchivePath.OfEntry(entry.Name, archive);
        switch (entry.Kind)
        {
            case TarEntryKind.File:
                if (entry.IsSparse)
                {
                    throw new ContainerImageException(
                        ImageError.UnsupportedContent, $"{archive}: entry {QuotedText.Quote(entry.Name)} is stored sparsely, which is not supported.");
                }

                AddOnce(path, entry.Name);
                _files.Add(path, file(path));
                break;
            case TarEntryKind.SymbolicLink or TarEntryKind.HardLink:
                AddOnce(path, entry.Name);
                _links.Add(path, entry.Kind == TarEntryKind.HardLink ? "/" + entry.LinkName : entry.LinkName);
                break;
            default:
                // Folders say nothing; devices and the like have no place in an archive of images and no effect on one.
                break;
        }
    }

    public SourceBlob? Find(string path)
    {
        if (ArchivePath.Clean(path) is not { } clean)
        {
            throw ArchivePath.Invalid(archive, path, "a path that leaves the archive");
        }

        for (var steps = 0; steps <= Limits.ArchiveLinks; steps++)
        {
            if (_files.TryGetValue(clean, out var file))
            {
                return file;
            }

            if (!_links.TryGetValue(clean, out var target))
            {
                return null;
            }

            var candidates = ArchivePath.OfLink(clean, target).ToList();
            clean = candidates.FirstOrDefault(c => _files.ContainsKey(c) || _links.ContainsKey(c)) ?? throw ArchivePath.Invalid(
                archive, clean, $"a link to {QuotedText.Quote(target)}, which is not in the archive");
        }

        throw ArchivePath.Invalid(archive, path, $"links that lead in a circle, or more than {Limits.ArchiveLinks} one after the other");
    }

    private void CountIn(TarEntry entry)
    {
        _characters += entry.Name.Length + entry.LinkName.Length;
        if (++_count > Limits.ArchiveEntries)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge, $"{archive} has more than {Limits.ArchiveEntries} entries.");
        }

        if (_characters > Limits.ArchiveNames)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge, $"The names in {archive} have more than {Limits.ArchiveNames} characters.");
        }
    }

    // Which of two is meant depends on who reads the archive: that is an attack's way in, and no tool writes so.
    private void AddOnce(string path, string name)
    {
        if (_files.ContainsKey(path) || _links.ContainsKey(path))
        {
            throw ArchivePath.Invalid(archive, name, "another of the same name");
        }
    }
}
