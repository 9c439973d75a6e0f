using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>A file that only its owner may read is written whole, from its first byte on.</summary>
public sealed class PrivateFileTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void A_pipe_or_device_is_no_file_to_be_replaced()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux says what is a pipe.");
        Tool.Run("mkfifo", [_folder.Combine("auth.json")]);

        var error = Assert.Throws<ContainerImageException>(
            () => PrivateFile.Change(_folder.Combine("auth.json"), _ => "new"u8.ToArray(), CancellationToken.None));

        Assert.Equal(ImageError.DestinationNotWritable, error.Error);
        Assert.Equal([_folder.Combine("auth.json")], Directory.GetFileSystemEntries(_folder.Path));
        Assert.Equal("fifo", Tool.Run("stat", ["-c", "%F", _folder.Combine("auth.json")]).Output);
    }

    [SkippableFact]
    public void Files_and_folders_are_made_for_their_owner_alone()
    {
        Skip.If(OperatingSystem.IsWindows(), "Rights are those of Unix.");
        var path = _folder.Combine("a", "b", "auth.json");
        UnixFileMode? during = null;

        PrivateFile.Change(
            path,
            old =>
            {
                Assert.Null(old);
                during = File.GetUnixFileMode(_folder.Combine("a", "b"));
                return "new"u8.ToArray();
            },
            CancellationToken.None);

        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, during);
        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder.Combine("a")));
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
        Assert.Equal("new", File.ReadAllText(path));
    }

    [SkippableFact]
    public void A_file_that_others_could_read_is_the_owner_s_after_it_is_changed()
    {
        Skip.If(OperatingSystem.IsWindows(), "Rights are those of Unix.");
        var path = _folder.NewFile("auth.json", "old"u8);
        File.SetUnixFileMode(path, OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        Append(path, "+");

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
        Assert.Equal("old+", File.ReadAllText(path));
        Assert.Equal(["auth.json", "auth.json.lock"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_stays_and_what_it_leads_to_is_changed(bool isThere)
    {
        Skip.If(OperatingSystem.IsWindows(), "Links are those of Unix.");
        var target = _folder.Combine(_folder.NewFolder("real"), "auth.json");
        if (isThere)
        {
            File.WriteAllText(target, "old");
        }

        var link = _folder.Combine("auth.json");
        File.CreateSymbolicLink(link, "second");
        File.CreateSymbolicLink(_folder.Combine("second"), "real/auth.json");

        Append(link, "+");

        Assert.Equal("second", new FileInfo(link).LinkTarget);
        Assert.Null(new FileInfo(target).LinkTarget);
        Assert.Equal(isThere ? "old+" : "+", File.ReadAllText(target));
    }

    [SkippableFact]
    public void A_link_below_a_linked_folder_leads_where_the_system_says()
    {
        Skip.If(OperatingSystem.IsWindows(), "Links are those of Unix.");
        var sub = Path.Combine(_folder.NewFolder("real"), "sub");
        Directory.CreateDirectory(sub);
        File.WriteAllText(_folder.Combine("real", "auth.json"), "old");
        File.CreateSymbolicLink(Path.Combine(sub, "auth.json"), "../auth.json");
        Directory.CreateSymbolicLink(_folder.Combine("linked"), sub);

        Append(_folder.Combine("linked", "auth.json"), "+");

        Assert.Equal("old+", File.ReadAllText(_folder.Combine("real", "auth.json")));
        Assert.False(File.Exists(_folder.Combine("auth.json")));
    }

    [SkippableFact]
    public void A_circle_of_links_is_refused()
    {
        Skip.If(OperatingSystem.IsWindows(), "Links are those of Unix.");
        File.CreateSymbolicLink(_folder.Combine("a"), "b");
        File.CreateSymbolicLink(_folder.Combine("b"), "a");

        Assert.Equal(
            ImageError.DestinationNotWritable, Assert.Throws<ContainerImageException>(() => Append(_folder.Combine("a"), "+")).Error);
    }

    [Fact]
    public void What_an_edit_refuses_leaves_the_file_as_it_was()
    {
        var path = _folder.NewFile("auth.json", "old"u8);

        Assert.Throws<FormatException>(() => PrivateFile.Change(path, _ => throw new FormatException(), CancellationToken.None));
        PrivateFile.Change(path, _ => null, CancellationToken.None);

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["auth.json", "auth.json.lock"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Another_program_s_change_is_not_lost()
    {
        var path = _folder.NewFile("auth.json", "old"u8);
        var calls = 0;

        PrivateFile.Change(
            path,
            old =>
            {
                if (calls++ < 3)
                {
                    File.AppendAllText(path, "x");
                }

                return [.. old!, (byte)'+'];
            },
            CancellationToken.None);

        Assert.Equal("oldxxx+", File.ReadAllText(path));
        Assert.Equal(4, calls);
    }

    [Fact]
    public void A_program_that_never_stops_writing_is_given_up_on()
    {
        var path = _folder.NewFile("auth.json", "old"u8);

        var error = Assert.Throws<ContainerImageException>(() => PrivateFile.Change(
            path,
            old =>
            {
                File.AppendAllText(path, "x");
                return "new"u8.ToArray();
            },
            CancellationToken.None));

        Assert.Equal(ImageError.DestinationNotWritable, error.Error);
    }

    [Fact]
    public async Task Many_writers_at_once_lose_nothing()
    {
        var path = _folder.Combine("auth.json");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < 10; i++)
            {
                var key = $"r{writer}-{i}.example.com";
                PrivateFile.Change(
                    path, old => AuthFileEditor.Set(path, old, key, new RegistryCredential("u", "p", null)), CancellationToken.None);
            }
        })));

        Assert.Equal(80, AuthFile.Read(new AuthFilePlace(path, IsLegacy: false)).Entries.Count);
    }

    [Fact]
    public void The_wait_for_another_process_ends_when_it_is_stopped()
    {
        var path = _folder.NewFile("auth.json", "old"u8);
        using var held = ContainerImages.Store.StoreSystem.Current.TryLock(path + ".lock");
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => PrivateFile.Change(path, _ => [], stop.Token));
    }

    [Fact]
    public void A_folder_in_the_way_is_an_error()
    {
        _folder.NewFile("file", "x"u8);

        var error = Assert.Throws<ContainerImageException>(() => Append(_folder.Combine("file", "auth.json"), "+"));

        Assert.Equal(ImageError.DestinationNotWritable, error.Error);
    }

    private static void Append(string path, string text) =>
        PrivateFile.Change(path, old => [.. old ?? [], .. Encoding.UTF8.GetBytes(text)], CancellationToken.None);
}
