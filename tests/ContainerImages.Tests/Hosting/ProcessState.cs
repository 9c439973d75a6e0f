using Xunit;

namespace ContainerImages.Tests.Hosting;

/// <summary>Tests that change what the whole process shares, such as environment variables: they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessState
{
    public const string Name = "Process state";
}
