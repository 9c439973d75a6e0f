using System.Diagnostics;
using System.Threading.Tasks;
using ContainerImages.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

public sealed class StoreLockTests
{
    private const int Times = 100;

    // A process that is being started has all open files of this one for a moment, and with them their locks.
    [Fact]
    public async Task A_lock_that_was_given_back_is_free_at_once_whatever_processes_are_started_meanwhile()
    {
        using var folder = new TempFolder();
        var path = folder.Combine("lock");
        var starts = Task.Run(static () =>
        {
            for (var i = 0; i < Times; i++)
            {
                using var process = Process.Start("true");
                process.WaitForExit();
            }
        });

        do
        {
            using var held = StoreSystem.Current.TryLock(path);
            Assert.NotNull(held);
        }
        while (!starts.IsCompleted);

        await starts;
    }
}
