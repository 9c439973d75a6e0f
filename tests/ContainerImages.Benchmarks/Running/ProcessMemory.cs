using System;
using System.Globalization;

namespace ContainerImages.Benchmarks.Running;

/// <summary>What /proc says of a process's memory.</summary>
internal static class ProcessMemory
{
    /// <summary>The bytes in a line of /proc/PID/status, such as <c>VmHWM:   12345 kB</c>.</summary>
    public static double Parse(string line) =>
        double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
}
