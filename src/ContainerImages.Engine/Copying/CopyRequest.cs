using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages.Copying;

/// <summary>One root to be copied.</summary>
/// <param name="Root">What of the source.</param>
/// <param name="Names">The names it is to have there.</param>
/// <param name="Platforms">Only these platforms of it; empty for all that the source has.</param>
internal sealed record CopyRequest(SourceRoot Root, IReadOnlyList<string> Names, IReadOnlyList<PlatformPattern> Platforms);
