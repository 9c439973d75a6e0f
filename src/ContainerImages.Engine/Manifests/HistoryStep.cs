using System;
using System.Collections;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>One entry of a config's history (OCI image specification, config.md): a step of the build.</summary>
public sealed class HistoryStep
{
    internal HistoryStep()
    {
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name.</param>
    public HistoryStep(IDictionary properties)
    {
        var given = new GivenProperties(nameof(HistoryStep), properties ?? throw new ArgumentNullException(nameof(properties)));
        Created = given.Date(nameof(Created));
        CreatedBy = given.Text(nameof(CreatedBy)) ?? "";
        Author = given.Text(nameof(Author)) ?? "";
        Comment = given.Text(nameof(Comment)) ?? "";
        EmptyLayer = given.Flag(nameof(EmptyLayer)) ?? false;
        given.RefuseOthers();
    }

    /// <summary>When it was done, UTC; null where the config does not say.</summary>
    public DateTimeOffset? Created { get; internal init; }

    /// <summary>The command; empty where the config does not say.</summary>
    public string CreatedBy { get; internal init; } = "";

    /// <summary>Who did it; empty where the config does not say.</summary>
    public string Author { get; internal init; } = "";

    /// <summary>A remark; empty where there is none.</summary>
    public string Comment { get; internal init; } = "";

    /// <summary>Whether the step made no layer.</summary>
    public bool EmptyLayer { get; internal init; }

    /// <summary>The command.</summary>
    public override string ToString() => CreatedBy;
}
