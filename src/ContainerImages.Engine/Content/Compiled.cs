using System.Runtime.CompilerServices;

namespace ContainerImages.Content;

/// <summary>How methods are compiled.</summary>
internal static class Compiled
{
    /// <summary>
    /// At once as well as can be (AggressiveOptimization, which netstandard2.0 does not name): for what goes through all of a
    /// large store when it is first looked at. The runtime would else compile it in haste, and notice too late.
    /// </summary>
    public const MethodImplOptions Well = (MethodImplOptions)512;
}
