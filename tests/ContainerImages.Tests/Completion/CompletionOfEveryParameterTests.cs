using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Cmdlets;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Completion;

/// <summary>All parameters of all cmdlets, by what their names promise, and with whatever may be typed.</summary>
[Collection(ProcessState.Name)]
public sealed class CompletionOfEveryParameterTests
{
    private static readonly string[] _known =
    [
        "Before", "Change", "Compression", "Digest", "Exclude", "Format", "Id", "Label", "Name", "Platform", "Policy", "Reference", "Registry",
        "RequireLabel", "Since", "StopSignal", "Tag",
    ];

    private static readonly string[] _words = ["", "a", "'", "\"", "'a b", "\"$x", "[", "*", "..", "sha256:", "a:b@c", "(", "@(", "$(", "-", ",", "a,", "{", "\u2018"];

    [Fact]
    public void What_can_be_known_is_offered_by_every_cmdlet()
    {
        using ScriptSession session = new();

        string[] without =
        [
            .. Parameters(session)
                .Where(p => _known.Contains(p.Parameter.Name) && p.Parameter.ParameterType != typeof(System.Collections.IDictionary))
                .Where(p => !p.Parameter.Attributes.Any(a => a is ArgumentCompleterAttribute or ValidateSetAttribute))
                .Select(p => $"{p.Command} -{p.Parameter.Name}"),
        ];

        Assert.Empty(without);
    }

    [Theory]
    [InlineData("sound")]
    [InlineData("broken")]
    [InlineData("nowhere")]
    public void Nothing_that_is_typed_makes_a_completer_fail(string store)
    {
        using RegistrySession registries = new();
        using StoreSession session = new(registries.Session);
        string folder = session.Combine(store);
        registries.Set("CONTAINERIMAGES_STORE", folder);
        if (store != "nowhere")
        {
            session.Run($"Import-ContainerImage $sample -StorePath '{folder}'").ShouldSucceed();
        }

        if (store == "broken")
        {
            File.WriteAllText(Path.Combine(folder, "index.json"), "{\"manifests\":[{\"annotations\":[");
        }

        foreach ((string command, ParameterMetadata parameter) in Parameters(registries.Session))
        {
            // The engine swallows what completers throw, so each is asked by itself.
            foreach (ArgumentCompleterAttribute attribute in parameter.Attributes.OfType<ArgumentCompleterAttribute>())
            {
                var completer = (IArgumentCompleter)Activator.CreateInstance(attribute.Type)!;
                foreach (string word in _words)
                {
                    var line = System.Management.Automation.Language.Parser.ParseInput($"{command} -{parameter.Name} {word}", out _, out _);
                    var ast = (System.Management.Automation.Language.CommandAst?)line.Find(a => a is System.Management.Automation.Language.CommandAst, true);
                    if (ast is not null)
                    {
                        Assert.NotNull(completer.CompleteArgument(command, parameter.Name, word, ast, new Dictionary<string, object>()).ToList());
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("Get-ContainerImage -Label ", "io.buildah.version", "org.opencontainers.image.licenses", "org.opencontainers.image.title")]
    [InlineData("Get-ContainerImage -Label ORG.opencontainers.image.t", "org.opencontainers.image.title")]
    [InlineData("Get-ContainerImage greeting -Label org.opencontainers.image.title=", "org.opencontainers.image.title=greeting")]
    [InlineData("Get-ContainerImage -Label 'org.opencontainers.image.title=g", "'org.opencontainers.image.title=greeting'")]
    [InlineData("Get-ContainerImage -Label org.opencontainers.image.title=x")]
    [InlineData("Optimize-ImageStore -All -Label org.opencontainers.image.t", "org.opencontainers.image.title")]
    [InlineData("Request-ContainerImage other:1 -RequireLabel org.opencontainers.image.t", "org.opencontainers.image.title")]
    [InlineData("Import-ContainerImage x.tar -Reference gree", "greeting:")]
    [InlineData("Import-ContainerImage x.tar -Reference greeting:", "greeting:latest")]
    [InlineData("Save-ContainerImage greeting -Tag gree", "greeting:")]
    [InlineData("Save-ContainerImage greeting -Compression z", "zstd")]
    [InlineData("Save-ContainerImage greeting -Format oci-", "oci-archive", "oci-dir")]
    [InlineData("Import-ContainerImage x.tar -RootFileSystem -StopSignal SIGT", "SIGTERM")]
    [InlineData("Import-ContainerImage x.tar -RootFileSystem -Change w", "'WORKDIR '")]
    public void Labels_names_and_words_are_offered(string line, params string[] expected)
    {
        using RegistrySession registries = new();
        using StoreSession session = new(registries.Session);
        registries.Set("CONTAINERIMAGES_STORE", session.Store);
        session.Run("Import-ContainerImage $sample").ShouldSucceed();

        Assert.Equal(expected, registries.Session.Complete(line).Select(offer => offer.CompletionText));
    }

    [Fact]
    public void Tips_say_how_often_a_label_is_there_and_what_a_digest_names()
    {
        using RegistrySession registries = new();
        using StoreSession session = new(registries.Session);
        registries.Set("CONTAINERIMAGES_STORE", session.Store);
        session.Run("Import-ContainerImage $sample; Add-ImageTag greeting -Tag team/a:1; $digest = (Get-ContainerImage greeting).Digest").ShouldSucceed();
        string digest = session.Texts("$digest").Single();

        CompletionResult offered = registries.Session.Complete("Get-ContainerImage -Digest sha256:" + digest[7..9]).Single();

        Assert.Equal(digest, offered.CompletionText);
        Assert.Equal("localhost/greeting:latest, localhost/team/a:1", offered.ToolTip);
        Assert.Equal("1 image: greeting", registries.Session.Complete("Get-ContainerImage -Label org.opencontainers.image.t").Single().ToolTip);
    }

    [Theory]
    [InlineData("Request-ContainerImage ")]
    [InlineData("Find-ContainerImage ")]
    public void What_is_asked_of_registries_is_offered_without_what_is_here_alone(string command)
    {
        using RegistrySession registries = new();
        using StoreSession session = new(registries.Session);
        registries.Set("CONTAINERIMAGES_STORE", session.Store);
        registries.Set("CONTAINERS_REGISTRIES_CONF", registries.Write("two.conf", "unqualified-search-registries = ['quay.io']\n[[registry]]\nlocation = 'registry.example.com'"));
        session.Run("Import-ContainerImage $sample; Add-ImageTag greeting -Tag registry.example.com/team/a:1").ShouldSucceed();

        string[] offered = [.. registries.Session.Complete(command).Select(offer => offer.CompletionText)];

        Assert.Equal(["registry.example.com/team/a:1", "quay.io/", "registry.example.com/"], offered);
        Assert.Equal("registry.example.com/team/a:1", registries.Session.Complete(command + "registry.example.com/t").Single().CompletionText);
    }

    private static IEnumerable<(string Command, ParameterMetadata Parameter)> Parameters(ScriptSession session) => session
        .Run("Get-Command -Module ContainerImages -CommandType Cmdlet").ShouldSucceed().Objects.Select(o => (CmdletInfo)o.BaseObject)
        .SelectMany(command => command.Parameters.Values, (command, parameter) => (command.Name, parameter));
}
