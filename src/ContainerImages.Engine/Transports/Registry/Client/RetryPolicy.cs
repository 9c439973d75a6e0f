using System;
using System.Net.Http;

namespace ContainerImages.Transports;

/// <summary>Whether and when a request is made again: exponential backoff with jitter, or when the server says.</summary>
internal sealed class RetryPolicy(RegistryOptions options)
{
    /// <summary>What a server may make anybody wait; one that wants more is not waited for.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    // Not to be guessed by anybody: it only keeps several clients from coming back at the same moment.
    private static readonly Random Jitter = new();

    /// <summary>Whether a later answer may be another one: what the server says of itself, not of the request.</summary>
    public static bool IsTransient(int status) => status is 408 or 429 or 500 or 502 or 503 or 504;

    /// <summary>How long to wait before the next attempt; null if there is none.</summary>
    /// <param name="failures">How often it has failed so far, from 1.</param>
    /// <param name="retryAfter">What the server asks for; null for nothing.</param>
    public TimeSpan? NextDelay(int failures, TimeSpan? retryAfter)
    {
        if (failures > options.RetryCount || retryAfter > LongestWait)
        {
            return null;
        }

        if (retryAfter is { } asked)
        {
            return asked;
        }

        var backoff = Math.Min(FirstWait.Ticks * Math.Pow(2, Math.Min(failures - 1, 16)), LongestBackoff.Ticks);
        lock (Jitter)
        {
            return TimeSpan.FromTicks((long)(backoff * (0.5 + (Jitter.NextDouble() / 2))));
        }
    }

    /// <summary>What <c>Retry-After</c> says, as seconds or as a date; null if it says nothing. Never negative.</summary>
    public TimeSpan? ReadRetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - options.Clock.UtcNow;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
