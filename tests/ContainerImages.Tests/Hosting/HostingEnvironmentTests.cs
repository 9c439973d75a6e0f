using System;
using System.Linq;
using Xunit;

namespace ContainerImages.Tests.Hosting;

[Collection(ProcessState.Name)]
public sealed class HostingEnvironmentTests
{
    [Fact]
    public void The_default_store_is_the_sessions_own_and_given_back_at_its_end()
    {
        string? before = Environment.GetEnvironmentVariable("CONTAINERIMAGES_STORE");
        using (ScriptSession session = new(store: "somewhere", import: false))
        {
            Assert.Equal("somewhere", session.Run("$env:CONTAINERIMAGES_STORE").Objects.Single().BaseObject);
        }

        Assert.Equal(before, Environment.GetEnvironmentVariable("CONTAINERIMAGES_STORE"));
    }
}
