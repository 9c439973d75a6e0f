using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What images are imported from before they are saved again: each kind of manifest, each compression.</summary>
internal static class InteropSources
{
    public const string DockerArchive = "docker-archive";
    public const string GzipLayout = "gzip OCI layout";
    public const string ZstdLayout = "zstd OCI layout";
    public const string PlainLayout = "plain OCI layout";
    public const string DockerFolder = "compressed Docker folder";
    public const string MultiPlatform = "multi-platform OCI layout";

    /// <summary>For images that come without a name.</summary>
    public const string NameIfNone = "docker.io/team/from-folder:1";

    private static readonly Dictionary<string, Func<PeerImages, PeerExport>> _sources = new()
    {
        [DockerArchive] = peers => peers.PodmanDockerArchive,
        [GzipLayout] = peers => peers.OciLayout,
        [ZstdLayout] = peers => peers.ZstdOciLayout,
        [PlainLayout] = peers => peers.PlainOciLayout,
        [DockerFolder] = peers => peers.CompressedDockerFolder,
        [MultiPlatform] = peers => peers.MultiPlatformLayout,
    };

    /// <summary>Each source in each format that can hold it.</summary>
    public static TheoryData<string, string> InEachFormat
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var source in _sources.Keys)
            {
                foreach (var format in ImageSave.Formats.Where(format => CanHold(format, source)))
                {
                    data.Add(format, source);
                }
            }

            return data;
        }
    }

    /// <summary>Of these, each format and each source a few times, for a peer that takes its time.</summary>
    public static TheoryData<string, string> InSomeFormats
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var row in InEachFormat)
            {
                var (format, source) = ((string)row[0], (string)row[1]);
                if (source is DockerArchive or MultiPlatform || format is "docker-archive" or "oci-archive")
                {
                    data.Add(format, source);
                }
            }

            return data;
        }
    }

    public static PeerExport Get(string source) => _sources[source](PeerImages.Shared);

    /// <summary>The image that is meant where nobody asks for a platform.</summary>
    public static PeerImage ForThisHost(PeerExport export) => export.Images.Length == 1
        ? export.Image
        : export.Images.First(image => image.Config.GetProperty("architecture").GetString() == Platform.Host.Architecture);

    // Docker has no media type for zstd.
    private static bool CanHold(string format, string source) => !(format == "docker-dir" && source == ZstdLayout);
}
