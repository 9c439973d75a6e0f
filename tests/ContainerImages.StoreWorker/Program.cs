using System;
using System.Globalization;
using ContainerImages.Store;

namespace ContainerImages.StoreWorker;

/// <summary>
/// A user of a store, in a process of its own so that it can be killed: does a random stream of work, the same for the same
/// seed and the same store, and says after each step that it is done.
/// </summary>
internal static class Program
{
    /// <summary>The line before the first step.</summary>
    public const string Ready = "ready";

    /// <summary>In place of a seed and what follows it: pulls one image, by the name given in place of the folder.</summary>
    public const string Pull = "pull";

    /// <param name="arguments">
    /// The store; the folder with the archives to import, into which is saved as well; the seed; the number of steps; the
    /// repository of its names, which no other worker uses.
    /// </param>
    public static int Main(string[] arguments)
    {
        if (arguments[2] == Pull)
        {
            return PullOne(arguments[0], arguments[1]);
        }

        var count = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        using var store = ImageStore.Open(arguments[0], new StoreOptions { LockTimeout = TimeSpan.FromMinutes(2) });
        var worker = new Worker(store, arguments[1], arguments[4]);
        var model = StoreModel.Read(store, arguments[4]);
        var script = new Script(int.Parse(arguments[2], CultureInfo.InvariantCulture), Archives.List(arguments[1]), arguments[4]);

        // The pipe keeps what was written when this process is killed, so a line that is read was an acknowledgement.
        using var output = Console.OpenStandardOutput();
        Say(output, Ready);
        for (var i = 0; i < count; i++)
        {
            var step = script.Next(model);
            worker.Do(step);
            model = model.After(step);
            Say(output, $"{i} {step}");
        }

        return 0;
    }

    private static int PullOne(string path, string name)
    {
        using var store = ImageStore.Open(path);
        Worker.Pull(store, name);
        return 0;
    }

    private static void Say(System.IO.Stream output, string line)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(line + "\n");
        output.Write(bytes, 0, bytes.Length);
        output.Flush();
    }
}
