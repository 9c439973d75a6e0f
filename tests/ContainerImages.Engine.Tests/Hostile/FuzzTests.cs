using System;
using System.IO;
using System.Linq;
using ContainerImages.Fuzz;
using Xunit;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>
/// The fuzzer, for a moment: its corpus, in which every input stays that once was taken as it should not be, and a few thousand
/// changes of it, always the same.
/// </summary>
public class FuzzTests
{
    private const int Seed = 5;

    public static TheoryData<string, string> Inputs
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var target in FuzzTargets.Names)
            {
                CorpusFolder.Files(target).ToList().ForEach(path => data.Add(target, Path.GetFileName(path)));
            }

            return data;
        }
    }

    public static TheoryData<string> Targets => [.. FuzzTargets.Names];

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Every_input_of_the_corpus_is_taken_as_it_should_be(string target, string input)
    {
        using var fuzzed = FuzzTargets.Make(target)!;

        var error = FuzzRun.Try(fuzzed, File.ReadAllBytes(CorpusFolder.Files(target).Single(path => Path.GetFileName(path) == input)));

        Assert.True(error is null, $"{target}/{input}: {error}");
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Changes_of_the_corpus_are_taken_as_they_should_be(string target)
    {
        using var fuzzed = FuzzTargets.Make(target)!;
        var run = new FuzzRun(fuzzed, CorpusFolder.Read(target), Seed);
        while (run.Count < fuzzed.SmokeRuns)
        {
            var error = run.Next();
            Assert.True(error is null, $"{target}, seed {Seed}, run {run.Count}, input {Convert.ToBase64String(run.Input)}: {error}");
        }
    }
}
