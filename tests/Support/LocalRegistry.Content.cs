using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace ContainerImages.Testing;

/// <content>Putting content there by the plainest requests, which are not those under test.</content>
public sealed partial class LocalRegistry
{
    /// <summary>The token to show; null for the password.</summary>
    public string? Token { get; set; }

    /// <summary>Puts a blob there.</summary>
    /// <returns>Its digest.</returns>
    public string PutBlob(string repository, byte[] bytes)
    {
        using var client = NewClient();
        using var begun = Send(client, HttpMethod.Post, new Uri(Url, $"v2/{repository}/blobs/uploads/"), null);
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
        using var put = Send(client, HttpMethod.Put, new Uri($"{new Uri(Url, begun.Headers.Location!)}&digest={digest}"), new ByteArrayContent(bytes));
        return digest;
    }

    /// <summary>Puts a manifest or an index there, whose parts are there.</summary>
    /// <returns>Its digest.</returns>
    public string PutManifest(string repository, string? tag, string mediaType, byte[] bytes)
    {
        using var client = NewClient();
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
        var content = new ByteArrayContent(bytes);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var put = Send(client, HttpMethod.Put, new Uri(Url, $"v2/{repository}/manifests/{tag ?? digest}"), content);
        return digest;
    }

    private HttpResponseMessage Send(HttpClient client, HttpMethod method, Uri address, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.TryAddWithoutValidation("Authorization", Token is null ? BasicHeader : $"Bearer {Token}");
        return client.Send(request).EnsureSuccessStatusCode();
    }
}
