using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>
/// A root tar that comes from a web server, byte by byte as it is: what the server calls a content encoding is the layer's
/// own compression.
/// </summary>
internal sealed class RootDownload : ReadOnlyStream
{
    private const int MaxRedirects = 10;

    /// <summary>How long a server may be silent.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly Uri _url;
    private readonly List<string> _secrets;
    private readonly HttpClient _client;
    private readonly IdleTimeout _idle;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _abort;
    private HttpResponseMessage? _response;
    private Stream _body = Null;

    private RootDownload(Uri url, TimeSpan patience, CancellationToken cancellation)
    {
        _url = url;
        _secrets = SecretsOf(url);
        _cancellation = cancellation;
        _idle = new IdleTimeout(patience, cancellation);

        // .NET Framework's stream does not look at a token while it waits.
        _abort = _idle.Token.Register(() => _response?.Dispose());
        _client = new HttpClient(new HttpClientHandler
        {
            // Redirects are followed by hand: the runtimes differ in where they let themselves be led.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = !url.IsLoopback,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", RegistryConnections.UserAgent);
    }

    /// <summary>Whether a text is the address of something on a web server; a path never is.</summary>
    public static bool IsUrl(string text, out Uri url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url!) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) &&
        text.IndexOf("://", StringComparison.Ordinal) > 0;

    /// <summary>An address without what may be secret in it: the account, and the query, where signed links have their key.</summary>
    public static string Show(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>Asks for it; the bytes then come as they are read.</summary>
    /// <param name="url">Where it is; an account in it is shown to that server alone.</param>
    /// <param name="cancellation">Ends the asking, and the reading.</param>
    /// <exception cref="ContainerImageException">ArchiveNotFound: the server does not answer, or has no such thing.</exception>
    public static OpenedRootTar Open(Uri url, CancellationToken cancellation) => Open(url, Patience, cancellation);

    /// <summary>The same, of a server that may be silent for as long as this.</summary>
    public static OpenedRootTar Open(Uri url, TimeSpan patience, CancellationToken cancellation)
    {
        var download = new RootDownload(url, patience, cancellation);
        try
        {
            return download.Ask();
        }
        catch
        {
            download.Dispose();
            throw;
        }
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            return Await(token => _body.ReadAsync(buffer, offset, count, token));
        }
        catch (Exception e) when (e is IOException or HttpRequestException or WebException or TimeoutException)
        {
            throw new ContainerImageException(ImageError.InvalidArchive, $"'{Show(_url)}' could not be fetched to its end: {Describe(e)}.", RegistryText.Hide(e, _secrets));
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _abort.Dispose();
            _response?.Dispose();
            _client.Dispose();
            _idle.Dispose();
        }

        base.Dispose(disposing);
    }

    // What an address may hold beside a path, in the forms in which a server may echo it.
    private static List<string> SecretsOf(Uri url)
    {
        var account = Uri.UnescapeDataString(url.UserInfo);
        var password = account.Substring(account.IndexOf(':') + 1);
        var keys = url.Query.TrimStart('?').Split('&').Select(part => part.Substring(part.IndexOf('=') + 1)).ToList();
        return
        [
            password, Uri.EscapeDataString(password), Convert.ToBase64String(Encoding.UTF8.GetBytes(account)), .. keys, .. keys.Select(Uri.UnescapeDataString),
        ];
    }

    private OpenedRootTar Ask()
    {
        var address = _url;
        try
        {
            for (var redirects = 0; redirects <= MaxRedirects; redirects++)
            {
                _response = Send(address);
                if ((int)_response.StatusCode is not (301 or 302 or 303 or 307 or 308))
                {
                    return Receive(_response, address);
                }

                address = Redirect(_response, address);
                _response.Dispose();
            }
        }
        catch (Exception e) when (e is HttpRequestException or WebException or TimeoutException)
        {
            throw NotFound(address, Describe(e), e);
        }

        throw NotFound(_url, $"the server redirects more than {MaxRedirects} times");
    }

    private HttpResponseMessage Send(Uri address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (_url.UserInfo.Length > 0 && RegistryTransport.HasOrigin(address, _url))
        {
            var account = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(_url.UserInfo));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(account));
        }

        return Await(token => _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token));
    }

    // A connection that is protected against those who listen is not to become another by the server's word.
    private Uri Redirect(HttpResponseMessage response, Uri address)
    {
        if (!Uri.TryCreate(address, response.Headers.Location?.OriginalString, out var target))
        {
            throw NotFound(address, "the server redirects to nowhere");
        }

        return target.Scheme == Uri.UriSchemeHttps || (target.Scheme == Uri.UriSchemeHttp && address.Scheme == Uri.UriSchemeHttp)
            ? target
            : throw NotFound(address, $"the server redirects to '{target.Scheme}://{target.Authority}', which is not followed");
    }

    private OpenedRootTar Receive(HttpResponseMessage response, Uri address)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw NotFound(address, $"the server answers {(int)response.StatusCode} ({RegistryText.Clean(response.ReasonPhrase, _secrets)})");
        }

        _body = Await(_ => response.Content.ReadAsStreamAsync());
        var headers = response.Content.Headers;
        return new OpenedRootTar(
            this, headers.ContentLength, headers.LastModified is { } time ? NanoTime.From(time) : NanoTime.Now, this);
    }

    /// <exception cref="TimeoutException">The server was silent too long.</exception>
    private T Await<T>(Func<CancellationToken, Task<T>> start)
    {
        _idle.Start();
        try
        {
            return start(_idle.Token).GetAwaiter().GetResult();
        }
        catch (Exception) when (_idle.Token.IsCancellationRequested)
        {
            _cancellation.ThrowIfCancellationRequested();
            throw new TimeoutException($"the server sent nothing for {_idle.Limit.TotalSeconds:0} seconds");
        }
        finally
        {
            _idle.Pause();
        }
    }

    private ContainerImageException NotFound(Uri address, string why, Exception? cause = null) => new(
        ImageError.ArchiveNotFound,
        $"'{Show(_url)}' cannot be fetched: {(address == _url ? "" : $"it is now at '{Show(address)}': ")}{why}.",
        RegistryText.Hide(cause, _secrets));

    // The outermost exception often says no more than that there was an error.
    private string Describe(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return RegistryText.Clean(e.Message, _secrets).TrimEnd('.');
    }
}
