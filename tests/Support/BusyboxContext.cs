using System.IO;
using System.Linq;

namespace ContainerImages.Testing;

/// <summary>Writes the build context of the images under test: a busybox root file system and the awkward cases.</summary>
internal static class BusyboxContext
{
    /// <summary>Longer than the 100 bytes that a plain tar header has for a name.</summary>
    public const string LongFolder =
        "a-folder-whose-name-alone-is-longer-than-the-one-hundred-bytes-that-the-name-field-of-a-tar-header-can-hold-for-it";

    public const string NonAsciiFile = "Grüße, 漢字 and ☃.txt";

    private const int ManyFolders = 42;
    private const int FilesPerFolder = 50;

    // One instruction a line, each of them another image in the chain of parents; the quotes and signs are there for the
    // escapes that JSON writers disagree about.
    private const string AppRecipe = """
        FROM scratch
        MAINTAINER Jörg Müller <joerg@example.com>
        COPY rootfs/ /
        ENV PATH=/usr/local/bin:/bin LANG=C.UTF-8 GREETING="a < b && c > d"
        COPY many/ /srv/many/
        COPY names/ /srv/names/
        RUN rm /etc/obsolete.conf /srv/many/d3/f4 && rm -r /opt/data && mkdir /opt/data && echo new > /opt/data/new
        RUN mkdir /srv/links && echo a > /srv/links/a && ln /srv/links/a /srv/links/b && ln -s a /srv/links/s && mkfifo /srv/fifo
        LABEL maintainer="Jörg Müller <joerg@example.com>" "with space"="q \"z\""
        EXPOSE 80 53/udp
        VOLUME /data /var/log/app
        WORKDIR /srv
        USER 1000:1000
        STOPSIGNAL SIGQUIT
        HEALTHCHECK --interval=30s --timeout=5s --start-period=2s --retries=3 CMD true
        SHELL ["/bin/sh", "-ec"]
        ENTRYPOINT ["/bin/sh", "-c"]
        CMD ["echo \"hi\" <there>"]
        """;

    private const string ToolRecipe = $"""
        FROM {PeerImages.AppName}
        COPY names/ /srv/more/
        LABEL tool=yes
        """;

    private const string PlatformsRecipe = """
        FROM scratch
        ARG TARGETARCH
        COPY names/ /srv/
        COPY arch-$TARGETARCH /srv/arch
        CMD ["/srv/run"]
        """;

    /// <summary>Writes the context; <c>App</c>, <c>Tool</c> and <c>Platforms</c> in it are the recipes.</summary>
    public static void Write(string folder)
    {
        WriteRootFileSystem(Path.Combine(folder, "rootfs"));
        WriteManyFiles(Path.Combine(folder, "many"));
        Write(folder, $"names/{LongFolder}/{NonAsciiFile}", "one\n");
        Write(folder, $"names/{LongFolder}/{LongFolder}/{LongFolder}/deep", "two\n");
        Write(folder, "names/empty", string.Empty);
        foreach (var architecture in PeerImages.PlatformArchitectures)
        {
            Write(folder, $"arch-{architecture}", $"{architecture}\n");
        }

        Write(folder, "App", AppRecipe);
        Write(folder, "Tool", ToolRecipe);
        Write(folder, "Platforms", PlatformsRecipe);
    }

    private static void WriteRootFileSystem(string root)
    {
        var bin = Directory.CreateDirectory(Path.Combine(root, "bin")).FullName;
        var busybox = Path.Combine(bin, Peer.Busybox);
        File.Copy(Peers.Path(Peer.Busybox), busybox);

        // Busybox makes hard links of itself, one for each of its applets.
        Tool.Run(busybox, ["--install", bin]);
        var sbin = Directory.CreateDirectory(Path.Combine(root, "sbin")).FullName;
        foreach (var applet in Directory.EnumerateFiles(bin).Select(Path.GetFileName).Order().Take(50))
        {
            File.CreateSymbolicLink(Path.Combine(sbin, applet!), $"../bin/{Peer.Busybox}");
        }

        Write(root, "etc/passwd", "root:x:0:0:root:/:/bin/sh\n");
        Write(root, "etc/obsolete.conf", "deleted by a later layer\n");
        Write(root, "opt/data/old", "hidden by an opaque folder\n");
        Write(root, "opt/data/deep/old", "hidden too\n");
        Directory.CreateDirectory(Path.Combine(root, "tmp"));
    }

    private static void WriteManyFiles(string folder)
    {
        for (var i = 0; i < ManyFolders; i++)
        {
            var child = Directory.CreateDirectory(Path.Combine(folder, $"d{i}")).FullName;
            for (var j = 0; j < FilesPerFolder; j++)
            {
                File.WriteAllText(Path.Combine(child, $"f{j}"), $"{i} {j}\n");
            }
        }
    }

    private static void Write(string folder, string name, string content)
    {
        var path = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
