using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using ContainerImages.Tests.Hosting;

// A console for machines that have the .NET SDK and no pwsh: it runs tour.ps1 in the real engine and shows what a
// person would see. With pwsh, run the script itself. A manifest that is given is that of the module to import, if it is to be
// another than the one that the build staged.
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var host = new ScriptHost(ScriptHost.DefaultWidth, Console.Out.WriteLine);
using Runspace runspace = RunspaceFactory.CreateRunspace(host, NewSessionState(args));
runspace.Open();

using PowerShell shell = PowerShell.Create(runspace);
shell.AddCommand(Path.Combine(AppContext.BaseDirectory, "tour.ps1")).AddCommand("Out-Default");

// As in a console: errors are shown where they happen.
shell.Commands.Commands[0].MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    shell.BeginStop(null, null);
};

try
{
    shell.Invoke();
}
catch (RuntimeException e)
{
    using PowerShell view = PowerShell.Create(runspace);
    view.AddCommand("Out-Default").AddParameter("InputObject", e.ErrorRecord).Invoke();
    return 1;
}

host.LineUI.Flush();
return shell.InvocationStateInfo.State == PSInvocationState.Completed ? host.ExitCode ?? 0 : 1;

static InitialSessionState NewSessionState(string[] manifests)
{
    InitialSessionState state = StagedModule.NewSessionState(import: manifests.Length == 0);
    if (manifests.Length > 0)
    {
        state.ImportPSModule(manifests);
    }

    return state;
}
