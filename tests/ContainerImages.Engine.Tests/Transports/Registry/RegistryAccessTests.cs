using System.Linq;
using System.Threading;
using ContainerImages.References;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>Whom a log-in is shown to that was given by the caller.</summary>
public class RegistryAccessTests
{
    private const string Rules = """
        [[registry]]
        prefix = "moved.com"
        location = "elsewhere.com"
        [[registry]]
        prefix = "within.com/a"
        location = "within.com/b"
        [[registry.mirror]]
        location = "mirror.com"
        """;

    [Theory]
    [InlineData("plain.com/app:1", "plain.com own insecure")]
    [InlineData("moved.com/app:1", "elsewhere.com kept")]
    [InlineData("within.com/a/app:1", "mirror.com kept, within.com own insecure")]
    public void The_caller_s_own_words_hold_for_the_registry_of_the_name_alone(string name, string expected)
    {
        using var access = new RegistryAccess(ConfigurationFolder.Parse(Rules), new RegistryOptions())
        {
            Credential = new RegistryCredential("own", "x", null),
            FindCredential = (_, _, _) => new RegistryCredential("kept", "y", null),
            AllowInsecure = true,
        };

        var clients = access.OpenForReading(ImageReference.ParseNormalized(name), CancellationToken.None);

        Assert.Equal(expected, string.Join(", ", clients.Select(client =>
            $"{client.Host.Name} {client.Host.Credential?.UserName}{(client.Host.IsInsecure ? " insecure" : "")}")));
    }

    [Fact]
    public void For_writing_it_is_the_registry_of_the_name_whatever_is_configured_for_reading()
    {
        using var access = new RegistryAccess(ConfigurationFolder.Parse(Rules), new RegistryOptions())
        {
            Credential = new RegistryCredential("own", "x", null),
        };

        var client = access.OpenDirect("moved.com", "app", isForPush: true, CancellationToken.None);

        Assert.Equal(("moved.com", "own"), (client.Host.Name, client.Host.Credential?.UserName));
    }
}
