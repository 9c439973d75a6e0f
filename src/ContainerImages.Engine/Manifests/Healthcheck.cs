using System;
using System.Collections;
using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>How a container tells that it is well (Docker's <c>HEALTHCHECK</c>).</summary>
public sealed class Healthcheck
{
    internal Healthcheck()
    {
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name.</param>
    public Healthcheck(IDictionary properties)
    {
        var given = new GivenProperties(nameof(Healthcheck), properties ?? throw new ArgumentNullException(nameof(properties)));
        Test = given.Texts(nameof(Test));
        Interval = given.Span(nameof(Interval));
        Timeout = given.Span(nameof(Timeout));
        StartPeriod = given.Span(nameof(StartPeriod));
        Retries = given.Number(nameof(Retries)) is { } retries ? (int)Math.Min(retries, int.MaxValue) : null;
        given.RefuseOthers();
    }

    /// <summary>The command; its first word says how to run it: NONE, CMD or CMD-SHELL.</summary>
    public IReadOnlyList<string> Test { get; internal init => field = value.Sealed(); } = [];

    /// <summary>Time between checks; null for the default.</summary>
    public TimeSpan? Interval { get; internal init; }

    /// <summary>Time after which a check has failed; null for the default.</summary>
    public TimeSpan? Timeout { get; internal init; }

    /// <summary>Time a container is given to come up; null for the default.</summary>
    public TimeSpan? StartPeriod { get; internal init; }

    /// <summary>Failures in a row that make a container unhealthy; null for the default.</summary>
    public int? Retries { get; internal init; }
}
