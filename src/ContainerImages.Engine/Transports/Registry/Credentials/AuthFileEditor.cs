using System;
using System.IO;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ContainerImages.Transports;

/// <summary>Makes a file of log-ins anew with one entry set or taken away; all else in it stays, known here or not.</summary>
internal static class AuthFileEditor
{
    private const string Auths = "auths";
    private static readonly string[] _own = ["auth", "identitytoken", "registrytoken", "username", "password"];

    /// <summary>Sets an entry; fields of it that say nothing of credentials stay.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="old">What stands in it; null or empty for nothing.</param>
    /// <param name="key">The entry's key.</param>
    /// <param name="credential">What to put there; null for an empty entry, as beside a helper.</param>
    public static byte[] Set(string path, byte[]? old, string key, RegistryCredential? credential) => Rewrite(path, old, (writer, entries) =>
    {
        var isThere = false;
        foreach (var entry in entries)
        {
            if (entry.Name == key)
            {
                // Twice the same key would be the last one's; now it is one.
                if (!isThere)
                {
                    WriteEntry(writer, key, entry.Value, credential);
                }

                isThere = true;
            }
            else
            {
                entry.WriteTo(writer);
            }
        }

        if (!isThere)
        {
            WriteEntry(writer, key, null, credential);
        }
    });

    /// <summary>Takes an entry away.</summary>
    public static byte[] Remove(string path, byte[]? old, string key) => Rewrite(path, old, (writer, entries) =>
    {
        foreach (var entry in entries.Where(entry => entry.Name != key))
        {
            entry.WriteTo(writer);
        }
    });

    private static byte[] Rewrite(string path, byte[]? old, Action<Utf8JsonWriter, JsonProperty[]> writeEntries)
    {
        var text = AuthFile.WithoutMark(old ?? []);
        using var document = AuthFile.ParseJson(path, JsonLines.IsBlank(text) ? [(byte)'{', (byte)'}'] : text);
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(
            bytes, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            AuthFile.GuardText(path, () => Write(writer, document.RootElement, writeEntries));
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, JsonElement top, Action<Utf8JsonWriter, JsonProperty[]> writeEntries)
    {
        var isThere = false;
        writer.WriteStartObject();
        foreach (var property in top.EnumerateObject())
        {
            if (property.Name.Equals(Auths, StringComparison.OrdinalIgnoreCase))
            {
                WriteAuths(property.Name, property.Value.ValueKind == JsonValueKind.Object ? [.. property.Value.EnumerateObject()] : []);
                isThere = true;
            }
            else
            {
                property.WriteTo(writer);
            }
        }

        if (!isThere)
        {
            WriteAuths(Auths, []);
        }

        writer.WriteEndObject();

        void WriteAuths(string name, JsonProperty[] entries)
        {
            writer.WriteStartObject(name);
            writeEntries(writer, entries);
            writer.WriteEndObject();
        }
    }

    private static void WriteEntry(Utf8JsonWriter writer, string key, JsonElement? old, RegistryCredential? credential)
    {
        writer.WriteStartObject(key);
        if (credential is not null)
        {
            writer.WriteString("auth", AuthEntry.Encode(credential));
            if (credential.IdentityToken is not null)
            {
                writer.WriteString("identitytoken", credential.IdentityToken);
            }
        }

        foreach (var field in old?.EnumerateObject().ToArray() ?? [])
        {
            if (!_own.Contains(field.Name, StringComparer.OrdinalIgnoreCase))
            {
                field.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }
}
