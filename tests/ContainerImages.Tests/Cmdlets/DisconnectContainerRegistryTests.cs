using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Disconnect-ContainerRegistry, and the log-in as an object.</summary>
[Collection(ProcessState.Name)]
public sealed class DisconnectContainerRegistryTests : IDisposable
{
    private const string Logins = """
        {"auths":{"a.com":{"auth":"YW5uOlNFQ1JFVA=="},"b.com:5000":{"auth":"Ym9iOlNFQ1JFVA=="},"b.com:5000/team":{"auth":"YmVhOlNFQ1JFVA=="},"https://index.docker.io/v1/":{"auth":"aHViOlNFQ1JFVA=="}},"kept":true}
        """;

    private static readonly string[] _all = ["a.com", "b.com:5000", "b.com:5000/team", "docker.io"];

    private readonly RegistrySession _session = new();

    public DisconnectContainerRegistryTests() => _session.Write("auth.json", Logins);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Disconnect-ContainerRegistry a.com", "a.com")]
    [InlineData("Disconnect-ContainerRegistry A.COM", "a.com")]
    [InlineData("dccreg https://a.com/", "a.com")]
    [InlineData("Disconnect-ContainerRegistry -Registry a.com, b.com:5000", "a.com b.com:5000")]
    [InlineData("Disconnect-ContainerRegistry b.com:5000/team", "b.com:5000/team")]
    [InlineData("Disconnect-ContainerRegistry docker.io", "docker.io")]
    [InlineData("Disconnect-ContainerRegistry b.*", "b.com:5000 b.com:5000/team")]
    [InlineData("Disconnect-ContainerRegistry *", "a.com b.com:5000 b.com:5000/team docker.io")]
    [InlineData("Disconnect-ContainerRegistry none*", "")]
    [InlineData("[pscustomobject]@{ Registry = 'a.com' } | Disconnect-ContainerRegistry", "a.com")]
    [InlineData("[ContainerImages.RegistryLogin]@{ Registry = 'a.com'; AuthFile = $null } | Disconnect-ContainerRegistry", "a.com")]
    public void Logs_out_silently(string script, string expected)
    {
        string[] gone = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Assert.Empty(_session.Run(script).ShouldSucceed().Transcript);

        Assert.Equal(
            _all.Except(gone),
            _all.Where(registry =>
                _session.Log.Contains($"\"{(registry == "docker.io" ? "https://index.docker.io/v1/" : registry)}\":", StringComparison.Ordinal)));
        Assert.Contains("kept", _session.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void PassThru_emits_what_is_no_more_and_it_pipes_back_by_its_file()
    {
        _session.Write("other.json", Logins);

        ScriptResult result = _session.Run("Disconnect-ContainerRegistry b.* -AuthFile ./other.json -PassThru").ShouldSucceed();

        Assert.Equal(
            [("b.com:5000", "bob"), ("b.com:5000/team", "bea")],
            result.Objects.Select(o => ($"{o.Properties["Registry"].Value}", $"{o.Properties["UserName"].Value}")));
        _session.Session.Set("gone", result.Objects);
        _session.Write("other.json", Logins);
        _session.Run("$gone | Disconnect-ContainerRegistry").ShouldSucceed();
        Assert.DoesNotContain("b.com", File.ReadAllText(Path.Combine(_session.Session.Location, "other.json")), StringComparison.Ordinal);
        Assert.Contains("b.com", _session.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void What_if_says_each_and_changes_nothing()
    {
        _session.Run("Disconnect-ContainerRegistry * -WhatIf").ShouldSucceed().Transcript.ShouldBe("""
            What if: Performing the operation "Log out" on target "a.com".
            What if: Performing the operation "Log out" on target "b.com:5000".
            What if: Performing the operation "Log out" on target "b.com:5000/team".
            What if: Performing the operation "Log out" on target "docker.io".
            """);
        Assert.Equal(Logins, _session.Log);
    }

    [Fact]
    public void What_is_declined_stays()
    {
        _session.Session.Answers.Enqueue("No");
        _session.Session.Answers.Enqueue("Yes");

        _session.Run("Disconnect-ContainerRegistry a.com, b.com:5000 -Confirm").ShouldSucceed();

        Assert.Contains("a.com", _session.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("\"b.com:5000\":", _session.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_in_that_is_not_there_is_an_error_that_lists_those_that_are()
    {
        ScriptResult result = _session.Run("Disconnect-ContainerRegistry c.com, a.com -PassThru");

        ErrorRecord error = result.ShouldFail("LoginNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal(
            $"There is no log-in for 'c.com' in '{_session.AuthFile}'; it has those for a.com, b.com:5000, b.com:5000/team, docker.io.",
            error.Exception.Message);
        Assert.Equal("c.com", error.TargetObject);
        Assert.Equal("a.com", result.Objects.Single().ToString());
    }

    [Theory]
    [InlineData("Disconnect-ContainerRegistry team", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Disconnect-ContainerRegistry 'a[.com'", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Disconnect-ContainerRegistry x.com -AuthFile ./absent.json", "LoginNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Disconnect-ContainerRegistry x.com -AuthFile ./bad.json", "InvalidConfiguration", ErrorCategory.InvalidData)]
    [InlineData("Disconnect-ContainerRegistry x.com -AuthFile Env:/x", "DestinationNotWritable", ErrorCategory.PermissionDenied)]
    public void What_cannot_be_is_an_error(string script, string id, ErrorCategory category)
    {
        _session.Write("bad.json", "[]");

        _session.Run(script).ShouldFail(id, category);
    }

    [Fact]
    public void A_log_in_is_shown_as_a_table_and_can_be_made_by_hand()
    {
        _session.Session.RunFormatted("""
            [ContainerImages.RegistryLogin]@{ Registry = 'registry.example.com:5000/team'; UserName = 'ann'; AuthFile = '/home/ann/auth.json' }
            [ContainerImages.RegistryLogin]@{ Registry = 'docker.io' }
            """).ShouldSucceed().Transcript.ShouldBe("""

            Registry                                 UserName             AuthFile
            --------                                 --------             --------
            registry.example.com:5000/team           ann                  /home/ann/auth.json
            docker.io
            """);
        _session.Run("[ContainerImages.RegistryLogin]@{ Secret = 'x' }").ShouldFail("InvalidCastConstructorException", ErrorCategory.InvalidArgument);
    }
}
