using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>Where log-ins are looked for, and where they are put.</summary>
public sealed class CredentialStoreTests : IDisposable
{
    private const string Runtime = "run/containers/auth.json";
    private const string User = "home/.config/containers/auth.json";
    private const string Docker = "home/.docker/config.json";
    private const string Legacy = "home/.dockercfg";

    /// <summary>A helper that keeps log-ins in files, with the slashes of a key as dots.</summary>
    internal const string Keeper = """
        input=$(cat); dir=$(dirname "$0")/../kept-$NAME; mkdir -p "$dir"; key=$(echo "$input" | tr '/' '.')
        case $1 in
          get) cat "$dir/$key" 2>/dev/null || { echo 'credentials not found in native keychain'; exit 1; } ;;
          store) key=$(echo "$input" | sed 's/.*"ServerURL":"\([^"]*\)".*/\1/' | tr '/' '.'); echo "$input" > "$dir/$key" ;;
          erase) rm "$dir/$key" ;;
        esac
        """;

    private readonly ConfigurationFolder _folder = new();

    public CredentialStoreTests()
    {
        _folder.Variables["XDG_RUNTIME_DIR"] = Path.GetDirectoryName(_folder.Write("run/made", ""))!;
        _folder.Variables["PATH"] = _folder.Combine("bin");
    }

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData(Runtime + " " + User + " " + Docker + " " + Legacy, Runtime)]
    [InlineData(User + " " + Docker + " " + Legacy, User)]
    [InlineData(Docker + " " + Legacy, Docker)]
    [InlineData(Legacy, Legacy)]
    [InlineData("", null)]
    [InlineData(Runtime + " " + User + " named.json", "named.json")]
    [InlineData(Runtime + " env.json", "env.json")]
    [InlineData(Runtime + " env.json named.json", "named.json")]
    [InlineData(User + " xdg/containers/auth.json", "xdg/containers/auth.json")]
    [InlineData(Docker + " docker/config.json", "docker/config.json")]
    public void The_first_file_that_has_one_counts(string files, string? expected)
    {
        RequireLinux();
        string? named = null;
        foreach (var file in files.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var entry = Entry("a.com", AuthEntry.Encode(new RegistryCredential(file, "p", null)));
            var path = _folder.Write(file, file == Legacy ? entry : $"{{\"auths\":{entry}}}");
            switch (file)
            {
                case "named.json":
                    named = path;
                    break;
                case "env.json":
                    _folder.Variables[ConfigurationPlaces.AuthFileVariable] = path;
                    break;
                case "xdg/containers/auth.json":
                    _folder.Variables["XDG_CONFIG_HOME"] = _folder.Combine("xdg");
                    break;
                case "docker/config.json":
                    _folder.Variables["DOCKER_CONFIG"] = _folder.Combine("docker");
                    break;
            }
        }

        Assert.Equal(expected, Store(named).Find("a.com", "team/app", CancellationToken.None)?.UserName);
    }

    [SkippableFact]
    public void A_file_that_is_named_is_the_only_one()
    {
        RequireLinux();
        _folder.Write(Runtime, Auths("a.com", "YTpi"));

        Assert.Null(Store(_folder.Combine("absent.json")).Find("a.com", "", CancellationToken.None));
    }

    [SkippableFact]
    public void An_entry_without_content_leads_on_to_the_next_file()
    {
        RequireLinux();
        _folder.Write(Runtime, """{"auths":{"a.com":{}}}""");
        _folder.Write(User, Auths("a.com", "YTpi"));

        Assert.Equal("a", Store().Find("a.com", "", CancellationToken.None)!.UserName);
    }

    [SkippableFact]
    public void Without_a_runtime_folder_it_is_that_of_the_system()
    {
        RequireLinux();
        _folder.Variables.Remove("XDG_RUNTIME_DIR");

        Assert.Matches("^/.*/run/containers/[0-9]+/auth.json$", Store().AuthFile);
    }

    [SkippableFact]
    public void A_runtime_folder_that_is_not_there_is_an_error_for_writing_alone()
    {
        RequireLinux();
        _folder.Variables["XDG_RUNTIME_DIR"] = _folder.Combine("absent");
        _folder.Write(User, Auths("a.com", "YTpi"));

        Assert.NotNull(Store().Find("a.com", "", CancellationToken.None));
        var error = Assert.Throws<ContainerImageException>(() => Save(Store(), "a.com"));
        Assert.Equal(ImageError.InvalidConfiguration, error.Error);
        Assert.Contains("XDG_RUNTIME_DIR names it", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("absent")));
    }

    [SkippableTheory]
    [InlineData("""{"credHelpers":{"a.com":"one"},"auths":{"a.com":{"auth":"eDp5"}}}""", "a.com", "one")]
    [InlineData("""{"credHelpers":{"a.com":"one"},"auths":{"b.com":{"auth":"eDp5"}}}""", "b.com", "x")]
    [InlineData("""{"credHelpers":{"a.com":"one"}}""", "b.com", null)]
    [InlineData("""{"credsStore":"one","auths":{"a.com":{}}}""", "a.com", "one")]
    [InlineData("""{"credsStore":"one","auths":{"a.com":{"auth":"eDp5"}}}""", "a.com", "x")]
    [InlineData("""{"credsStore":"one","credHelpers":{"a.com":"two"}}""", "a.com", "two")]
    [InlineData("""{"credsStore":"one"}""", "a.com", "one")]
    [InlineData("""{"credsStore":"one"}""", "docker.io", "one hub")]
    [InlineData("""{"credHelpers":{"https://index.docker.io/v1/":"two"}}""", "docker.io", "two hub")]
    [InlineData("""{"credHelpers":{"docker.io":"two"}}""", "docker.io", "two")]
    public void Helpers_of_a_file_are_asked(string json, string host, string? expected)
    {
        RequireLinux();
        foreach (var helper in new[] { "one", "two" })
        {
            _folder.WriteHelper(helper, $$"""
                read -r key || true
                case $key in
                  a.com|docker.io) echo '{"Username":"{{helper}}","Secret":"s"}' ;;
                  https://index.docker.io/v1/) echo '{"Username":"{{helper}} hub","Secret":"s"}' ;;
                  *) echo 'credentials not found in native keychain'; exit 1 ;;
                esac
                """);
        }

        _folder.Write(Docker, json);

        Assert.Equal(expected, Store().Find(host, "team/app", CancellationToken.None)?.UserName);
    }

    [SkippableFact]
    public void Docker_s_helper_for_all_is_passed_over_where_Docker_is_gone()
    {
        RequireLinux();
        _folder.Write(Runtime, """{"credsStore":"gone"}""");
        _folder.Write(Docker, Auths("a.com", "YTpi"));

        Assert.Equal("a", Store().Find("a.com", "", CancellationToken.None)!.UserName);
        Assert.Null(Store().Find("b.com", "", CancellationToken.None));
        Assert.Contains(_folder.Verbose, line => line.Contains("'docker-credential-gone'", StringComparison.Ordinal));

        _folder.Write(Runtime, """{"credHelpers":{"b.com":"gone"}}""");
        Assert.Equal(
            ImageError.CredentialHelperFailed,
            Assert.Throws<ContainerImageException>(() => Store().Find("b.com", "", CancellationToken.None)).Error);
    }

    [SkippableFact]
    public void Helpers_of_the_configuration_are_asked_in_order_and_the_files_are_one_of_them()
    {
        RequireLinux();
        _folder.Write("etc/containers/registries.conf", "credential-helpers = ['broken', 'containers-auth.json', 'last']");
        _folder.WriteHelper("broken", "echo 'out of order'; exit 1");
        _folder.WriteHelper("last", """echo '{"Username":"last","Secret":"s"}'""");
        _folder.Write(Runtime, Auths("a.com", "YTpi"));

        Assert.Equal("a", Store().Find("a.com", "", CancellationToken.None)!.UserName);
        Assert.Equal("last", Store().Find("b.com", "", CancellationToken.None)!.UserName);
        Assert.Contains(_folder.Verbose, line => line.Contains("out of order", StringComparison.Ordinal));

        _folder.WriteHelper("last", "echo 'credentials not found in native keychain'; exit 1");
        Assert.Equal(
            ImageError.CredentialHelperFailed,
            Assert.Throws<ContainerImageException>(() => Store().Find("b.com", "", CancellationToken.None)).Error);
    }

    [SkippableFact]
    public void What_is_found_is_told_without_the_secret()
    {
        RequireLinux();
        _folder.Write(Runtime, Auths("a.com/team", "dXNlcjpTRUNSRVQ="));

        Store().Find("a.com", "team/app", CancellationToken.None);

        Assert.Equal($"The log-in 'a.com/team' of '{_folder.Combine(Runtime)}' is used for 'a.com'.", Assert.Single(_folder.Verbose));
    }

    [SkippableTheory]
    [InlineData("a.com", "a.com")]
    [InlineData("a.com:5000/team", "a.com:5000/team")]
    [InlineData("docker.io", "docker.io")]
    [InlineData("https://index.docker.io/v1/", "docker.io")]
    public void A_log_in_is_saved_found_and_removed(string registry, string key)
    {
        RequireLinux();
        var address = RegistryAddress.Parse(registry);

        Assert.Equal(_folder.Combine(Runtime), Save(Store(), registry));

        using (var json = JsonDocument.Parse(File.ReadAllText(_folder.Combine(Runtime))))
        {
            Assert.Equal("dXNlcjpwYXNz", json.RootElement.GetProperty("auths").GetProperty(key).GetProperty("auth").GetString());
        }

        Assert.Equal("pass", Store().Find(address.Host, address.Repository + "/app", CancellationToken.None)!.Password);
        Assert.Equal((key, "user"), Store().List(onlyWritten: true).Select(login => (login.Registry, login.UserName)).Single());
        Assert.True(Store().Remove(address, CancellationToken.None));
        Assert.False(Store().Remove(address, CancellationToken.None));
        Assert.Null(Store().Find(address.Host, address.Repository, CancellationToken.None));
    }

    [SkippableFact]
    public void In_Docker_s_own_file_its_registry_has_Docker_s_own_key()
    {
        RequireLinux();
        var path = _folder.Write(Docker, """{"auths":{},"detachKeys":"ctrl-e,e"}""");

        Save(Store(path), "docker.io");

        Assert.Matches("\"https://index.docker.io/v1/\"", File.ReadAllText(path));
        Assert.Contains("ctrl-e,e", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal("user", Store(path).Find("docker.io", "library/alpine", CancellationToken.None)!.UserName);
        Assert.True(Store(path).Remove(RegistryAddress.Parse("docker.io"), CancellationToken.None));
        Assert.Empty(Store(path).List(onlyWritten: true));
    }

    [SkippableTheory]
    [InlineData("""{"credHelpers":{"a.com":"keeper"}}""", false)]
    [InlineData("""{"credsStore":"keeper"}""", true)]
    public void A_helper_that_the_file_names_keeps_the_log_in(string json, bool hasEntry)
    {
        RequireLinux();
        _folder.WriteHelper("keeper", Keeper);
        _folder.Write(Runtime, json);

        Assert.Equal("credential helper 'docker-credential-keeper'", Save(Store(), "a.com"));

        Assert.DoesNotContain("cGFzc", File.ReadAllText(_folder.Combine(Runtime)), StringComparison.Ordinal);
        Assert.Equal(hasEntry, File.ReadAllText(_folder.Combine(Runtime)).Contains("\"a.com\": {}", StringComparison.Ordinal));
        Assert.Equal("pass", Store().Find("a.com", "app", CancellationToken.None)!.Password);
        Assert.True(Store().Remove(RegistryAddress.Parse("a.com"), CancellationToken.None));
        Assert.Null(Store().Find("a.com", "app", CancellationToken.None));
        Assert.False(Store().Remove(RegistryAddress.Parse("a.com"), CancellationToken.None));
    }

    [SkippableFact]
    public void A_helper_of_the_configuration_keeps_the_log_in_of_whole_registries()
    {
        RequireLinux();
        _folder.WriteHelper("keeper", Keeper);
        _folder.Write("etc/containers/registries.conf", "credential-helpers = ['keeper']");

        Assert.Equal("credential helper 'docker-credential-keeper'", Save(Store(), "a.com"));
        Assert.False(File.Exists(_folder.Combine(Runtime)));
        Assert.Equal("user", Store().Find("a.com", "app", CancellationToken.None)!.UserName);

        var error = Assert.Throws<ContainerImageException>(() => Save(Store(), "a.com/team"));
        Assert.Equal(ImageError.CredentialHelperFailed, error.Error);
        Assert.True(Store().Remove(RegistryAddress.Parse("a.com"), CancellationToken.None));
    }

    [SkippableTheory]
    [InlineData("credential-helpers = ['lister']", "{}")]
    [InlineData("credential-helpers = ['lister', 'containers-auth.json']", """{"auths":{"other.com":{}}}""")]
    [InlineData("", """{"credsStore":"lister"}""")]
    public void Helpers_tell_what_they_keep(string registriesConf, string json)
    {
        RequireLinux();
        _folder.Write("etc/containers/registries.conf", registriesConf);
        _folder.Write(Runtime, json);
        _folder.WriteHelper("lister", """[ "$1" = list ] && echo '{"a.com":"ann","https://index.docker.io/v1/":"hub"}'""");

        Assert.True(Store().HasHelpers);
        Assert.Equal(
            [("a.com", "ann"), ("docker.io", "hub")],
            Store().ListHelpers(CancellationToken.None).Select(login => (login.Registry, login.UserName)));
        Assert.Equal(
            ["a.com"],
            new RegistryLogins(_folder.Places, null, _ => { }).Select("a*", CancellationToken.None).Select(login => login.Registry));
    }

    [SkippableFact]
    public void A_malformed_file_is_not_written_over()
    {
        RequireLinux();
        var path = _folder.Write(Runtime, "{ \"auths\": nonsense }");

        Assert.Equal(ImageError.InvalidConfiguration, Assert.Throws<ContainerImageException>(() => Save(Store(), "a.com")).Error);
        Assert.Equal("{ \"auths\": nonsense }", File.ReadAllText(path));
    }

    [Theory]
    [InlineData("a.com", "a.com")]
    [InlineData("a.com:5000/team/app/", "a.com:5000/team/app")]
    [InlineData("https://a.com/", "a.com")]
    [InlineData("docker.io/team", "docker.io/team")]
    [InlineData("registry-1.docker.io", "docker.io")]
    [InlineData("localhost:5000", "localhost:5000")]
    [InlineData("[::1]:5000", "[::1]:5000")]
    [InlineData("Registry.Example.com", "Registry.Example.com")]
    [InlineData("", null)]
    [InlineData("team", null)]
    [InlineData("team/app", null)]
    [InlineData("http://a.com", null)]
    [InlineData("a.com/app:tag", null)]
    [InlineData("a.com/Upper", null)]
    [InlineData("user@a.com", null)]
    [InlineData("*", null)]
    public void A_registry_is_host_port_and_part(string text, string? expected)
    {
        if (expected is not null)
        {
            Assert.Equal(expected, RegistryAddress.Parse(text).ToString());
            return;
        }

        Assert.Equal(ImageError.InvalidReference, Assert.Throws<ContainerImageException>(() => RegistryAddress.Parse(text)).Error);
    }

    private static void RequireLinux() => Skip.IfNot(OperatingSystem.IsLinux(), "The places are those of Linux.");

    private static string Auths(string key, string auth) => $"{{\"auths\":{Entry(key, auth)}}}";

    private static string Entry(string key, string auth) => $"{{\"{key}\":{{\"auth\":\"{auth}\"}}}}";

    private static string Save(CredentialStore store, string registry) =>
        store.Save(RegistryAddress.Parse(registry), new RegistryCredential("user", "pass", null), CancellationToken.None);

    private CredentialStore Store(string? file = null) => new(_folder.Places, _folder.Load(), file, _folder.Verbose.Add);
}
