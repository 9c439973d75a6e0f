using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using ContainerImages.Tests.Loading;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>What scripts do with images: show, compare, sort, look into, make by hand.</summary>
public sealed class ImageObjectTests : IDisposable
{
    // The engine hides what a property throws, and shows nothing; a method's error it shows.
    private const string ErrorOfLabels = "try { $image.GetLabel('a') } catch { $_.Exception.GetBaseException().Error }";

    private readonly StoreSession _session = StoreSession.WithSample();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("\"$image\"", "localhost/greeting:latest")]
    [InlineData("$image.Id", StoreSession.SampleId)]
    [InlineData("$image.Size.GetType().Name", "Int64")]
    [InlineData("$image.Created.GetType().Name", "DateTimeOffset")]
    [InlineData("$image.Created.UtcDateTime.ToString('s')", "2026-01-01T00:00:00")]
    [InlineData("$image.Platform; $image.Os; $image.Architecture", "linux/amd64 linux amd64")]
    [InlineData("$image.Layers.Count", "3")]
    [InlineData("$image.Digest.Substring(0, 7)", "sha256:")]
    [InlineData("$image.Digest -eq $image.RootDigest", "True")]
    [InlineData("$image -eq (Get-ContainerImage -Id $id)", "True")]
    [InlineData("$image -eq (Get-ContainerImage other:1)", "True")]
    [InlineData("$image -eq [ContainerImages.ContainerImage]@{ Id = $id }", "True")]
    [InlineData("$image -eq [ContainerImages.ContainerImage]@{ Id = 'a' * 64 }", "False")]
    [InlineData("$image -eq $null", "False")]
    [InlineData("@($image, (Get-ContainerImage other:1)).IndexOf((Get-ContainerImage -Id $id))", "0")]
    [InlineData("$image -lt [ContainerImages.ContainerImage]@{ Id = 'a' * 64; Created = '2030-01-01' }", "True")]
    [InlineData("[string]$image.Inspect().GetType().Name", "ImageInspect")]
    [InlineData("$image.Author; $image.User", "The ContainerImages authors 1000:1000")]
    [InlineData("$image.Config.Cmd; $image.RootFS.Layers.Count", "/bin/greet 3")]
    [InlineData("@($image.Layers | Where-Object Present).Count", "3")]
    [InlineData("$image.Labels.'org.opencontainers.image.title'", "greeting")]
    [InlineData("$image.GetLabel('ORG.opencontainers.image.TITLE')", "greeting")]
    [InlineData("$image.GetLabel('NOTHING')", "")]
    [InlineData("$image.ImageConfig -like '*\"architecture\":\"amd64\"*'", "True")]
    [InlineData("$image.Inspect().ToJson() -like \"{*`\"Id`\": `\"$id`\",*`\"localhost/greeting:latest`\"*\"", "True")]
    public void Has_values_a_script_can_use(string script, string expected)
    {
        _session.Run("$image = Get-ContainerImage greeting; $image | Add-ImageTag other:1").ShouldSucceed();

        Assert.Equal(expected, string.Join(' ', _session.Texts(script)));
    }

    [Fact]
    public void What_cmdlets_write_has_no_setter_and_nothing_in_it_has()
    {
        HashSet<Type> types = [];
        foreach (CommandInfo command in _session.Run("Get-Command -Module ContainerImages -CommandType Cmdlet").ShouldSucceed().Objects.Select(o => (CommandInfo)o.BaseObject))
        {
            command.OutputType.ToList().ForEach(type => Reach(type.Type));
        }

        string[] some = ["ContainerImage", "ImageHistoryEntry", "HistoryStep", "ContainerConfig", "ImageLease"];
        Assert.Empty(some.Except(types.Select(type => type.Name)));
        Assert.Empty(types.SelectMany(type => type.GetProperties()).Where(property => property.GetSetMethod() is not null)
            .Select(property => $"{property.DeclaringType!.Name}.{property.Name}"));

        void Reach(Type type)
        {
            type.GetGenericArguments().ToList().ForEach(Reach);
            if (type.Assembly == ModuleAssemblies.Engine && types.Add(type))
            {
                type.GetProperties().ToList().ForEach(property => Reach(property.PropertyType));
                type.GetMethods().Where(method => !method.IsSpecialName).ToList().ForEach(method => Reach(method.ReturnType));
            }
        }
    }

    [Fact]
    public void Its_lists_and_those_of_other_objects_cannot_be_changed()
    {
        const string Changeable = """
            $image = Get-ContainerImage greeting
            $objects = @(
                $image
                $image.Inspect(); $image.Config; $image.RootFS; $image.Inspect().GraphDriver
                Get-ImageHistory greeting
                [ContainerImages.ContainerImage]@{ Id = $id; Names = 'a:1', 'b:1'; Labels = @{ a = 'b' }; Children = 'c', 'd' }
                [ContainerImages.ImageHistoryEntry]@{ Tags = 'a:1', 'b:1' }
                [ContainerImages.ImageCopy]@{ Platforms = 'linux/amd64', 'linux/arm64' }
                [ContainerImages.RemoteImage]@{ Platforms = 'linux/amd64', 'linux/arm64' }
                Remove-ContainerImage $image -Force -PassThru)
            foreach ($object in $objects) {
                foreach ($property in $object.PSObject.Properties) {
                    if ($property.Value -is [Collections.IList] -or $property.Value -is [Collections.IDictionary]) {
                        '{0}.{1} {2}' -f $object.GetType().Name, $property.Name, ($property.Value.IsReadOnly -or ($property.Value -is [array] -and $property.Value.Count -eq 0))
                    }
                }
            }
            """;

        string[] lists = _session.Texts(Changeable);

        Assert.Contains("ContainerImage.Names True", lists);
        Assert.Contains("ContainerConfig.Labels True", lists);
        Assert.DoesNotContain(lists, list => list.EndsWith("False", StringComparison.Ordinal));
    }

    [Fact]
    public void Sorts_by_date() => Assert.Equal(
        ["a", "b", "c"],
        _session.Texts("""
            $images = [ContainerImages.ContainerImage[]]@(
                @{ Id = '1' * 64; Reference = 'c'; Created = '2026-03-01' }
                @{ Id = '2' * 64; Reference = 'a'; Created = '2026-01-01' }
                @{ Id = '3' * 64; Reference = 'b'; Created = '2026-02-01' })
            [array]::Sort($images)
            $images
            """));

    [Fact]
    public void A_fake_knows_what_it_was_given_and_says_so_of_the_rest()
    {
        Assert.Equal(
            ["ops"],
            _session.Texts("([ContainerImages.ContainerImage]@{ Id = $id; Labels = @{ maintainer = 'ops' } }).Labels.maintainer"));

        _session.Run("$image = [ContainerImages.ContainerImage]@{ Id = $id }").ShouldSucceed();
        Assert.Equal(["ImageDetached"], _session.Texts(ErrorOfLabels));
    }

    [Theory]
    [InlineData("Config = @{ Env = 'A=1', 'B=2'; Healthcheck = @{ Test = 'CMD', 'true'; Retries = 3 } }", "$fake.Config.Env[1]; $fake.Config.Healthcheck.Retries", "B=2 3")]
    [InlineData("RootFS = @{ Layers = 'sha256:a' }; Layers = @{ Digest = 'sha256:b'; Size = 5 }", "$fake.RootFS.Layers; $fake.Layers[0].Digest", "sha256:a sha256:b")]
    [InlineData("History = @{ CreatedBy = 'one' }, @{ CreatedBy = 'two'; EmptyLayer = $true }", "$fake.History", "one two")]
    [InlineData("Config = $image.Config; History = $image.History; Layers = $image.Layers", "$fake.Layers.Count; $fake.Config.Cmd; $fake.History.Count", "3 /bin/greet 8")]
    [InlineData("Layers = @($image.Layers | Where-Object Present)", "$fake.Layers.Count", "3")]
    public void A_fake_has_parts_of_hash_tables_or_of_another_image(string properties, string script, string expected)
    {
        _session.Run($"$image = Get-ContainerImage greeting; $fake = [ContainerImages.ContainerImage]@{{ Id = $id; {properties} }}").ShouldSucceed();

        Assert.Equal(expected, string.Join(' ', _session.Texts(script)));
    }

    [Fact]
    public void A_part_that_does_not_fit_is_an_error() => Assert.Contains(
        "'Config' must be of type ContainerConfig, or a hash table with its properties.",
        _session.Run("[ContainerImages.ContainerImage]@{ Id = $id; Config = 5 }").Transcript,
        StringComparison.Ordinal);

    [Fact]
    public void A_property_whose_bytes_are_gone_says_which()
    {
        _session.Run("$image = Get-ContainerImage greeting").ShouldSucceed();
        System.IO.File.Delete(_session.Blobs.Single(file => file.EndsWith(StoreSession.SampleId, StringComparison.Ordinal)));

        Assert.Equal(["ContentMissing"], _session.Texts(ErrorOfLabels));
    }

    [Fact]
    public void Results_of_other_cmdlets_can_be_made_by_hand_too() => Assert.Equal(
        ["Removed 067921", "COPY a", "sha256:x"],
        _session.Texts("""
            [ContainerImages.ImageRemoval]@{ Id = '067921'; Removed = $true }
            [ContainerImages.ImageHistoryEntry]@{ CreatedBy = 'COPY a' }
            ([ContainerImages.ImageHistoryEntry]@{ DiffId = 'sha256:x' }).DiffId
            """));
}
