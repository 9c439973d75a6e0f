using System.Text.Encodings.Web;
using System.Text.Json;

namespace ContainerImages.Content;

/// <summary>How JSON of our own is written: compact, and with text as it is wherever JSON allows it.</summary>
internal static class StoreJson
{
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
