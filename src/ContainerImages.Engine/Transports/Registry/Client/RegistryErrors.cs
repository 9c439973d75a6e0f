using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>What goes wrong between here and a registry, as errors that say so.</summary>
internal static class RegistryErrors
{
    private const int MaxErrorBody = 64 * 1024;
    private const int MaxErrors = 3;

    /// <summary>The error of a connection, or a stop that was asked for; null for what is none of these.</summary>
    /// <param name="e">What was thrown.</param>
    /// <param name="host">The registry for whose sake, whose secrets may be echoed.</param>
    /// <param name="what">What was being done.</param>
    /// <param name="address">To whom.</param>
    /// <param name="idle">The limit of the wait, which may be what ended it.</param>
    public static Exception? OfConnection(Exception e, RegistryHost host, string what, Uri address, IdleTimeout idle)
    {
        // What ends a wait shows as any of these, as the stream is closed under the reader.
        if (e is OperationCanceledException or ObjectDisposedException or IOException or HttpRequestException or WebException &&
            idle.Token.IsCancellationRequested)
        {
            return idle.IsTimedOut
                ? new RegistryException(
                    ImageError.RegistryTimeout,
                    $"{what} failed: {address.Authority} sent and took no byte for {idle.Limit.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s.",
                    e)
                { IsTransient = true }
                : new OperationCanceledException("The request was stopped.", e, idle.Token);
        }

        if (e is not (HttpRequestException or IOException or WebException))
        {
            return null;
        }

        var cause = Chain(e).OfType<SocketException>().FirstOrDefault()?.SocketErrorCode;
        var (found, isRefused) = cause switch
        {
            SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => ($"the host {address.Host} is unknown", true),
            SocketError.ConnectionRefused => ($"{address.Authority} refuses the connection", true),
            _ => ($"the connection to {address.Authority} is lost or cannot be made: {RegistryText.Clean(Chain(e).Last().Message, host.Secrets).TrimEnd('.')}", false),
        };
        return new RegistryException(ImageError.RegistryUnreachable, $"{what} failed: {found}.", RegistryText.Hide(e, host.Secrets))
        {
            IsTransient = true,
            IsRefused = isRefused,
        };
    }

    /// <summary>The error that an answer's status means, with what the registry itself says; the body is read.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="retryAfter">How long the registry asks to be left alone; null where it does not say.</param>
    public static async Task<RegistryException> OfStatusAsync(RegistryResponse response, TimeSpan? retryAfter)
    {
        var secrets = response.Host.Secrets.ToList();
        var (code, said) = await ReadErrorAsync(response, secrets).ConfigureAwait(false);
        var status = response.Status;
        var name = RegistryText.Clean(response.Message.ReasonPhrase, secrets);
        var found = $"{response.Address.Authority} answered {status.ToString(CultureInfo.InvariantCulture)}{(name.Length == 0 ? "" : " " + name)}";
        var error = status switch
        {
            401 => ImageError.RegistryUnauthorized,
            403 => ImageError.RegistryDenied,
            404 => ImageError.RemoteImageNotFound,
            408 => ImageError.RegistryTimeout,
            429 => ImageError.RegistryThrottled,
            _ => code switch
            {
                "UNAUTHORIZED" => ImageError.RegistryUnauthorized,
                "DENIED" => ImageError.RegistryDenied,
                "TOOMANYREQUESTS" => ImageError.RegistryThrottled,
                _ => ImageError.RegistryProtocol,
            },
        };
        var shown = status != 401 || response.Request.IsAnonymous || !response.Host.IsHome(response.Address) ? ""
            : response.Host.Credential is null ? "; there is no log-in to show it"
            : "; it refuses the log-in that it was shown";
        var later = error == ImageError.RegistryThrottled && retryAfter is { } wait
            ? $"; it asks to try again after {Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture)} s"
            : "";
        return new RegistryException(error, $"{response.Request.What} failed: {found}{(said.Length == 0 ? "" : $" ({said})")}{shown}{later}.")
        {
            Status = status,
            Code = code,
            IsTransient = RetryPolicy.IsTransient(status),
            RetryAfter = retryAfter,
        };
    }

    /// <summary>The error for an answer that is not what the specification says.</summary>
    public static RegistryException Protocol(RegistryResponse response, string found) => new(
        ImageError.RegistryProtocol, $"{response.Request.What} failed: the answer of {response.Address.Authority} breaks the specification: {RegistryText.Hide(found, response.Host.Secrets)}.")
    {
        Status = response.Status,
    };

    /// <summary>Reads JSON of a registry: what is malformed there is the registry's fault, and no archive's.</summary>
    public static T Read<T>(RegistryResponse response, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ContainerImageException e)
        {
            var secrets = response.Host.Secrets.ToList();
            var found = RegistryText.Hide(e.Message, secrets);
            if (e.Error == ImageError.InvalidArchive)
            {
                throw new RegistryException(
                    ImageError.RegistryProtocol,
                    $"{response.Request.What} failed: {response.Address.Authority} sent what makes no sense: {found}",
                    RegistryText.Hide(e, secrets));
            }

            if (found != e.Message)
            {
                throw new RegistryException(e.Error, found);
            }

            throw;
        }
    }

    private static async Task<(string Code, string Said)> ReadErrorAsync(RegistryResponse response, IEnumerable<string?> secrets)
    {
        byte[] bytes;
        try
        {
            bytes = response.Request.Method == HttpMethod.Head ? [] : await response.ReadBytesAsync(MaxErrorBody).ConfigureAwait(false);
        }
        catch (ContainerImageException)
        {
            return ("", "");
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            var errors = document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("errors", out var list)
                && list.ValueKind == JsonValueKind.Array
                ? list.EnumerateArray().Take(MaxErrors).ToList()
                : [document.RootElement];
            var said = errors.Select(error => Describe(error, secrets)).Where(text => text.Length > 0);
            return (errors.Count == 0 ? "" : Text(errors[0], "code") ?? "", string.Join("; ", said));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A page for people, of a proxy or of no registry at all.
            return ("", "");
        }
    }

    // Registries write code and message; token services "details" or, as OAuth 2 does, "error" and "error_description".
    private static string Describe(JsonElement error, IEnumerable<string?> secrets)
    {
        var code = Text(error, "code") ?? Text(error, "error");
        var message = Text(error, "message") ?? Text(error, "error_description") ?? Text(error, "details");
        return RegistryText.Clean(string.Join(": ", new[] { code, message }.Where(text => !string.IsNullOrEmpty(text))), secrets);
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static IEnumerable<Exception> Chain(Exception e)
    {
        for (Exception? next = e; next is not null; next = next.InnerException)
        {
            yield return next;
        }
    }
}
