using System;
using System.IO;
using System.Linq;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

public sealed class OutputFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("x", 255)]
    [InlineData("é", 127)]
    [InlineData("😀", 63)]
    public void A_file_may_have_as_long_a_name_as_the_file_system_lets_it_have(string letter, int count)
    {
        var path = _folder.Combine(string.Concat(Enumerable.Repeat(letter, count)));

        using (var file = new OutputFile(path, force: false))
        {
            file.Stream.WriteByte(1);
            file.Commit();
        }

        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void What_cannot_be_cleared_up_hides_no_other_error()
    {
        var file = new OutputFile(Path.Combine(_folder.NewFolder("gone"), "a.tar"), force: false);
        file.Stream.Dispose();
        Directory.Delete(_folder.Combine("gone"), recursive: true);

        Assert.Null(Record.Exception(file.Dispose));
    }
}
