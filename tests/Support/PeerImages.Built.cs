using System.Linq;

namespace ContainerImages.Testing;

/// <content>The images as buildah made them, in the sandbox's store.</content>
public sealed partial class PeerImages
{
    public const string AppName = "docker.io/team/app:1";
    public const string ToolName = "docker.io/library/tool:1.0";
    public const string OciAppName = "docker.io/team/oci-app:1";
    public const string PlatformsName = "docker.io/team/platforms:2";

    private static readonly string[] _appNames = [AppName, "localhost/app:latest", "registry.example.com:5000/team/app:stable"];
    private static readonly string[] _toolNames = [ToolName, "quay.io/team/tool:latest"];

    /// <summary>
    /// In Docker's format, every field of the config set: a busybox root file system, 2,100 small files, names that are long
    /// or not ASCII, a deleted file, an opaque folder (where peers have to use vfs, deleted files instead), hard links, a
    /// pipe, and on top two equal layers with nothing in them. Its parents are there.
    /// </summary>
    public PeerImage App => Once(() =>
    {
        // Recipes have no instruction for these (or it would act on the next commit already), and each commit adds a layer
        // though nothing is in it: two equal ones.
        Build("App", "docker", "localhost/app-base:1");
        Commit("localhost/app-base:1", "localhost/app-host:1", "docker", "--hostname", "app", "--domainname", "example.com");
        Commit("localhost/app-host:1", AppName, "docker", "--comment", "A comment: <\"&>", "--onbuild", "LABEL on=build");
        Sandbox.Buildah(["tag", .. _appNames]);
        return ReadStored(_appNames);
    });

    /// <summary>In Docker's format, made from <see cref="App"/>, so that they share all of its layers.</summary>
    public PeerImage ToolImage => Once(() =>
    {
        _ = App;
        Build("Tool", "docker", _toolNames);
        return ReadStored(_toolNames);
    });

    /// <summary>In OCI format, made from <see cref="App"/>, with annotations.</summary>
    public PeerImage OciApp => Once(() =>
    {
        Commit(
            App.Names[0], OciAppName, "oci",
            "--annotation", "org.opencontainers.image.title=The app", "--annotation", "com.example.x=<y>");
        return ReadStored(OciAppName);
    });

    /// <summary>What podman says about <see cref="App"/>: the JSON of <c>podman image inspect</c>.</summary>
    public ToolResult AppInspect => Once(() => Sandbox.Podman("image", "inspect", App.Names[0]));

    private string Context => Once(() =>
    {
        var folder = Target();
        BusyboxContext.Write(folder);
        return folder;
    });

    private void Commit(string from, string to, string format, params string[] settings)
    {
        var container = Sandbox.Buildah("from", "--pull-never", from).Output;
        Sandbox.Buildah(["config", .. settings, container]);
        Sandbox.Buildah("commit", "--quiet", "--rm", "--format", format, container, to);
    }

    private void Build(string recipe, string format, params string[] names) =>
        Sandbox.Buildah(
        [
            "build", "--quiet", "--layers", "--pull-never", "--format", format,
            "--file", $"{Context}/{recipe}", .. names.SelectMany(name => new[] { "--tag", name }), Context,
        ]);
}
