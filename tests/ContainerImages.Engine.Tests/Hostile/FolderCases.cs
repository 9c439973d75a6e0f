using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Testing;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>Folders of which some file is no file: a link, a folder, a pipe, a device, one that may not be read.</summary>
internal static class FolderCases
{
    private static readonly string[] _targets = ["/etc/passwd", "../../../../../../etc/passwd", "/dev/zero", "/proc/self/mem", "nowhere", ".", "/", "moved"];

    public static IEnumerable<HostileCase> All() =>
    [
        .. Of("layout", SoundInputs.Nested),
        .. Of("dir:", SoundInputs.Dir),
        .. new[] { "", "x", "/", "..", new string('x', 200) }.Select(name => HostileCase.OfFolder($"a folder with '{name}' alone", folder => MakeFolder(folder, name), ImageError.UnknownArchiveFormat)),
    ];

    private static IEnumerable<HostileCase> Of(string format, Func<List<(string Name, byte[] Data)>> files)
    {
        foreach (var name in files().Select(file => file.Name))
        {
            var shown = name.Length > 40 ? name[..24] + "…" : name;
            foreach (var target in _targets)
            {
                yield return Changed($"{shown} is a link to {target}", name, path => File.CreateSymbolicLink(path, target));
            }

            yield return Changed($"{shown} is not there", name, _ => { });
            yield return Changed($"{shown} is empty", name, path => File.WriteAllBytes(path, []));
            yield return Changed($"{shown} is a folder", name, path => Directory.CreateDirectory(path));
            yield return Changed($"{shown} is a pipe", name, path => Tool.Run("mkfifo", [path]));
            yield return Changed($"{shown} is another file's name", name, path => File.WriteAllText(path, Path.GetFileName(path)));
            yield return Changed($"{shown} is a hole of 1 TB", name, path =>
            {
                using var file = File.Create(path);
                file.SetLength(1L << 40);
            });
            yield return Changed($"{shown} is in upper case", name, path => File.WriteAllText(Path.Combine(Path.GetDirectoryName(path)!, Path.GetFileName(path).ToUpperInvariant()), "x"));
        }

        HostileCase Changed(string what, string name, Action<string> put) => HostileCase.OfFolder($"{format} whose {what}", folder =>
        {
            foreach (var (file, data) in files())
            {
                var path = Path.Combine(folder, file);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                if (file != name)
                {
                    File.WriteAllBytes(path, data);
                }
                else
                {
                    File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(path)!, "moved"), data);
                    put(path);
                }
            }
        });
    }

    private static void MakeFolder(string folder, string name)
    {
        if (name.Length > 0 && name is not ("/" or ".."))
        {
            File.WriteAllText(Path.Combine(folder, name), "x");
        }
    }
}
