using System;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
using Xunit;

namespace ContainerImages.Engine.Tests.Durability;

/// <summary>Does something as a user who is nobody: Linux asks each thread of a process for its own rights to files.</summary>
internal static class Unprivileged
{
    private const int Nobody = 65534;

    public static void Run(Action action)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "To become another user is for root on Linux.");
        ExceptionDispatchInfo? thrown = null;
        var thread = new Thread(() =>
        {
            try
            {
                // The thread ends with it, so that nobody need be root again.
                _ = setfsgid(Nobody);
                _ = setfsuid(Nobody);
                action();
            }
            catch (Exception e)
            {
                thrown = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        thrown?.Throw();
    }

#pragma warning disable IDE1006, SYSLIB1054 // The names are the C library's.
    [DllImport("libc")]
    private static extern int setfsuid(int user);

    [DllImport("libc")]
    private static extern int setfsgid(int group);
#pragma warning restore IDE1006, SYSLIB1054
}
