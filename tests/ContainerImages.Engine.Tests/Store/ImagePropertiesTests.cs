using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>Each property of an image object, as skopeo and podman tell it of the same image.</summary>
public sealed class ImagePropertiesTests
{
    [SkippableFact]
    public void An_image_of_Dockers_tells_all_that_its_config_says() => AssertTells(PeerImages.Shared.CompressedDockerFolder);

    [SkippableFact]
    public void An_image_of_OCIs_tells_all_that_its_config_says() => AssertTells(PeerImages.Shared.OciLayout);

    [SkippableFact]
    public void An_image_of_umocis_tells_all_that_its_config_says() => AssertTells(PeerImages.Shared.UmociLayout);

    [SkippableFact]
    public void What_podman_prints_is_what_the_properties_say()
    {
        Peers.Require(Peer.Podman);
        var said = PeerImages.Shared.AppInspect.Json.EnumerateArray().Single();
        using var test = new TestStore();
        test.Import(PeerImages.Shared.DockerFolder.Path, [.. PeerImages.Shared.App.Names]);

        var image = test.Store.Find(PeerImages.Shared.App.Id);
        var inspect = image.Inspect();

        Assert.Equal(said.GetProperty("Id").GetString(), image.Id);
        Assert.Equal(Texts(said, "RepoTags").Order(), image.RepoTags.Order());
        Assert.Equal(Texts(said, "RepoDigests"), image.RepoDigests);
        Assert.Equal(said.GetProperty("Comment").GetString(), image.Comment);
        Assert.Equal(said.GetProperty("Author").GetString(), image.Author);
        Assert.Equal(said.GetProperty("Architecture").GetString(), image.Architecture);
        Assert.Equal(said.GetProperty("Os").GetString(), image.Os);
        Assert.Equal(said.GetProperty("Size").GetInt64(), image.Size);
        Assert.Equal(said.GetProperty("VirtualSize").GetInt64(), image.VirtualSize);
        Assert.Equal(Map(said.GetProperty("Labels")), image.Labels);
        Assert.Equal(Map(said.GetProperty("Annotations")), image.Annotations);
        Assert.Equal(said.GetProperty("ManifestType").GetString(), image.ManifestType);
        Assert.Equal(said.GetProperty("Digest").GetString(), image.Digest);
        Assert.Equal(said.GetProperty("User").GetString(), image.User);
        Assert.Equal(said.GetProperty("Version").GetString(), image.DockerVersion);
        Assert.Equal(Texts(said.GetProperty("RootFS"), "Layers"), image.RootFS.Layers);
        Assert.Equal(
            said.GetProperty("History").EnumerateArray().Select(step => Text(step, "created_by")), image.History.Select(step => step.CreatedBy));
        Assert.Equal(Texts(said.GetProperty("Healthcheck"), "Test"), image.Healthcheck!.Test);
        Assert.Equal(said.GetProperty("Healthcheck").GetProperty("Interval").GetInt64(), image.Healthcheck.Interval!.Value.Ticks * 100);
        Assert.Equal(said.GetProperty("Healthcheck").GetProperty("Retries").GetInt32(), image.Healthcheck.Retries);

        // What is printed has a property under the same name, with the same value.
        Assert.All(said.EnumerateObject(), field => Assert.NotNull(typeof(ImageInspect).GetProperty(field.Name)));
        Assert.Equal((image.Id, image.Comment, image.Size, image.User), (inspect.Id, inspect.Comment, inspect.Size, inspect.User));
        Assert.Equal("oci-layout", inspect.GraphDriver.Name);
        Assert.Equal(test.Path, inspect.GraphDriver.Data["StorePath"]);
    }

    [Fact]
    public void A_label_is_found_whatever_the_case_and_the_one_that_is_written_so_first()
    {
        using var test = new TestStore();
        test.Store.Import(TestImage.Of("labels", "docker.io/a/b:1").With(config => config["config"]!["Labels"] =
            new JsonObject { ["Maintainer"] = "first", ["maintainer"] = "second", ["Vendor"] = "x" }));

        var image = test.Store.Find("a/b:1");

        Assert.Equal(("first", "second"), (image.GetLabel("Maintainer"), image.GetLabel("maintainer")));
        Assert.True(image.GetLabel("MAINTAINER") is "first" or "second");
        Assert.Equal(("x", "x", null), (image.GetLabel("vendor"), image.GetLabel("Vendor"), image.GetLabel("Vendo")));
    }

    [Fact]
    public void The_remark_is_the_configs_or_that_of_the_first_step()
    {
        using var test = new TestStore();
        test.Store.Import(
            TestImage.Of("remark", "docker.io/a/config:1").With(config =>
            {
                config["comment"] = "of the config";
                config["history"]![0]!["comment"] = "of the step";
            }),
            TestImage.Of("remark", "docker.io/a/step:1").With(config => config["history"]![0]!["comment"] = "of the step"),
            TestImage.Of("remark", "docker.io/a/none:1").With(config => config.Remove("history")));

        Assert.Equal("of the config", test.Store.Find("a/config:1").Comment);
        Assert.Equal("of the step", test.Store.Find("a/step:1").Comment);
        Assert.Equal("", test.Store.Find("a/none:1").Comment);
    }

    [Fact]
    public void What_an_image_does_not_say_is_empty_and_never_null_but_for_the_date()
    {
        using var test = new TestStore();
        test.Store.Import(TestImage.Of("bare", "docker.io/a/b:1").With(config =>
        {
            config.Remove("created");
            config.Remove("config");
            config.Remove("history");
        }));

        var image = test.Store.Find("a/b:1");

        Assert.Null(image.Created);
        Assert.Null(image.Healthcheck);
        Assert.Null(image.Parent);
        Assert.Null(image.Index);
        Assert.Equal(("", "", "", ""), (image.Author, image.Comment, image.User, image.DockerVersion));
        Assert.Empty(image.Labels);
        Assert.Empty(image.Annotations);
        Assert.Empty(image.History);
        Assert.Empty(image.Children);
        Assert.Empty(image.Config.Env);
        Assert.Empty(image.Config.Labels);
        Assert.Single(image.Layers);
    }

    private static void AssertTells(PeerExport export)
    {
        using var test = new TestStore();
        test.Import(export.Path, "docker.io/a/b:1", "quay.io/a/b:2");
        var (image, config, manifest) = (test.Store.Find(export.Image.Id), export.Image.Config, export.Image.Manifest);
        var run = config.GetProperty("config");

        Assert.Equal(["docker.io/a/b:1", "quay.io/a/b:2"], image.Names);
        Assert.Equal(image.Names, image.RepoTags);
        Assert.Equal([$"docker.io/a/b@{export.Image.Digest}", $"quay.io/a/b@{export.Image.Digest}"], image.RepoDigests);
        Assert.Equal((export.Image.Digest, export.Image.Digest), (image.Digest, image.RootDigest));
        Assert.Equal(manifest.TryGetProperty("mediaType", out var type) ? type.GetString() : MediaTypes.OciManifest, image.ManifestType);
        Assert.Equal(export.Image.ManifestBytes, Encoding.UTF8.GetBytes(image.Manifest));
        Assert.Equal(export.Image.ConfigBytes, Encoding.UTF8.GetBytes(image.ImageConfig));
        Assert.StartsWith(
            image.Created!.Value.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture), Text(config, "created"), StringComparison.Ordinal);
        Assert.Equal(Text(config, "author"), image.Author);
        Assert.Equal((Text(config, "os"), Text(config, "architecture")), (image.Os, image.Architecture));
        Assert.Equal($"{image.Os}/{image.Architecture}", image.Platform);
        Assert.Equal([image.Platform], image.PresentPlatforms);

        Assert.Equal(Text(run, "User"), image.Config.User);
        Assert.Equal(Text(run, "WorkingDir"), image.Config.WorkingDir);
        Assert.Equal(Text(run, "StopSignal"), image.Config.StopSignal);
        Assert.Equal(Texts(run, "Env"), image.Config.Env);
        Assert.Equal(Texts(run, "Cmd"), image.Config.Cmd);
        Assert.Equal(Texts(run, "Entrypoint"), image.Config.Entrypoint);
        Assert.Equal(Texts(run, "OnBuild"), image.Config.OnBuild);
        Assert.Equal(Texts(run, "Shell"), image.Config.Shell);
        Assert.Equal(Keys(run, "ExposedPorts"), image.Config.ExposedPorts);
        Assert.Equal(Keys(run, "Volumes"), image.Config.Volumes);
        Assert.Equal(run.TryGetProperty("Labels", out var labels) ? Map(labels) : [], image.Labels);
        Assert.Equal(image.Labels, image.Config.Labels);
        Assert.Equal(run.TryGetProperty("Healthcheck", out var check), image.Healthcheck is not null);
        Assert.Equal(check.ValueKind == JsonValueKind.Object ? Texts(check, "Test") : [], image.Healthcheck?.Test ?? []);
        Assert.Equal(manifest.TryGetProperty("annotations", out var annotations) ? Map(annotations) : [], image.Annotations);

        var layers = manifest.GetProperty("layers").EnumerateArray().ToList();
        Assert.Equal(layers.Select(layer => layer.GetProperty("digest").GetString()), image.Layers.Select(layer => layer.Digest));
        Assert.Equal(layers.Select(layer => layer.GetProperty("size").GetInt64()), image.Layers.Select(layer => layer.CompressedSize));
        Assert.Equal(layers.Select(layer => layer.GetProperty("mediaType").GetString()), image.Layers.Select(layer => layer.MediaType));
        Assert.Equal(export.Image.DiffIds, image.Layers.Select(layer => layer.DiffId));
        Assert.Equal(export.Image.DiffIds, image.RootFS.Layers);
        Assert.All(image.Layers, layer => Assert.True(layer is { Present: true, Size: > 0 }));
        Assert.Equal(
            config.GetProperty("history").EnumerateArray().Select(step => (
                Text(step, "created_by"), Text(step, "comment"), step.TryGetProperty("empty_layer", out var empty) && empty.GetBoolean())),
            image.History.Select(step => (step.CreatedBy, step.Comment, step.EmptyLayer)));
        Assert.Equal(64, image.TopLayer!.Length);
    }

    private static string Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString()! : "";

    private static IEnumerable<string> Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(text => text.GetString()!) : [];

    private static IEnumerable<string> Keys(JsonElement json, string name) =>
        json.TryGetProperty(name, out var set) && set.ValueKind == JsonValueKind.Object ? set.EnumerateObject().Select(item => item.Name) : [];

    private static Dictionary<string, string> Map(JsonElement json) => json.ValueKind == JsonValueKind.Object
        ? json.EnumerateObject().ToDictionary(item => item.Name, item => item.Value.GetString()!)
        : [];
}
