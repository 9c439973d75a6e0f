using System;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>Programs that keep log-ins: real processes, which are small scripts here.</summary>
public sealed class CredentialHelperTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public CredentialHelperTests() => _folder.Variables["PATH"] = $".:relative::{_folder.Combine("empty")}:{_folder.Combine("bin")}";

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("""echo '{"ServerURL":"x","Username":"foo","Secret":"bar"}'""", "foo bar")]
    [InlineData("""echo '{"username":"foo","SECRET":"bar","more":[1]} and more'""", "foo bar")]
    [InlineData("""echo '{"Username":"<token>","Secret":"fizz"}'""", "token fizz")]
    [InlineData("""echo '{"Username":"","Secret":"bar"}'""", " bar")]
    [InlineData("""read key; echo "{\"Username\":\"$key $1\",\"Secret\":\"bar\"}" """, "host:5000 get bar")]
    [InlineData("""echo 'noise' >&2; echo '{"Username":"foo","Secret":"bar"}'""", "foo bar")]
    [InlineData("exec <&-; echo '{\"Username\":\"foo\",\"Secret\":\"bar\"}'", "foo bar")]
    [InlineData("""printf '{"Username":"j\303\266rg","Secret":"\342\202\254"}'""", "jörg €")]
    [InlineData("""LC_ALL=C; read key; echo "{\"Username\":\"grün\",\"Secret\":\"ß\"}" """, "grün ß")]
    [InlineData("""echo '{}'""", null)]
    [InlineData("""echo '{"Username":null,"Secret":null}'""", null)]
    [InlineData("echo 'credentials not found in native keychain'; exit 1", null)]
    [InlineData("echo ' credentials not found in native keychain '; echo more >&2; exit 2", null)]
    public void A_helper_gives_a_log_in_or_has_none(string script, string? expected)
    {
        var found = Helper(script).Get("host:5000", CancellationToken.None);

        Assert.Equal(expected, found is null ? null : found.IdentityToken is null ? $"{found.UserName} {found.Password}" : $"token {found.IdentityToken}");
    }

    [SkippableTheory]
    [InlineData("echo 'the keychain is locked'; echo other >&2; exit 7", "it ended with 7 and says 'the keychain is locked'.")]
    [InlineData("echo 'gpg: no secret key' >&2; exit 2", "it ended with 2 and says 'gpg: no secret key'.")]
    [InlineData("printf 'an \\033[31mevil text\\nsecond line'; exit 1", "it ended with 1 and says 'an \\u001b[31mevil text'.")]
    [InlineData("exit 3", "it ended with 3.")]
    [InlineData("echo '{\"Username\":\"foo\",\"Secret\":\"SECRET\"}'; exit 1", "it ended with 1.")]
    [InlineData("echo 'SECRET'; exit 1", "it ended with 1.")]
    [InlineData("echo 'SECRET and nonsense'", "the 20 bytes that it printed are no JSON object.")]
    [InlineData("exit 0", "the 0 bytes that it printed are no JSON object.")]
    [InlineData("echo '[\"SECRET\"]'", "the 11 bytes that it printed are no JSON object.")]
    [InlineData("echo '{\"Username\":\"foo\",\"Secret\":\"SECRET'", "bytes that it printed are no JSON object.")]
    [InlineData("echo '{\"Username\":7,\"Secret\":\"SECRET\"}'", "'Username' in what it printed is no text.")]
    [InlineData("echo '{\"Username\":\"foo\",\"Secret\":[\"SECRET\"]}'", "'Secret' in what it printed is no text.")]
    [InlineData("printf '{\"Username\":\"foo\",\"Secret\":\"\\\\ud800SECRET\"}'", "'Secret' in what it printed is no text.")]
    [InlineData("head -c 3000000 /dev/zero", "the 1048576 bytes that it printed are no JSON object.")]
    public void What_a_helper_does_wrong_is_said_and_no_secret(string script, string expected)
    {
        var error = Assert.Throws<ContainerImageException>(() => Helper(script).Get("a.com", CancellationToken.None));

        Assert.Equal(ImageError.CredentialHelperFailed, error.Error);
        Assert.StartsWith("The credential helper 'docker-credential-test' failed to give the log-in of 'a.com': ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_helper_is_given_a_log_in_by_its_standard_input()
    {
        var helper = Helper($"cat > {_folder.Combine("$1.json")}");

        helper.Store("a.com", new RegistryCredential("üser\"", "p\n", null), CancellationToken.None);
        Assert.Equal(
            """{"ServerURL":"a.com","Username":"üser\"","Secret":"p\n"}""",
            System.Text.RegularExpressions.Regex.Unescape(Read("store.json").Replace("\\u0022", "\\\\\"", StringComparison.Ordinal).Replace("\\n", "\\\\n", StringComparison.Ordinal)));

        helper.Store("a.com", new RegistryCredential(null, null, "token"), CancellationToken.None);
        Assert.Contains("\"Secret\":\"token\"", Read("store.json"), StringComparison.Ordinal);
        Assert.Contains("token\\u003E\"", Read("store.json"), StringComparison.Ordinal);

        Assert.True(helper.Erase("a.com", CancellationToken.None));
        Assert.Equal("a.com", Read("erase.json"));
    }

    [SkippableFact]
    public void A_helper_that_echoes_what_it_was_to_keep_is_not_quoted()
    {
        var error = Assert.Throws<ContainerImageException>(() => Helper("echo 'cannot keep SECRET, sorry'; exit 1")
            .Store("a.com", new RegistryCredential("u", "SECRET", null), CancellationToken.None));

        Assert.EndsWith("failed to keep the log-in of 'a.com': it ended with 1.", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_helper_lists_what_it_has()
    {
        var helper = Helper("""[ "$1" = list ] && echo '{"a.com":"foo","https://index.docker.io/v1/":"bar"}'""");
        Assert.Equal("a.com=foo https://index.docker.io/v1/=bar", string.Join(' ', helper.List(CancellationToken.None).Select(p => $"{p.Key}={p.Value}")));

        Assert.Equal(
            ImageError.CredentialHelperFailed,
            Assert.Throws<ContainerImageException>(() => Helper("echo '{\"a.com\":1}'").List(CancellationToken.None)).Error);
    }

    [SkippableFact]
    public void A_helper_that_does_not_end_is_stopped()
    {
        var helper = Helper("exec sleep 100", TimeSpan.FromSeconds(0.2));

        var error = Assert.Throws<ContainerImageException>(() => helper.Get("a.com", CancellationToken.None));

        Assert.EndsWith("it did not end within 0.2 s and was stopped.", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_user_can_stop_a_helper()
    {
        using var stop = new CancellationTokenSource();
        var helper = Helper($"touch {_folder.Combine("began")}; exec sleep 100");
        using var watcher = new Timer(_ =>
        {
            if (File.Exists(_folder.Combine("began")))
            {
                stop.Cancel();
            }
        }, null, 0, 5);

        Assert.ThrowsAny<OperationCanceledException>(() => helper.Get("a.com", stop.Token));
    }

    [Theory]
    [InlineData("absent", ImageError.CredentialHelperFailed, "there is no such program in PATH; '/conf', line 3, names it.")]
    [InlineData("../bin/x", ImageError.InvalidConfiguration, "The configuration file '/conf', line 3: '../bin/x' is no name of a credential helper")]
    [InlineData("x/../../bin/sh", ImageError.InvalidConfiguration, "'x/../../bin/sh' is no name")]
    [InlineData("", ImageError.InvalidConfiguration, "'' is no name")]
    [InlineData("a b", ImageError.InvalidConfiguration, "'a b' is no name")]
    [InlineData("-x", ImageError.InvalidConfiguration, "'-x' is no name")]
    [InlineData("a\n", ImageError.InvalidConfiguration, "'a\\u000a' is no name")]
    public void Only_a_plain_name_of_a_program_that_is_there_is_run(string name, ImageError error, string expected)
    {
        var thrown = Assert.Throws<ContainerImageException>(
            () => new CredentialHelper(new ConfiguredText(name, "/conf", 3), _folder.Places).Get("a.com", CancellationToken.None));

        Assert.Equal(error, thrown.Error);
        Assert.Contains(expected, thrown.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_file_that_cannot_be_run_is_said_so()
    {
        var helper = Helper("exit 0");
        File.SetUnixFileMode(_folder.Combine("bin/docker-credential-test"), UnixFileMode.UserRead);

        var error = Assert.Throws<ContainerImageException>(() => helper.Get("a.com", CancellationToken.None));

        Assert.Equal(ImageError.CredentialHelperFailed, error.Error);
        Assert.Contains("it cannot be run: ", error.Message, StringComparison.Ordinal);
    }

    private CredentialHelper Helper(string script, TimeSpan? timeout = null)
    {
        Skip.If(OperatingSystem.IsWindows(), "The helpers are scripts of a Unix shell.");
        _folder.WriteHelper("test", script);
        return new CredentialHelper(new ConfiguredText("test", "/conf", 3), _folder.Places)
        {
            Timeout = timeout ?? CredentialHelper.Patience,
        };
    }

    private string Read(string name) => File.ReadAllText(_folder.Combine(name));
}
