using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>
/// A program <c>docker-credential-NAME</c> that keeps log-ins (Docker's protocol: a verb, standard input, JSON back). What it
/// prints may be a secret, so that it is shown only where it is plainly an error's text.
/// </summary>
/// <param name="name">Its name, and where it stands.</param>
/// <param name="places">Where programs are looked for.</param>
internal sealed class CredentialHelper(ConfiguredText name, ConfigurationPlaces places)
{
    private const string NotFound = "credentials not found in native keychain";

    /// <summary>The account that a helper gives, and takes, for an identity token.</summary>
    private const string TokenAccount = "<token>";

    // What is no plain word could lead out of the folders of programs.
    private static readonly Regex _plainName = new(@"^[A-Za-z0-9][A-Za-z0-9._-]*\z", RegexOptions.CultureInvariant);
    private static readonly UTF8Encoding _utf8 = new(false);

    /// <summary>How long it may take: some ask the user for a passphrase.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private string Program => "docker-credential-" + name.Text;

    /// <summary>How messages call it.</summary>
    public string Title => $"credential helper '{Program}'";

    /// <summary>Whether there is such a program.</summary>
    /// <exception cref="ContainerImageException">InvalidConfiguration: its name is none.</exception>
    public bool IsThere => FindProgram() is not null;

    internal TimeSpan Timeout { get; init; } = Patience;

    /// <summary>The log-in under a key; null if it has none.</summary>
    /// <exception cref="ContainerImageException">CredentialHelperFailed; InvalidConfiguration: its name is none.</exception>
    public RegistryCredential? Get(string key, CancellationToken cancellation)
    {
        var what = $"give the log-in of '{key}'";
        if (Run("get", key, what, [], cancellation) is not { } output)
        {
            return null;
        }

        using var document = ParseObject(output, what);
        var (user, secret) = (Text(document, "Username", what), Text(document, "Secret", what));
        return user.Length == 0 && secret.Length == 0
            ? null
            : user == TokenAccount ? new RegistryCredential(null, null, secret) : new RegistryCredential(user, secret, null);
    }

    /// <summary>Has it keep a log-in.</summary>
    public void Store(string key, RegistryCredential credential, CancellationToken cancellation)
    {
        using var input = new MemoryStream();
        using (var writer = new Utf8JsonWriter(input))
        {
            writer.WriteStartObject();
            writer.WriteString("ServerURL", key);
            writer.WriteString("Username", credential.IdentityToken is null ? credential.UserName : TokenAccount);
            writer.WriteString("Secret", credential.IdentityToken ?? credential.Password);
            writer.WriteEndObject();
        }

        Run("store", _utf8.GetString(input.ToArray()), $"keep the log-in of '{key}'", [credential.Password, credential.IdentityToken], cancellation);
    }

    /// <summary>Has it forget a log-in.</summary>
    /// <returns>False if it says that it has none.</returns>
    public bool Erase(string key, CancellationToken cancellation) =>
        Run("erase", key, $"forget the log-in of '{key}'", [], cancellation) is not null;

    /// <summary>The keys it has, with their accounts.</summary>
    public IReadOnlyDictionary<string, string> List(CancellationToken cancellation)
    {
        const string What = "list its log-ins";
        var list = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Run("list", "unused", What, [], cancellation) is { } output)
        {
            using var document = ParseObject(output, What);
            Guard("the list", What, () =>
            {
                foreach (var property in document.RootElement.EnumerateObject())
                {
                    list[property.Name] = property.Value.GetString() ?? "";
                }
            });
        }

        return list;
    }

    /// <returns>What it printed; null where it says that there is no such log-in.</returns>
    private byte[]? Run(string verb, string input, string what, string?[] secrets, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(FindProgram(what), verb)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        HelperResult result;
        try
        {
            result = HelperProcess.Run(start, _utf8.GetBytes(input), Timeout, cancellation);
        }
        catch (Exception e) when (e is Win32Exception or IOException or InvalidOperationException)
        {
            throw Failed(what, $"it cannot be run: {e.Message}");
        }

        if (!result.HasEnded)
        {
            throw Failed(what, $"it did not end within {Timeout.TotalSeconds:0.###} s and was stopped");
        }

        if (result.ExitCode == 0)
        {
            return result.Output;
        }

        var said = _utf8.GetString(result.Output).Trim();
        return said == NotFound ? null : throw Failed(what, $"it ended with {result.ExitCode}{Said(said, result.Error.Trim(), secrets)}");
    }

    private string FindProgram(string what) => FindProgram() ?? throw Failed(
        what, $"there is no such program in PATH{(name.Line == 0 ? "" : $"; {QuotedText.Quote(name.File)}, line {name.Line}, names it")}");

    private string? FindProgram()
    {
        if (!_plainName.IsMatch(name.Text))
        {
            throw ConfigurationErrors.Invalid(
                name.File, name.Line, $"{QuotedText.Quote(name.Text)} is no name of a credential helper: letters, digits, '.', '_' and '-'");
        }

        // By hand: .NET looks into the current folder first.
        var file = Path.DirectorySeparatorChar == '\\' ? Program + ".exe" : Program;
        return (places.CommandPath ?? "").Split(Path.PathSeparator)
            .Where(folder => folder.Length > 0 && folder.IndexOfAny(Path.GetInvalidPathChars()) < 0 && Path.IsPathRooted(folder))
            .Select(folder => Path.Combine(folder, file))
            .FirstOrDefault(File.Exists);
    }

    private JsonDocument ParseObject(byte[] output, string what)
    {
        try
        {
            // What follows the object is nobody's, as for Docker.
            var reader = new Utf8JsonReader(output);
            var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
        }
        catch (JsonException)
        {
            // Its text would show a part of what may be a secret.
        }

        throw Failed(what, $"the {output.Length} bytes that it printed are no JSON object");
    }

    private string Text(JsonDocument document, string key, string what)
    {
        var text = "";
        Guard($"'{key}'", what, () =>
        {
            foreach (var property in document.RootElement.EnumerateObject())
            {
                text = property.Name.Equals(key, StringComparison.OrdinalIgnoreCase) ? property.Value.GetString() ?? "" : text;
            }
        });
        return text;
    }

    /// <summary>Reads texts, where there may be other values, or bytes that are no text.</summary>
    private void Guard(string part, string what, Action read)
    {
        try
        {
            read();
        }
        catch (InvalidOperationException)
        {
            throw Failed(what, $"{part} in what it printed is no text");
        }
    }

    /// <summary>The first line of its own words; not where they have a secret, or may be one: a sentence has blanks.</summary>
    private static string Said(string output, string error, string?[] secrets)
    {
        var text = (output.Length > 0 ? output : error).Split('\n')[0].Trim();
        return text.IndexOf(' ') < 0 || text[0] is '{' or '[' || secrets.Any(secret => !string.IsNullOrEmpty(secret) && text.Contains(secret!))
            ? ""
            : $" and says {QuotedText.Quote(text)}";
    }

    private ContainerImageException Failed(string what, string found) =>
        new(ImageError.CredentialHelperFailed, $"The {Title} failed to {what}: {found}.");
}
