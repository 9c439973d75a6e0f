using System;
using System.IO;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using ContainerImages.Tests.Hosting;

// A console for machines that have the .NET SDK and no pwsh: it runs tour.ps1 in the real engine and shows what a
// person would see. With pwsh, run the script itself.
Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var host = new ScriptHost(ScriptHost.DefaultWidth, Console.Out.WriteLine);
using Runspace runspace = RunspaceFactory.CreateRunspace(host, StagedModule.NewSessionState(import: true));
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
