using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Completion;

/// <summary>What Tab offers, from stores whose index is made up.</summary>
[Collection(ProcessState.Name)]
public sealed class CompletionTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CompletionStore _store;
    private readonly ScriptSession _session;

    public CompletionTests()
    {
        _store = new CompletionStore(_folder.Combine("store"))
            .Add("debian", "docker.io/library/debian:12", "linux/amd64", "linux/arm64/v8")
            .Add("debian", "docker.io/library/debian:bookworm", "linux/amd64", "linux/arm64/v8")
            .Add("app", "localhost/team/app:1")
            .Add("app2", "localhost/team/app:2", "windows/amd64")
            .Add("quay", "quay.io/team/app:1")
            .Add("loop", "[::1]:5000/net/app:1")
            .Add("dangling", null)
            .Write();
        _session = new ScriptSession(_store.Folder);
    }

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("deb", "debian:12", "debian:bookworm")]
    [InlineData("DEBIAN:b", "debian:bookworm")]
    [InlineData("docker.io/library/debian:1", "docker.io/library/debian:12")]
    [InlineData("localhost/team/app:1", "localhost/team/app:1")]
    [InlineData("team/app:", "team/app:1", "team/app:2")]
    [InlineData("quay", "quay.io/team/app:1")]
    [InlineData("[", "'[::1]:5000/net/app:1'")]
    [InlineData("de*")]
    [InlineData("app", "'[::1]:5000/net/app:1'", "localhost/team/app:1", "localhost/team/app:2", "quay.io/team/app:1")]
    [InlineData("APP:2", "localhost/team/app:2")]
    [InlineData("nothing")]
    public void A_name_is_offered_in_the_form_it_is_typed_in(string word, params string[] expected) =>
        Assert.Equal(expected, Texts($"Get-ContainerImage {word}"));

    [Fact]
    public void What_ends_so_comes_after_what_begins_so()
    {
        _store.Add("app3", "docker.io/library/app:3").Add("app4", "docker.io/team/app:4").Write();

        Assert.Equal(
            ["app:3", "'[::1]:5000/net/app:1'", "localhost/team/app:1", "localhost/team/app:2", "quay.io/team/app:1", "team/app:4"],
            Texts("Get-ContainerImage app"));
        Assert.Equal("117.2 MB, 2 weeks ago, linux/amd64", _session.Complete("Get-ContainerImage app:4").Single().ToolTip);
    }

    [Fact]
    public void An_empty_word_offers_all_names_and_no_IDs() => Assert.Equal(
        ["'[::1]:5000/net/app:1'", "debian:12", "debian:bookworm", "localhost/team/app:1", "localhost/team/app:2", "quay.io/team/app:1"],
        Texts("Get-ContainerImage "));

    [Theory]
    [InlineData("Get-ContainerImage 'deb", "'debian:12'", "'debian:bookworm'")]
    [InlineData("Get-ContainerImage \"debian:b", "\"debian:bookworm\"")]
    [InlineData("Get-ContainerImage -Reference:debian:b", "debian:bookworm")]
    [InlineData("Get-ContainerImage debian:12, deb", "debian:bookworm")]
    [InlineData("Get-ContainerImage docker.io/library/debian:12, deb", "debian:bookworm")]
    [InlineData("Get-ContainerImage -Before debian:b", "debian:bookworm")]
    public void Quotes_and_lists_are_kept(string line, params string[] expected) => Assert.Equal(expected, Texts(line));

    [Fact]
    public void After_a_comma_what_is_in_the_list_is_left_out() => Assert.Equal(
        ["'[::1]:5000/net/app:1'", "debian:bookworm", "localhost/team/app:1", "localhost/team/app:2"],
        Texts("Save-ContainerImage debian:12, quay.io/team/app:1, "));

    [Fact]
    public void A_short_name_is_offered_only_if_it_means_that_image()
    {
        _store.Add("other", "localhost/debian:12").Add("host", "localhost/foo.bar/x:1").Write();

        Assert.Equal(["debian:12", "debian:bookworm", "docker.io/library/debian:12"], Texts("Get-ContainerImage deb"));
        Assert.Equal(["localhost/foo.bar/x:1"], Texts("Get-ContainerImage foo"));
    }

    [Fact]
    public void A_tip_shows_size_age_and_platforms()
    {
        CompletionResult debian = _session.Complete("Get-ContainerImage debian:12").Single();
        CompletionResult id = _session.Complete("Get-ContainerImage -Id " + Id("debian")).Single();

        Assert.Equal("117.2 MB, 2 weeks ago, linux/amd64 +1", debian.ToolTip);
        Assert.Equal("debian:12, debian:bookworm, 117.2 MB, 2 weeks ago, linux/amd64", id.ToolTip);
        Assert.Equal("debian:12", debian.ListItemText);
    }

    [Fact]
    public void A_word_of_hex_digits_offers_IDs_after_names()
    {
        string id = Id("dangling");

        Assert.Contains(id, Bare(Texts("Remove-ContainerImage " + id[..2])));
        Assert.Equal([id], Bare(Texts("Remove-ContainerImage " + id[..5].ToUpperInvariant())));
        Assert.Equal("<none>, 117.2 MB, 2 weeks ago, linux/amd64", _session.Complete("Remove-ContainerImage " + id).Single().ToolTip);
    }

    [Fact]
    public void IDs_are_offered_newest_first_each_once_and_not_again()
    {
        string[] all = [Id("dangling"), Id("loop"), Id("quay"), Id("app2"), Id("app"), Id("debian"), Id("debianlinux/arm64/v8")];

        Assert.Equal(all, Bare(Texts("Get-ImageHistory -Id ")));
        Assert.Equal(all[1..], Bare(Texts($"Get-ImageHistory -Id '{all[0]}', ")));
        Assert.Equal(["'sha256:" + all[2] + "'"], Texts($"Get-ImageHistory -Id 'sha256:{all[2][..6]}"));
    }

    [Theory]
    [InlineData("012345678901")]
    [InlineData("1234567890e1")]
    [InlineData("12345678901d")]
    [InlineData("0b1101010101")]
    public void An_ID_that_PowerShell_would_take_for_a_number_is_quoted_and_comes_through(string id)
    {
        _store.AddWithId(id, "localhost/odd:1").Write();

        AssertComesThrough(id, _session.Complete($"Get-ContainerImage {id[0]}").Single(r => r.ListItemText == id).CompletionText);
    }

    [Fact]
    public void What_PowerShell_would_read_otherwise_is_quoted_and_comes_through()
    {
        const string Name = "a b;c$d'e";
        _store.Add("odd", Name).Write();

        AssertComesThrough(Name, _session.Complete("Get-ContainerImage a").Single(r => r.ListItemText == Name).CompletionText);
    }

    [Fact]
    public void An_open_double_quote_is_kept_with_what_it_needs_escaped()
    {
        _store.Add("odd", "a\"b$c`d").Write();

        string offered = Texts("Get-ContainerImage \"a")[0];

        Assert.Equal("\"a`\"b`$c``d\"", offered);
        Assert.Equal("a\"b$c`d", _session.Run(offered).Objects.Single().BaseObject);
    }

    [Theory]
    [InlineData("Remove-ImageTag deb", "debian:12", "debian:bookworm")]
    [InlineData("Remove-ImageTag -Id {debian} ", "docker.io/library/debian:12", "docker.io/library/debian:bookworm")]
    [InlineData("Remove-ImageTag -Id {debian} -Tag deb", "docker.io/library/debian:12", "docker.io/library/debian:bookworm")]
    [InlineData("Remove-ImageTag -Id {app} te", "localhost/team/app:1")]
    [InlineData("Remove-ImageTag -Id {dangling} ")]
    public void Names_to_take_away_are_those_of_the_image(string line, params string[] expected) =>
        Assert.Equal(expected, Texts(line.Replace("{debian}", Id("debian")).Replace("{app}", Id("app")).Replace("{dangling}", Id("dangling"))));

    [Theory]
    [InlineData("Add-ImageTag debian:12 ", "'[::1]:5000/net/app:'", "docker.io/library/debian:", "quay.io/team/app:", "team/app:")]
    [InlineData("Add-ImageTag debian:12 te", "team/app:")]
    [InlineData("Add-ImageTag debian:12 team/app:", "team/app:12", "team/app:1", "team/app:2")]
    [InlineData("Add-ImageTag debian:12 team/app:1, team/app:", "team/app:12", "team/app:2")]
    [InlineData("Add-ImageTag debian quay.io/team/app:", "quay.io/team/app:latest", "quay.io/team/app:1")]
    [InlineData("Add-ImageTag debian:12 new.example.com:5000/a:", "new.example.com:5000/a:12")]
    [InlineData("Get-ContainerImage debian:12 | Add-ImageTag localhost/team/a", "localhost/team/app:")]
    [InlineData("Get-ContainerImage debian:12 | Add-ImageTag -Tag team/app:", "team/app:1", "team/app:2")]
    public void Names_to_give_are_repositories_and_then_tags(string line, params string[] expected) => Assert.Equal(expected, Texts(line));

    [Theory]
    [InlineData("Get-ContainerImage debian:12 -Platform ", "linux/amd64", "linux/arm64/v8", "linux/arm64")]
    [InlineData("Get-ContainerImage team/app:2 -Platform ", "windows/amd64", "linux/amd64", "linux/arm64")]
    [InlineData("Get-ContainerImage team/* -Platform ", "linux/amd64", "windows/amd64", "linux/arm64")]
    [InlineData("Get-ContainerImage -Id {app2} -Platform ", "windows/amd64", "linux/amd64", "linux/arm64")]
    [InlineData("Get-ContainerImage -StorePath (no) -Platform ", "linux/amd64", "linux/arm64", "linux/arm/v7")]
    public void Platforms_of_the_images_come_before_common_ones(string line, params string[] first) =>
        Assert.Equal(first, Texts(line.Replace("{app2}", Id("app2"))).Take(first.Length));

    [Theory]
    [InlineData("Get-ImageLease ", "batch", "web1", "web2")]
    [InlineData("Get-ImageLease WEB", "web1", "web2")]
    [InlineData("Get-ImageLease -Name web1, ", "batch", "web2")]
    [InlineData("Remove-ImageLease b", "batch")]
    [InlineData("Get-ContainerImage debian:12 | New-ImageLease -Name w", "web1", "web2")]
    [InlineData("Get-ImageLease -Reference deb", "debian:12", "debian:bookworm")]
    [InlineData("New-ImageLease deb", "debian:12", "debian:bookworm")]
    public void Leases_are_offered_by_name(string line, params string[] expected)
    {
        _store.AddLeases("dangling", "web1", "web2").Add("other", null).AddLeases("other", "batch", "web1").Write();

        Assert.Equal(expected, Texts(line));
    }

    [Fact]
    public void The_tip_of_a_lease_says_what_it_holds()
    {
        _store.AddLeases("dangling", "web1").Write();

        Assert.Equal($"{Id("dangling")} until 2026-01-02 00:00:00 +00:00 (a job)", _session.Complete("Get-ImageLease w").Single().ToolTip);
    }

    private static string Id(string key) => CompletionStore.Hash(key)[..12];

    private static IEnumerable<string> Bare(IEnumerable<string> texts) => texts.Select(text => text.Trim('\''));

    private void AssertComesThrough(string value, string offered)
    {
        Assert.StartsWith("'", offered);
        Assert.Equal(value, _session.Run($"{offered}, 'x'").ShouldSucceed().Objects[0].BaseObject);
    }

    private string[] Texts(string line) => [.. _session.Complete(line).Select(result => result.CompletionText)];
}
