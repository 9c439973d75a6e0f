using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>Tests that count what the process allocates: while they run, no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
