using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages;

/// <content>Images made by hand.</content>
public sealed partial class ContainerImage
{
    private readonly Dictionary<string, object?>? _given;
    private readonly IReadOnlyList<string>? _givenRepoDigests;
    private readonly IReadOnlyList<string>? _givenPlatforms;
    private readonly IReadOnlyList<string>? _givenPresentPlatforms;

    /// <summary>
    /// Makes an image by hand, for tests of scripts and for what comes back from remoting or a file: in no store, unless
    /// <c>StorePath</c> says so. Properties read on first use may be given too; those that are not throw ImageDetached.
    /// </summary>
    /// <param name="properties">Values by property name; <c>Id</c> is needed.</param>
    /// <exception cref="ArgumentException">Id is missing, a key is no property, or a value does not fit.</exception>
    public ContainerImage(IDictionary properties)
    {
        if (properties is null)
        {
            throw new ArgumentNullException(nameof(properties));
        }

        var given = new GivenProperties(nameof(ContainerImage), properties);
        Id = given.Text(nameof(Id)) is { Length: > 0 } id
            ? id
            : throw new ArgumentException($"{nameof(ContainerImage)} needs an '{nameof(Id)}'.", nameof(properties));
        Digest = given.Text(nameof(Digest));
        Names = given.Texts(nameof(Names));
        MatchedNames = given.Has(nameof(MatchedNames)) ? given.Texts(nameof(MatchedNames)) : null;
        _ = given.Texts(nameof(MatchedNames));
        Reference = given.Text(nameof(Reference)) ?? Names.FirstOrDefault();
        Names = Names.Count == 0 && Reference is not null ? [Reference] : Names;
        _ = given.Texts(nameof(RepoTags));
        _givenRepoDigests = given.Texts(nameof(RepoDigests));
        StorePath = given.Text(nameof(StorePath));
        Created = given.Date(nameof(Created));
        Size = given.Number(nameof(Size));
        Platform = given.Text(nameof(Platform)) ?? JoinPlatform(given);
        foreach (var part in new[] { nameof(Os), nameof(Architecture), nameof(Variant) })
        {
            _ = given.Text(part);
        }

        TopLayer = given.Text(nameof(TopLayer));
        ManifestType = given.Text(nameof(ManifestType));
        RootDigest = given.Text(nameof(RootDigest)) ?? Digest;
        _givenPlatforms = given.Texts(nameof(Platforms));
        _givenPresentPlatforms = given.Texts(nameof(PresentPlatforms));
        Depth = given.Count(nameof(Depth));
        _given = ReadLazy(given);
        given.RefuseOthers();
    }

    private static string JoinPlatform(GivenProperties given) => string.Join(
        "/", new[] { given.Text(nameof(Os)), given.Text(nameof(Architecture)), given.Text(nameof(Variant)) }.Where(p => !string.IsNullOrEmpty(p)));

    private static Dictionary<string, object?> ReadLazy(GivenProperties given)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var name in new[]
        {
            nameof(Parent), nameof(Comment), nameof(Author), nameof(DockerVersion), nameof(User), nameof(Manifest),
            nameof(ImageConfig), nameof(Index),
        })
        {
            Add(name, given.Text(name));
        }

        foreach (var name in new[] { nameof(Children), nameof(NamesHistory) })
        {
            Add(name, given.Texts(name));
        }

        foreach (var name in new[] { nameof(Labels), nameof(Annotations) })
        {
            Add(name, given.Map(name));
        }

        foreach (var name in new[] { nameof(CompressedSize), nameof(SharedSize), nameof(UniqueSize), nameof(VirtualSize) })
        {
            Add(name, given.Number(name));
        }

        foreach (var name in new[] { nameof(Dangling), nameof(Intermediate) })
        {
            Add(name, given.Flag(name));
        }

        Add(nameof(Config), given.Object(nameof(Config), properties => new ContainerConfig(properties)));
        Add(nameof(RootFS), given.Object(nameof(RootFS), properties => new ImageRootFS(properties)));
        Add(nameof(History), given.Objects(nameof(History), properties => new HistoryStep(properties)));
        Add(nameof(Healthcheck), given.Object(nameof(Healthcheck), properties => new Healthcheck(properties)));
        Add(nameof(Layers), given.Objects(nameof(Layers), properties => new ImageLayer(properties)));
        return values;

        void Add(string name, object? value)
        {
            if (given.Has(name))
            {
                values[name] = value;
            }
        }
    }
}
