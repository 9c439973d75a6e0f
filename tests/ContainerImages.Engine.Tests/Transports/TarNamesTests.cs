using ContainerImages.Content;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

public class TarNamesTests
{
    [Fact]
    public void An_error_gets_the_archives_name_and_keeps_all_else_that_it_says()
    {
        var inner = new ContainerImageException(ImageError.ContentMissing, "Two layers are missing.") { Candidates = ["a", "b"] };

        var error = Assert.Throws<ContainerImageException>(() => TarNames.In<int>("'x.tar'", () => throw inner));

        Assert.Equal((ImageError.ContentMissing, "'x.tar': Two layers are missing."), (error.Error, error.Message));
        Assert.Equal(["a", "b"], error.Candidates);
    }
}
