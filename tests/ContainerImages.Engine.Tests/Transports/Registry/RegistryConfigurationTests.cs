using System;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>Which files count, how they are laid over each other, and what is wrong in one.</summary>
public sealed class RegistryConfigurationTests : IDisposable
{
    private const string SystemFile = "etc/containers/registries.conf";
    private const string UserFile = "home/.config/containers/registries.conf";

    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_files_nothing_is_configured()
    {
        var configuration = _folder.Load();

        Assert.Empty(configuration.Rules);
        Assert.Null(configuration.SearchOrigin);
        Assert.Equal([RegistryConfiguration.AuthFileHelper], configuration.CredentialHelpers.Select(helper => helper.Text));
        Assert.Equal(ShortNameMode.Permissive, configuration.ShortNameMode);
    }

    [Theory]
    [InlineData(SystemFile, "system")]
    [InlineData(SystemFile + " " + UserFile, "user")]
    [InlineData(SystemFile + " " + SystemFile + ".d/a.conf", "system-a")]
    [InlineData(SystemFile + " " + SystemFile + ".d/a.conf " + SystemFile + ".d/b.conf", "system-b")]
    [InlineData(SystemFile + " " + SystemFile + ".d/a.conf " + SystemFile + ".d/B.conf", "system-a")]
    [InlineData(SystemFile + ".d/z.conf " + UserFile + ".d/a.conf", "user-a")]
    [InlineData(SystemFile + " " + UserFile + ".d/a.conf", "user-a")]
    [InlineData(SystemFile + ".d/z.conf " + UserFile, "user")]
    [InlineData(SystemFile + ".d/z.conf " + UserFile + " " + UserFile + ".d/a.conf", "user-a")]
    [InlineData(SystemFile + " " + SystemFile + ".d/a.ignored " + SystemFile + ".d/c.conf/x.conf", "system")]
    [InlineData(SystemFile + " " + UserFile + " named.conf", "named")]
    [InlineData(SystemFile + ".d/z.conf named.conf", "system-z")]
    [InlineData(SystemFile + ".d/z.conf " + UserFile + ".d/a.conf named.conf", "user-a")]
    public void The_last_of_the_files_that_count_decides(string files, string expected)
    {
        foreach (var file in files.Split(' '))
        {
            var owner = file.StartsWith("home", StringComparison.Ordinal) ? "user" : file.StartsWith("etc", StringComparison.Ordinal) ? "system" : "named";
            var name = file.Contains(".d/", StringComparison.Ordinal) ? "-" + file[(file.LastIndexOf('/') + 1)..].Split('.')[0].ToLowerInvariant() : "";
            _folder.Write(file, $"unqualified-search-registries = ['{owner}{name}.example.com']");
            if (owner == "named")
            {
                _folder.Variables["CONTAINERS_REGISTRIES_CONF"] = _folder.Combine(file);
            }
        }

        Assert.Equal([expected + ".example.com"], _folder.Load().SearchRegistries.Select(registry => registry.Text));
    }

    [Fact]
    public void XDG_CONFIG_HOME_is_looked_at_before_the_home_s_own()
    {
        _folder.Write(UserFile, "short-name-mode = 'enforcing'");
        _folder.Variables["XDG_CONFIG_HOME"] = _folder.Combine("xdg");
        Assert.Equal(ShortNameMode.Enforcing, _folder.Load().ShortNameMode);

        _folder.Write("xdg/containers/registries.conf", "short-name-mode = 'disabled'");
        Assert.Equal(ShortNameMode.Disabled, _folder.Load().ShortNameMode);
    }

    [Fact]
    public void The_older_variable_is_known_and_the_newer_one_comes_first()
    {
        _folder.Variables["REGISTRIES_CONFIG_PATH"] = _folder.Write("old.conf", "short-name-mode = 'disabled'");
        Assert.Equal(ShortNameMode.Disabled, _folder.Load().ShortNameMode);

        _folder.Variables["CONTAINERS_REGISTRIES_CONF"] = _folder.Write("new.conf", "short-name-mode = 'enforcing'");
        Assert.Equal(ShortNameMode.Enforcing, _folder.Load().ShortNameMode);
    }

    [Fact]
    public void A_file_that_is_named_must_be_there()
    {
        _folder.Variables["CONTAINERS_REGISTRIES_CONF"] = _folder.Combine("absent.conf");

        Fails("absent.conf': it is not there, and the environment variable CONTAINERS_REGISTRIES_CONF names it.");
    }

    [Fact]
    public void Files_are_merged_by_setting_by_prefix_and_by_alias()
    {
        _folder.Write(SystemFile, """
            unqualified-search-registries = ["example.com"]
            credential-helpers = ["helper-1", "helper-2"]
            short-name-mode = "enforcing"
            [[registry]]
            location = "base.com"
            insecure = true
            [[registry]]
            location = "other.com"
            [aliases]
            docker = "docker.io/library/foo"
            "quay/foo" = "quay.io/library/foo"
            example = "example.com/library/foo"
            """);
        _folder.Write(SystemFile + ".d/config-1.conf", """
            unqualified-search-registries = ["example-overwrite.com"]
            credential-helpers = ["will", "be", "overridden", "later"]
            [[registry]]
            location = "1.com"
            [aliases]
            docker = "docker.io/library/config1"
            barz = "barz.com/image/config1"
            """);
        _folder.Write(SystemFile + ".d/config-2.conf", """
            short-name-mode = "permissive"
            credential-helpers = ["dropin-1", "dropin-2"]
            [[registry]]
            location = "base.com"
            blocked = true
            [aliases]
            barz = "barz.com/config2"
            added = "xxx.com/image"
            example = ""
            """);
        _folder.Write(SystemFile + ".d/config-3.conf", "");
        _folder.Write(
            _folder.Places.ShortNameAliases[(_folder.Combine("").TrimEnd('/').Length + 1)..],
            "short-name-mode = 'enforcing'\n[aliases]\nadded = 'aliases.conf/added'");

        var configuration = _folder.Load();

        Assert.Equal(["example-overwrite.com"], configuration.SearchRegistries.Select(registry => registry.Text));
        Assert.EndsWith("config-1.conf", configuration.SearchOrigin!.File, StringComparison.Ordinal);
        Assert.Equal(["dropin-1", "dropin-2"], configuration.CredentialHelpers.Select(helper => helper.Text));
        Assert.Equal(ShortNameMode.Permissive, configuration.ShortNameMode);
        Assert.Equal(["1.com", "base.com", "other.com"], configuration.Rules.Select(rule => rule.Prefix));
        var based = configuration.Rules.Single(rule => rule.Prefix == "base.com");
        Assert.True(based.IsBlocked);
        Assert.False(based.IsInsecure);
        Assert.Equal(
            "added=aliases.conf/added barz=barz.com/config2 docker=docker.io/library/config1 example= quay/foo=quay.io/library/foo",
            string.Join(' ', configuration.Aliases.OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value.Target}")));
    }

    [Fact]
    public void An_empty_list_takes_away_what_was_said_before()
    {
        _folder.Write(SystemFile, "unqualified-search-registries = ['a.com']\ncredential-helpers = ['x']");
        _folder.Write(SystemFile + ".d/a.conf", "# nothing is said");
        Assert.Equal("a.com", Assert.Single(_folder.Load().SearchRegistries).Text);

        _folder.Write(SystemFile + ".d/b.conf", "unqualified-search-registries = []\ncredential-helpers = []");
        var configuration = _folder.Load();
        Assert.Empty(configuration.SearchRegistries);
        Assert.NotNull(configuration.SearchOrigin);
        Assert.Equal([RegistryConfiguration.AuthFileHelper], configuration.CredentialHelpers.Select(helper => helper.Text));
    }

    [Fact]
    public void The_first_of_equal_prefixes_counts_and_slashes_at_the_end_do_not()
    {
        _folder.Write(SystemFile, "[[registry]]\nprefix = 'a.com/'\nlocation = 'x.com//'\n[[registry]]\nprefix = 'a.com'\nlocation = 'y.com'");

        Assert.Equal(("a.com", "x.com"), _folder.Load().Rules.Select(rule => (rule.Prefix, rule.Location)).Single());
    }

    [Fact]
    public void Keys_are_found_in_any_case_and_unknown_ones_are_passed_over_aloud()
    {
        _folder.Write(SystemFile, """
            Short-Name-Mode = "disabled"
            additional-layer-store-auth-helper = "x"
            later = 1979-05-27
            [[Registry]]
            Location = "a.com"
            colour = "red"
            [[registry.mirror]]
            location = "b.com"
            weight = 7
            [section]
            """);

        // The case of the first header stands.
        var error = Assert.Throws<ContainerImageException>(_folder.Load);
        Assert.Contains("'registry' must be an array of tables", error.Message, StringComparison.Ordinal);

        _folder.Verbose.Clear();
        _folder.Write(SystemFile, """
            Short-Name-Mode = "disabled"
            additional-layer-store-auth-helper = "x"
            later = 1979-05-27
            [[registry]]
            Location = "a.com"
            colour = "red"
            [[registry.mirror]]
            location = "b.com"
            weight = 7
            [section]
            """);
        var configuration = _folder.Load();
        Assert.Equal(ShortNameMode.Disabled, configuration.ShortNameMode);
        Assert.Equal("a.com", configuration.Rules.Single().Location);
        Assert.Equal(
            ["'registry.mirror.weight' 9", "'registry.colour' 6", "'later' 3", "'section' 10"],
            _folder.Verbose.Select(line => line.Split(' ')).Select(words => $"{words[^8]} {words[^9].TrimEnd(':')}"));
    }

    [Theory]
    [InlineData("invalid", "line 1: the file ends where '=' is needed.")]
    [InlineData("\nunqualified-search-registries = 'a.com'", "line 2: 'unqualified-search-registries' must be an array of texts, and is text.")]
    [InlineData("unqualified-search-registries = [\n'a.com',\n7]", "line 3: 'unqualified-search-registries' must be an array of texts, and is the number 7.")]
    [InlineData("unqualified-search-registries = ['a.com/team']", "line 1: 'unqualified-search-registries' holds 'a.com/team', which is no host[:port]")]
    [InlineData("unqualified-search-registries = ['team']", "holds 'team', which is no host[:port]")]
    [InlineData("unqualified-search-registries = ['']", "holds '', which is no host[:port]")]
    [InlineData("unqualified-search-registries = ['https://a.com']", "holds 'https://a.com', which is no host[:port]")]
    [InlineData("short-name-mode = 'strict'", "line 1: 'short-name-mode' is 'strict'; 'permissive', 'enforcing' and 'disabled' are known.")]
    [InlineData("short-name-mode = true", "line 1: 'short-name-mode' must be text in quotes, and is true.")]
    [InlineData("credential-helpers = [[]]", "line 1: 'credential-helpers' must be an array of texts, and is an array.")]
    [InlineData("[registry]\nlocation = 'a.com'", "line 1: 'registry' must be an array of tables, [[registry]], and is a table.")]
    [InlineData("[[registry]]\nlocation = 'a.com'\ninsecure = 'true'", "line 3: 'registry.insecure' must be true or false, and is text.")]
    [InlineData("[[registry]]\nlocation = 'a.com'\nblocked = 1", "line 3: 'registry.blocked' must be true or false, and is the number 1.")]
    [InlineData("[[registry]]\ninsecure = true", "line 1: 'registry.location' is missing, and 'prefix' too.")]
    [InlineData("[[registry]]\nprefix = 'a.com'", "line 1: 'registry.location' is missing; it may be left out only where 'prefix' begins with '*.'.")]
    [InlineData("[[registry]]\nlocation = 'a.com'\nprefix = 'http://b.com'", "line 3: 'registry.prefix' is 'http://b.com'; it has no place for http:// or https://.")]
    [InlineData("[[registry]]\nlocation = 'https://a.com/'", "line 2: 'registry.location' is 'https://a.com'; it has no place for http:// or https://.")]
    [InlineData("[[registry]]\nprefix = '*.example.com/foo'", "line 2: 'registry.prefix' is '*.example.com/foo'; a wildcard has the form *.example.com, without port and path.")]
    [InlineData("[[registry]]\nprefix = '*.example.com:5000'", "line 2: 'registry.prefix' is '*.example.com:5000'; a wildcard has the form")]
    [InlineData("[[registry]]\nprefix = 'example.*.com'\nlocation = 'a.com'", "line 2: 'registry.prefix' is 'example.*.com'; a wildcard has the form")]
    [InlineData("[[registry]]\nlocation = '*'", "line 2: 'registry.location' is '*'; a wildcard has the form")]
    [InlineData("[[registry]]\nlocation = 'a.com'\npull-from-mirror = 'all'", "line 3: 'registry.pull-from-mirror' belongs to a mirror")]
    [InlineData("[[registry]]\nlocation = 'a.com'\n[[registry.mirror]]\n", "line 3: 'registry.mirror.location' is missing.")]
    [InlineData("[[registry]]\nlocation = 'a.com'\n[[registry.mirror]]\nlocation = 'b.com'\npull-from-mirror = 'never'", "line 5: 'registry.mirror.pull-from-mirror' is 'never'; 'all', 'digest-only' and 'tag-only' are known.")]
    [InlineData("[[registry]]\nlocation = 'a.com'\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = 'b.com'\npull-from-mirror = 'all'", "line 6: 'registry.mirror.pull-from-mirror' cannot be set where the registry has 'mirror-by-digest-only'.")]
    [InlineData("[[registry]]\nlocation = 'a.com'\n[[registry]]\nlocation = 'a.com'\ninsecure = true", "line 3: 'registry.insecure' of 'a.com' differs from what line 1 says of the same location.")]
    [InlineData("[[registry]]\nlocation = 'a.com'\nprefix = 'x.com'\n[[registry]]\nlocation = 'a.com'\nblocked = true", "line 4: 'registry.blocked' of 'a.com' differs from what line 1 says of the same location.")]
    [InlineData("[aliases]\nimage = 'quay.io/repo/image:1'", "line 2: the alias 'image' is 'quay.io/repo/image:1', which is no registry/repository without tag and digest.")]
    [InlineData("[aliases]\nimage = 'image'", "line 2: the alias 'image' is 'image', which is no registry/repository")]
    [InlineData("[aliases]\nimage = 'docker://foo'", "line 2: the alias 'image' is 'docker://foo', which is no registry/repository")]
    [InlineData("[aliases]\n'a.com/image' = 'quay.io/image'", "line 2: 'aliases' has the key 'a.com/image', which is no name without registry, tag and digest.")]
    [InlineData("[aliases]\n'image:1' = 'quay.io/image'", "line 2: 'aliases' has the key 'image:1', which is no name without")]
    [InlineData("[aliases]\nimage = 1", "line 2: 'aliases.image' must be text in quotes, and is the number 1.")]
    [InlineData("[aliases]\na = 'b.com/c'\na = 'd.com/e'", "line 3: 'a' is there already, in line 2.")]
    public void What_is_wrong_is_said_with_file_line_and_key(string toml, string expected)
    {
        _folder.Write(SystemFile, toml);

        Fails($"The configuration file '{_folder.Combine(SystemFile)}'");
        Fails(expected);
    }

    [Fact]
    public void A_drop_in_is_checked_as_the_main_file_is()
    {
        _folder.Write(SystemFile + ".d/a.conf", "short-name-mode = 1");

        Fails($"The configuration file '{_folder.Combine(SystemFile + ".d/a.conf")}', line 1: 'short-name-mode'");
    }

    [Theory]
    [InlineData("")]
    [InlineData("unqualified-search-registries = ['b.com']\n")]
    public void Version_1_is_refused_with_the_same_in_version_2(string first)
    {
        _folder.Write(SystemFile, first + """
            [registries.search]
            registries = ['registry1.com////', 'registry2.com']

            [registries.insecure]
            registries = ['registry3.com', 'registry.unsafe.com']

            [registries.block]
            registries = ['registry.untrusted.com', 'registry.unsafe.com']
            """);

        var message = Fails($"line {(first.Length == 0 ? 1 : 2)}: 'registries' is of version 1 of the format, which is not read. In version 2 the same is two lines, ");

        // What the message proposes is itself a configuration that says the same.
        _folder.Write(
            SystemFile,
            message[message.LastIndexOf("unqualified", StringComparison.Ordinal)..].Replace(", and registry", "\nregistry", StringComparison.Ordinal));
        var configuration = _folder.Load();
        Assert.Equal(["registry1.com", "registry2.com"], configuration.SearchRegistries.Select(registry => registry.Text));
        Assert.Equal(
            ["registry.unsafe.com True True", "registry.untrusted.com False True", "registry3.com True False"],
            configuration.Rules.Select(rule => $"{rule.Prefix} {rule.IsInsecure} {rule.IsBlocked}"));
    }

    [Theory]
    [InlineData("[registries.search]\nregistries = ['a.com']", "the line: unqualified-search-registries = [\"a.com\"]")]
    [InlineData("[registries.block]\nregistries = ['a.com/x']", "the line: registry = [{ location = \"a.com/x\", blocked = true }]")]
    [InlineData("[registries.search]\nregistries = []", "It says nothing: take these tables out.")]
    public void Of_version_1_only_what_it_says_is_proposed(string toml, string expected)
    {
        _folder.Write(SystemFile, toml);

        Assert.EndsWith(expected, Fails("version 1"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_or_a_huge_file_is_no_configuration()
    {
        _folder.Write(SystemFile + "/x", "");
        Fails("registries.conf': it is a folder.");

        _folder.Variables["CONTAINERS_REGISTRIES_CONF"] = _folder.Write("huge.conf", new string('#', Limits.ConfigurationFile + 1));
        Fails("huge.conf': it has more than 4194304 bytes.");
    }

    private string Fails(string message)
    {
        var error = Assert.Throws<ContainerImageException>(_folder.Load);
        Assert.Equal(ImageError.InvalidConfiguration, error.Error);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        return error.Message;
    }
}
