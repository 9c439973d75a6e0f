using System;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>What a session has found out of stores that it does not change.</summary>
[Collection(Alone.Name)]
public class LearnedSizesTests
{
    [Fact]
    public void A_session_remembers_so_many_images_and_no_more()
    {
        using var test = new TestStore();
        foreach (var number in Enumerable.Range(0, ImageStore.MostLearned * 3))
        {
            test.Store.Learn(Digest.Compute(BitConverter.GetBytes(number)), [number]);
        }

        Assert.Equal(ImageStore.MostLearned, ImageStore.LearnedCount);
    }
}
