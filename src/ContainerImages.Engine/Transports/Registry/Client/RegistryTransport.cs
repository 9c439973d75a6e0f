using System;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>Sends requests: follows redirects without showing other hosts what is not theirs, and repeats what may be repeated.</summary>
internal sealed class RegistryTransport(RegistryOptions options, RegistryConnections connections)
{
    private const int MaxRedirects = 10;

    private readonly RetryPolicy _policy = new(options);

    /// <summary>Does something until it succeeds, fails for good, or has failed too often.</summary>
    public async Task<T> RepeatAsync<T>(RegistryHost host, RegistryRequest request, Func<Task<T>> once, CancellationToken cancellation)
    {
        for (var failures = 1; ; failures++)
        {
            try
            {
                return await once().ConfigureAwait(false);
            }
            catch (RegistryException e) when (e.IsTransient)
            {
                if (!request.IsRepeatable || (!host.HasAnswered && (e.IsRefused || e.Error == ImageError.RegistryTimeout)))
                {
                    throw;
                }

                await WaitAsync(e, failures, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits until something that failed may be tried again.</summary>
    /// <exception cref="RegistryException">The failure, if it was tried often enough, or the server wants too long a wait.</exception>
    public async Task WaitAsync(RegistryException failure, int failures, CancellationToken cancellation)
    {
        if (_policy.NextDelay(failures, failure.RetryAfter) is not { } delay)
        {
            failure.IsTransient = false;
            throw failure;
        }

        options.Verbose?.Invoke(FormattableString.Invariant(
            $"{failure.Message} Trying again in {delay.TotalSeconds:0.#} s ({failures} of {options.RetryCount})."));
        await options.Clock.DelayAsync(delay, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends once, redirects followed. An answer of a kind that may change later is thrown as what it means.</summary>
    /// <param name="host">The registry for whose sake it is sent.</param>
    /// <param name="request">The request.</param>
    /// <param name="start">Its address.</param>
    /// <param name="authorization">Shown to that address and to no other host; null for none.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<RegistryResponse> SendAsync(
        RegistryHost host, RegistryRequest request, Uri start, AuthenticationHeaderValue? authorization, CancellationToken cancellation)
    {
        var address = start;
        for (var redirects = 0; ; redirects++)
        {
            CheckAddress(host, request, address, start);
            var response = await SendOnceAsync(
                host, request, address, HasOrigin(address, start) ? authorization : null, cancellation).ConfigureAwait(false);
            if (response.Status is not (301 or 302 or 303 or 307 or 308))
            {
                return RetryPolicy.IsTransient(response.Status)
                    ? throw await ThrowableAsync(response).ConfigureAwait(false)
                    : response;
            }

            using (response)
            {
                address = Redirect(response, redirects);
            }
        }
    }

    /// <summary>What an answer's status means, as an error.</summary>
    public async Task<RegistryException> ThrowableAsync(RegistryResponse response)
    {
        using (response)
        {
            return await RegistryErrors.OfStatusAsync(response, _policy.ReadRetryAfter(response.Message)).ConfigureAwait(false);
        }
    }

    /// <summary>Whether two addresses are the same server's.</summary>
    public static bool HasOrigin(Uri address, Uri other) =>
        address.Scheme == other.Scheme && string.Equals(address.Authority, other.Authority, StringComparison.OrdinalIgnoreCase);

    private async Task<RegistryResponse> SendOnceAsync(
        RegistryHost host, RegistryRequest request, Uri address, AuthenticationHeaderValue? authorization, CancellationToken cancellation)
    {
        var client = connections.Get(address, host.Trust, host.IsHome(address) && !request.IsAnonymous, host.MayBeInsecure(address));
        var idle = new IdleTimeout(options.Timeout, cancellation);
        using var message = new HttpRequestMessage(request.Method, address);
        try
        {
            message.Headers.Authorization = authorization;
            request.Prepare?.Invoke(message);
            message.Content = request.Body?.Invoke(idle);
            idle.Start();
            var answer = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, idle.Token).ConfigureAwait(false);
            idle.Pause();
            host.HasAnswered |= host.IsHome(address);
            options.Verbose?.Invoke(
                $"{request.Method} {RegistryText.Clean(address.AbsolutePath, host.Secrets)} at {address.Authority}: {(int)answer.StatusCode} {answer.StatusCode}");
            return new RegistryResponse(host, request, answer, address, idle);
        }
        catch (Exception e)
        {
            (message.Content as UploadContent)?.ThrowSourceError();
            var error = OfCertificate(e, request, address) ?? RegistryErrors.OfConnection(e, host, request.What, address, idle);
            idle.Dispose();
            if (error is not null)
            {
                throw error;
            }

            throw;
        }
    }

    private RegistryException? OfCertificate(Exception e, RegistryRequest request, Uri address)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            if (cause is not AuthenticationException && cause is not WebException { Status: WebExceptionStatus.TrustFailure or WebExceptionStatus.SecureChannelFailure })
            {
                continue;
            }

            return connections.WhyRejected(address) is { } why
                ? new RegistryException(
                    ImageError.RegistryCertificate, $"{request.What} failed: the certificate of {address.Authority} is not trusted: {why}.", e)
                : new RegistryException(
                    ImageError.RegistryUnreachable,
                    $"{request.What} failed: {address.Authority} makes no TLS connection ({RegistryText.Clean(cause.Message).TrimEnd('.')}); it may speak plain HTTP.",
                    e);
        }

        return null;
    }

    private Uri Redirect(RegistryResponse response, int redirects)
    {
        var request = response.Request;
        if (redirects == MaxRedirects)
        {
            throw RegistryErrors.Protocol(response, $"it redirects more than {MaxRedirects} times");
        }

        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head && response.Status is not (307 or 308))
        {
            throw RegistryErrors.Protocol(response, $"it redirects a {request.Method} by {response.Status}");
        }

        var location = response.Header("Location");
        if (!Uri.TryCreate(response.Address, location ?? "", out var target) || string.IsNullOrEmpty(location))
        {
            throw RegistryErrors.Protocol(response, "it redirects to nowhere");
        }

        options.Verbose?.Invoke($"{response.Address.Authority} redirects to {RegistryText.Clean(target.Authority, response.Host.Secrets)}.");
        return target;
    }

    private static void CheckAddress(RegistryHost host, RegistryRequest request, Uri address, Uri start)
    {
        var fault = address.Scheme is not ("https" or "http") ? $"over '{RegistryText.Clean(address.Scheme)}'"
            : address.Scheme == "http" && !host.MayBeInsecure(address) ? "over plain HTTP, which is not allowed for it"
            : request.IsSecret && !HasOrigin(address, start) ? "with a secret that is not meant for it"
            : null;
        if (fault is not null)
        {
            throw new RegistryException(
                ImageError.RegistryProtocol, $"{request.What} failed: {host.Name} sends to {address.Authority} {fault}.");
        }
    }
}
