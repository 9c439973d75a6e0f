using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Views;

/// <summary>Everything that cmdlets write, in each of the three kinds of view.</summary>
public sealed class EveryViewTests
{
    private const string Hex = "8f2a1c0d9e7b0000000000000000000000000000000000000000000000000000";

    private static readonly string[] _controls = ["TableControl", "ListControl", "WideControl"];

    /// <summary>An object of each type that has a view: how it is made, and what a wide list shows of it.</summary>
    private static readonly Dictionary<string, (string Made, string Shown)> _samples = new()
    {
        ["ContainerImage"] = ("Id = '{0}'; Names = 'localhost/a:1'; Size = 5000000; Created = '2020-02-03T04:05:06Z'", "localhost/a:1"),
        ["ImageHistoryEntry"] = ("Id = '{0}'; CreatedBy = '/bin/sh -c #(nop)  CMD [\"bash\"]'; Size = 5000000; Tags = 'localhost/a:1'; Created = '2020-02-03T04:05:06Z'", "CMD [\"bash\"]"),
        ["ImageRemoval"] = ("Id = '{0}'; Reference = 'localhost/a:1'; Untagged = 'localhost/a:1'; FreedBytes = 5000000; Removed = $true", "localhost/a:1"),
        ["ImageLease"] = ("Id = '{0}'; Name = 'web1'; Reference = 'localhost/a:1'; Until = '2020-02-03T04:05:06Z'", "web1"),
        ["VerificationFinding"] = ("Id = '{0}'; Kind = 'BlobMissing'; Severity = 'Error'; Message = 'It is gone.'; Reference = 'localhost/a:1'", "It is gone."),
        ["StoreMeasurement"] = ("StorePath = '/srv/images'; ImageCount = 3; TotalBytes = 5000000", "/srv/images"),
        ["RegistryLogin"] = ("Registry = 'registry.example.com'; UserName = 'ci'; AuthFile = '/a.json'", "registry.example.com"),
        ["RemoteImage"] = ("Reference = 'registry.example.com/a:1'; Size = 5000000; Platforms = 'linux/amd64', 'linux/arm64'", "registry.example.com/a:1"),
        ["ImageCopy"] = ("Source = 'store:a:1'; Destination = 'oci:/srv/a:localhost/a:1'; CopiedBytes = 5000000; Platforms = 'linux/amd64'; Duration = '0:0:3'", "oci:/srv/a:localhost/a:1"),
        ["ImageLayer"] = ("Digest = 'sha256:{0}'; Size = 5000000; CompressedSize = 3000000; MediaType = 'application/x'", "8f2a1c0d9e7b"),
    };

    private static readonly XDocument _views = XDocument.Load(Path.Combine(StagedModule.Folder, "ContainerImages.Format.ps1xml"));

    public static TheoryData<string, string, int> Views
    {
        get
        {
            TheoryData<string, string, int> all = [];
            foreach (string type in _samples.Keys)
            {
                foreach (string control in _controls)
                {
                    all.Add(type, control, 80);
                    all.Add(type, control, 120);
                }
            }

            return all;
        }
    }

    [Fact]
    public void Every_type_that_a_cmdlet_writes_has_a_table_a_list_and_a_wide_list()
    {
        using ScriptSession session = new();
        string[] written =
        [
            .. session.Run("(Get-Command -Module ContainerImages -CommandType Cmdlet).OutputType.Name").ShouldSucceed().Objects
                .Select(o => o.ToString()).Where(name => name.StartsWith("ContainerImages.", StringComparison.Ordinal)).Distinct(),
        ];

        Assert.NotEmpty(written);
        Assert.Empty(written.Except(_samples.Keys.Select(name => "ContainerImages." + name)));
        Assert.All(written, type => Assert.Equal(
            _controls.Order(),
            _views.Descendants("View").Where(view => view.Descendants("TypeName").Any(name => name.Value == type))
                .SelectMany(view => view.Elements()).Select(element => element.Name.LocalName).Where(_controls.Contains).Order()));
    }

    [Fact]
    public void Columns_and_lines_have_the_names_of_properties()
    {
        using ScriptSession session = new();

        foreach (XElement view in _views.Descendants("View"))
        {
            string type = view.Descendants("TypeName").Single().Value;
            string[] properties = [.. session.Run($"[{type}].GetProperties().Name").ShouldSucceed().Objects.Select(o => o.ToString())];
            Assert.Empty(view.Descendants("Label").Concat(view.Descendants("PropertyName")).Select(label => label.Value).Except(properties));
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void An_object_is_shown_whole_and_fits_the_screen(string type, string control, int width)
    {
        using TempFolder folder = new();
        using ScriptSession session = new(width: width, import: false);
        OnlyViews.Load(session, control, folder);
        (string made, string shown) = _samples[type];

        string text = session.RunFormatted(Make(type)).ShouldSucceed().Transcript;

        Assert.All(text.Split('\n'), line => Assert.InRange(line.Length, 0, width));
        Assert.DoesNotContain("#ERR", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
        string unwrapped = string.Concat(text.Split('\n').Select(line => line.Trim()));
        Assert.Contains(control == "WideControl" ? shown : shown[..Math.Min(shown.Length, 8)], unwrapped, StringComparison.Ordinal);
        if (made.Contains("Size", StringComparison.Ordinal) || made.Contains("Bytes", StringComparison.Ordinal))
        {
            Assert.Equal(control != "WideControl", text.Contains("5.0 MB", StringComparison.Ordinal));
        }

        // A header that is broken over two lines is one whose column is too narrow for it.
        if (control == "TableControl")
        {
            Assert.StartsWith("--", text.Trim('\n', '\r').Split('\n')[1].TrimStart(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void What_comes_back_from_a_job_looks_the_same(string type, string control, int width)
    {
        using TempFolder folder = new();
        using ScriptSession session = new(width: width, import: false);
        OnlyViews.Load(session, control, folder);
        session.Run("$made = " + Make(type)).ShouldSucceed();

        string original = session.RunFormatted("$made").ShouldSucceed().Transcript;
        string copy = session.RunFormatted("[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($made))")
            .ShouldSucceed().Transcript;

        // What is read from an image's files does not travel, and says nothing instead of a question mark.
        copy.ShouldBe(original.Replace(" : ?", " :", StringComparison.Ordinal));
    }

    [Fact]
    public void Colours_are_the_sessions_and_are_left_to_it_to_take_away()
    {
        using ScriptSession session = new();
        const string Shown = """
            $PSStyle.Formatting.Error = "`e[35m"
            [ContainerImages.Internal._Format]::Severity([pscustomobject]@{ Severity = 'Error' }) -ceq "`e[35mError`e[0m"
            [ContainerImages.Internal._Format]::Severity([pscustomobject]@{ Severity = 'Warning' }) -ceq "$($PSStyle.Formatting.Warning)Warning`e[0m"
            [ContainerImages.Internal._Format]::Until([pscustomobject]@{ Until = [DateTimeOffset]::UtcNow.AddHours(2) }) -ceq 'in 2 hours'
            $PSStyle.Formatting.Error = ''
            [ContainerImages.Internal._Format]::Severity([pscustomobject]@{ Severity = 'Error' }) -ceq 'Error'
            """;
        ScriptResult result = session.Run("$error1 = $PSStyle.Formatting.Error; try { " + Shown + " } finally { $PSStyle.Formatting.Error = $error1 }");

        Assert.Equal([true, true, true, true], result.ShouldSucceed().Objects.Select(o => o.BaseObject));
    }

    private static string Make(string type) => $"[ContainerImages.{type}]@{{ {_samples[type].Made.Replace("{0}", Hex, StringComparison.Ordinal)} }}";
}
