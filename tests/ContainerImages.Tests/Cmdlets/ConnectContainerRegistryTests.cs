using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Connect-ContainerRegistry, against a real registry.</summary>
[Collection(ProcessState.Name)]
public sealed class ConnectContainerRegistryTests : IClassFixture<PrivateRegistry>, IDisposable
{
    private readonly RegistrySession _session = new();
    private readonly PrivateRegistry _registry;

    public ConnectContainerRegistryTests(PrivateRegistry registry)
    {
        _registry = registry;
        _session.Session.Set("user", LocalRegistry.UserName);
        _session.Session.Set("password", LocalRegistry.Password);
        _session.Run("""
            $secret = [securestring]::new(); $password.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }
            $wrong = [securestring]::new(); 'WRONG'.ToCharArray() | ForEach-Object { $wrong.AppendChar($_) }
            $credential = [pscredential]::new($user, $secret)
            """).ShouldSucceed();
    }

    public void Dispose() => _session.Dispose();

    [SkippableTheory]
    [InlineData("Connect-ContainerRegistry $registry $credential -AllowInsecure")]
    [InlineData("Connect-ContainerRegistry -Registry $registry -Credential $credential -AllowInsecure")]
    [InlineData("Connect-ContainerRegistry $registry -UserName $user -Secret $secret -AllowInsecure")]
    [InlineData("Connect-ContainerRegistry $registry -UserName $user -Secret $password -AllowInsecure")]
    [InlineData("$secret | Connect-ContainerRegistry $registry -UserName $user -AllowInsecure")]
    [InlineData("$password | Connect-ContainerRegistry $registry -UserName $user -AllowInsecure")]
    [InlineData("cccreg \"$registry/\" $credential -AllowInsecure")]
    public void Logs_in_silently_and_keeps_the_log_in(string script)
    {
        _session.Session.Set("registry", _registry.Address);

        ScriptResult result = _session.Run(script).ShouldSucceed();

        Assert.Empty(result.Transcript);
        Assert.Contains($"\"{_registry.Address}\": {{", _session.Log, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_session.AuthFile));
    }

    [SkippableFact]
    public void PassThru_emits_the_log_in_without_its_secret()
    {
        _session.Session.Set("registry", _registry.Address);

        PSObject login = _session.Run("Connect-ContainerRegistry $registry/team $credential -AllowInsecure -PassThru").ShouldSucceed().Objects.Single();

        Assert.Equal($"{_registry.Address}/team", login.ToString());
        Assert.Equal(
            [("AuthFile", _session.AuthFile), ("Registry", $"{_registry.Address}/team"), ("UserName", LocalRegistry.UserName)],
            login.Properties.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => (p.Name, $"{p.Value}")));
    }

    [SkippableFact]
    public void The_file_that_is_named_is_the_one_that_is_written()
    {
        _session.Session.Set("registry", _registry.Address);

        _session.Run("Connect-ContainerRegistry $registry $credential -AllowInsecure -AuthFile ./new/own.json").ShouldSucceed();

        Assert.False(File.Exists(_session.AuthFile));
        Assert.True(File.Exists(Path.Combine(_session.Session.Location, "new", "own.json")));
    }

    [SkippableFact]
    public void What_if_says_it_and_neither_asks_nor_writes()
    {
        _session.Session.Set("registry", _registry.Address);

        _session.Run("""
            Connect-ContainerRegistry $registry $credential -AllowInsecure -WhatIf
            Connect-ContainerRegistry nowhere.invalid -IdentityToken x -WhatIf
            """).ShouldSucceed().Transcript.ShouldBe($"""
            What if: Performing the operation "Log in as {LocalRegistry.UserName}" on target "{_registry.Address}".
            What if: Performing the operation "Log in by an identity token" on target "nowhere.invalid".
            """);
        Assert.Empty(_session.Log);
    }

    [SkippableFact]
    public void A_log_in_that_is_refused_is_not_kept_and_the_old_one_stays()
    {
        _session.Session.Set("registry", _registry.Address);
        _session.Run("Connect-ContainerRegistry $registry $credential -AllowInsecure").ShouldSucceed();
        string before = _session.Log;

        ScriptResult result = _session.Run("Connect-ContainerRegistry $registry -UserName $user -Secret $wrong -AllowInsecure -Verbose");

        ErrorRecord error = result.ShouldFail("RegistryUnauthorized", ErrorCategory.AuthenticationError);
        Assert.Equal(_registry.Address, error.TargetObject);
        Assert.Equal("RegistryUnauthorized,ContainerImages.Commands.ConnectContainerRegistryCommand", error.FullyQualifiedErrorId);
        Assert.StartsWith("Check the account and its password", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(before, _session.Log);
        Assert.DoesNotContain("WRONG", result.Transcript + error.Exception, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Verbose_says_what_is_done_and_no_secret()
    {
        _session.Session.Set("registry", _registry.Address);

        ScriptResult result = _session.Run("Connect-ContainerRegistry $registry $credential -AllowInsecure -Verbose").ShouldSucceed();

        Assert.Contains(result.Verbose, line => line == $"The log-in for '{_registry.Address}' is kept by: {_session.AuthFile}.");
        Assert.DoesNotContain(LocalRegistry.Password, result.Transcript, StringComparison.Ordinal);
        Assert.DoesNotContain(LocalRegistry.BasicHeader[6..], result.Transcript, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Without_AllowInsecure_plain_HTTP_is_not_spoken()
    {
        _session.Session.Set("registry", _registry.Address);

        ScriptResult result = _session.Run("Connect-ContainerRegistry $registry $credential");

        Assert.NotEmpty(result.Errors);
        Assert.Empty(_session.Log);

        // Unless it is configured so.
        _session.Write("registries.conf", $"[[registry]]\nlocation = '{_registry.Address}'\ninsecure = true");
        _session.Run("Connect-ContainerRegistry $registry $credential").ShouldSucceed();
    }

    [SkippableFact]
    public void A_certificate_of_certs_d_is_trusted()
    {
        using TestCertificates certificates = new();
        using LocalRegistry registry = LocalRegistry.Start(new LocalRegistryOptions { HasBasicAuth = true, Certificate = certificates.ForServer() });
        _session.Session.Set("registry", registry.Address);
        _session.Run("Connect-ContainerRegistry $registry $credential").ShouldFail("RegistryCertificate", ErrorCategory.SecurityError);

        _session.Write($"config/containers/certs.d/{registry.Address}/ca.crt", certificates.Authority.ExportCertificatePem());

        _session.Run("Connect-ContainerRegistry $registry $credential").ShouldSucceed();
    }

    [SkippableFact]
    public void A_registry_that_lets_in_anybody_is_warned_of()
    {
        using LocalRegistry registry = LocalRegistry.Start();
        _session.Session.Set("registry", registry.Address);

        ScriptResult result = _session.Run("Connect-ContainerRegistry $registry $credential -AllowInsecure").ShouldSucceed();

        Assert.Equal(
            $"The registry '{registry.Address}' lets in anybody: the log-in is kept, and nobody has looked at it.", Assert.Single(result.Warnings));
    }

    [Fact]
    public void What_is_written_before_a_registry_is_told_by_name() => Assert.EndsWith(
        "; 'http://' is left out.",
        _session.Run("Connect-ContainerRegistry http://a.com $credential").ShouldFail("InvalidReference", ErrorCategory.InvalidArgument).Exception.Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("Connect-ContainerRegistry 127.0.0.1:9 $credential", "RegistryUnreachable", ErrorCategory.ConnectionError)]
    [InlineData("Connect-ContainerRegistry team $credential", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Connect-ContainerRegistry http://a.com $credential", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Connect-ContainerRegistry localhost $credential", "DestinationMissing", ErrorCategory.InvalidArgument)]
    [InlineData("Connect-ContainerRegistry 127.0.0.1:9 -UserName a:b -Secret x", "RegistryUnauthorized", ErrorCategory.AuthenticationError)]
    [InlineData("Connect-ContainerRegistry blocked.com $credential", "RegistryBlocked", ErrorCategory.SecurityError)]
    public void What_cannot_be_is_an_error_and_the_rest_goes_on(string script, string id, ErrorCategory category)
    {
        _session.Write("registries.conf", "[[registry]]\nlocation = 'blocked.com'\nblocked = true");

        ScriptResult result = _session.Run(script + "; 'on'");

        result.ShouldFail(id, category);
        Assert.Equal("on", result.Objects.Single().BaseObject);
        Assert.Empty(_session.Log);
    }

    [SkippableFact]
    public void A_malformed_file_of_log_ins_is_an_error_and_stays()
    {
        _session.Session.Set("registry", _registry.Address);
        _session.Write("auth.json", "{ \"auths\": 7 }");

        ErrorRecord error = _session.Run("Connect-ContainerRegistry $registry $credential -AllowInsecure")
            .ShouldFail("InvalidConfiguration", ErrorCategory.InvalidData);

        Assert.Equal($"The configuration file '{_session.AuthFile}', line 1: 'auths' must be an object.", error.Exception.Message);
        Assert.Equal("{ \"auths\": 7 }", _session.Log);
    }

    [SkippableFact]
    public void A_helper_that_fails_is_an_error()
    {
        _session.Session.Set("registry", _registry.Address);
        _session.Write("auth.json", $"{{ \"credHelpers\": {{ \"{_registry.Address}\": \"not-there-for-sure\" }} }}");

        _session.Run("Connect-ContainerRegistry $registry $credential -AllowInsecure")
            .ShouldFail("CredentialHelperFailed", ErrorCategory.AuthenticationError);
    }

    [Theory]
    [InlineData("Connect-ContainerRegistry a", "alpha.com", "a.example.com", "aliased.com")]
    [InlineData("Connect-ContainerRegistry -Registry alp", "alpha.com")]
    [InlineData("Connect-ContainerRegistry search", "search.example.com")]
    [InlineData("Connect-ContainerRegistry blocked")]
    [InlineData("Disconnect-ContainerRegistry a", "alpha.com")]
    [InlineData("Disconnect-ContainerRegistry alpha.com, ", "beta.com/team")]
    [InlineData("Disconnect-ContainerRegistry ", "alpha.com", "beta.com/team")]
    [InlineData("Disconnect-ContainerRegistry -AuthFile ./other.json -Registry ", "gamma.com")]
    public void Tab_offers_log_ins_and_what_is_configured(string line, params string[] expected)
    {
        _session.Write("auth.json", """{"auths":{"alpha.com":{"auth":"dTpw"},"beta.com/team":{}}}""");
        _session.Write("other.json", """{"credHelpers":{"gamma.com":"x"}}""");
        _session.Write("registries.conf", """
            unqualified-search-registries = ["search.example.com"]
            [[registry]]
            location = "a.example.com"
            [[registry]]
            prefix = "aliased.com/team"
            location = "elsewhere.com"
            [[registry]]
            location = "blocked.com"
            blocked = true
            [[registry]]
            prefix = "*.any.com"
            """);

        Assert.Equal(expected, _session.Session.Complete(line).Select(match => match.CompletionText));
    }

    [Fact]
    public void Tab_says_nothing_of_files_that_are_malformed()
    {
        _session.Write("auth.json", "nonsense");
        _session.Write("registries.conf", "unqualified-search-registries = ['search.example.com']");
        Assert.Equal(["search.example.com"], _session.Session.Complete("Connect-ContainerRegistry s").Select(match => match.CompletionText));
    }
}
