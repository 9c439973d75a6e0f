using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>The text of each field of what <c>image inspect</c> prints of one image, by its name, in order.</summary>
internal static class InspectFields
{
    public static Dictionary<string, string> Of(ContainerImage image) => Split(image.Inspect().ToJson());

    /// <summary>What podman prints: a list of one, each line of it indented by 5 more.</summary>
    public static Dictionary<string, string> OfPodmans(PeerSandbox peers, string image) =>
        Split(string.Join('\n', peers.Podman("image", "inspect", image).Lines.Skip(1).SkipLast(1).Select(line => line[5..])));

    /// <summary>The same fields in the same order, each with the same text to the last space, but for the exceptions.</summary>
    public static void AssertEqual(Dictionary<string, string> theirs, Dictionary<string, string> ours, params string[] except)
    {
        Assert.Equal(theirs.Keys, ours.Keys);
        Assert.All(theirs.Keys.Except(except), name => Assert.Equal(theirs[name], ours[name]));
    }

    private static Dictionary<string, string> Split(string json)
    {
        var lines = json.Split('\n');
        Assert.Equal(("{", "}"), (lines[0], lines[^1]));
        var fields = new Dictionary<string, string>();
        var name = "";
        foreach (var line in lines[1..^1])
        {
            if (line.StartsWith("     \"", StringComparison.Ordinal))
            {
                name = line.Split('"')[1];
                fields.Add(name, "");
            }

            fields[name] += line + "\n";
        }

        return fields.ToDictionary(field => field.Key, field => field.Value.TrimEnd('\n').TrimEnd(','));
    }
}
