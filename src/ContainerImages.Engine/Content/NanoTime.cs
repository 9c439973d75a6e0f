using System;
using System.Globalization;

namespace ContainerImages.Content;

/// <summary>A moment to the nanosecond, as file systems and Go keep it; a tick of .NET is a hundred of them.</summary>
/// <param name="Seconds">Seconds since 1970, UTC.</param>
/// <param name="Nanoseconds">Nanoseconds of the second, never negative.</param>
internal readonly record struct NanoTime(long Seconds, int Nanoseconds) : IComparable<NanoTime>
{
    private const int NanosecondsPerTick = 100;

    private static readonly long First = DateTimeOffset.MinValue.ToUnixTimeSeconds();
    private static readonly long Last = DateTimeOffset.MaxValue.ToUnixTimeSeconds();

    public static NanoTime Now => From(DateTimeOffset.UtcNow);

    /// <summary>Whether it is in the years 1 to 9999, which is all that a date can say.</summary>
    public bool IsDate => Seconds >= First && Seconds <= Last;

    public static NanoTime From(DateTimeOffset date) =>
        new(date.ToUnixTimeSeconds(), (int)(date.UtcTicks % TimeSpan.TicksPerSecond) * NanosecondsPerTick);

    public int CompareTo(NanoTime other) => (Seconds, Nanoseconds).CompareTo((other.Seconds, other.Nanoseconds));

    /// <summary>UTC with as many digits of the second as there are, as Go writes a time (RFC 3339).</summary>
    public override string ToString()
    {
        var second = DateTimeOffset.FromUnixTimeSeconds(Seconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return Nanoseconds == 0
            ? second + "Z"
            : $"{second}.{Nanoseconds.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0')}Z";
    }
}
