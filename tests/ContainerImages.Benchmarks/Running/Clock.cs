using System;
using System.Diagnostics;
using ContainerImages.Testing;

namespace ContainerImages.Benchmarks.Running;

/// <summary>Takes times.</summary>
internal static class Clock
{
    public static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>As <see cref="Seconds"/>, after all that others wrote is on disk, so that nobody pays for it here.</summary>
    public static double SettledSeconds(Action action)
    {
        if (OperatingSystem.IsLinux())
        {
            Tool.Run("sync", []);
        }

        return Seconds(action);
    }
}
