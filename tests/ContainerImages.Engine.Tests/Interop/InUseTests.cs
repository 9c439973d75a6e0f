using System;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What podman does with an image that a container uses, and we with one that a lease holds.</summary>
public sealed class InUseTests : IDisposable
{
    private static readonly TestImage _base = TestImage.Of("base");
    private static readonly TestImage _app = _base.Child("CMD app", TestLayer.Of("app"), "docker.io/x/app:1", "docker.io/x/app:2");
    private static readonly TestImage _other = _base.Child("CMD other", TestLayer.Of("other"), "docker.io/x/other:1");

    private readonly TwoStores _stores = new();

    public void Dispose() => _stores.Dispose();

    [SkippableTheory]
    [InlineData("rmi x/app:1", true)]
    [InlineData("rmi x/app:1 x/app:2", false)]
    [InlineData("rmi x/other:1", true)]
    [InlineData("rmi --force {app}", true)]
    [InlineData("image prune --force", true)]
    [InlineData("image prune --force --all", true)]
    public void The_same_is_allowed_and_the_same_is_left(string words, bool isAllowed)
    {
        _stores.Import(_base, _app, _other);
        _stores.Peers.Podman("create", "x/app:1");
        _stores.Store.Lease([_stores.Store.Match("x/app:1")], "web1", null, "", default);
        string[] arguments = [.. words.Split(' ').Select(word => word == "{app}" ? _app.Id.Hex : word)];

        var exitCode = _stores.Peers.Run(Peer.Podman, arguments, mustSucceed: false).ExitCode;
        var refused = Refused(() => Do(arguments));

        Assert.Equal(isAllowed, exitCode == 0);
        Assert.Equal(isAllowed ? null : ImageError.ImageInUse, refused);
        if (isAllowed)
        {
            Assert.Equal(_stores.PodmansNames(), _stores.OurNames());
        }

        _stores.Store.AssertSound();
    }

    // Podman takes the names away one after the other, up to the one that it must not; here a refused removal changes nothing.
    [SkippableFact]
    public void Of_names_that_are_refused_together_podman_takes_the_first()
    {
        _stores.Import(_app);
        _stores.Peers.Podman("create", "x/app:1");
        _stores.Store.Lease([_stores.Store.Match("x/app:1")], "web1", null, "", default);

        Assert.NotEqual(0, _stores.Peers.Run(Peer.Podman, ["rmi", "x/app:1", "x/app:2"], mustSucceed: false).ExitCode);
        _stores.Store.AssertRefused(ImageError.ImageInUse, store => store.Remove(["x/app:1", "x/app:2"]));

        Assert.Equal("docker.io/x/app:2", Assert.Single(_stores.PodmansNames()).Value);
    }

    private void Do(string[] arguments)
    {
        if (arguments[0] == "rmi")
        {
            _stores.Store.Remove([.. arguments.Skip(1).Where(word => word != "--force")], force: arguments.Contains("--force"));
            return;
        }

        var optimization = StoreOptimization.Read(_stores.Store, new OptimizationOptions { All = arguments.Contains("--all") }, default);
        _stores.Store.Optimize(optimization.Choose((_, _) => true), [], optimization.IsOld, default);
    }

    private static ImageError? Refused(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (ContainerImageException e)
        {
            return e.Error;
        }
    }
}
