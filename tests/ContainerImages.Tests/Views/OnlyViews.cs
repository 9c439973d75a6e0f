using System.IO;
using System.Linq;
using System.Xml.Linq;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;

namespace ContainerImages.Tests.Views;

/// <summary>
/// Stands in for Format-List and Format-Wide, which the bare engine does not have: the module's views of one kind alone,
/// loaded before the module, so that they are the first to match.
/// </summary>
internal static class OnlyViews
{
    /// <param name="session">A session that has not imported the module yet.</param>
    /// <param name="control">ListControl or WideControl.</param>
    /// <param name="folder">Where the views may lie for as long as the session lasts.</param>
    public static void Load(ScriptSession session, string control, TempFolder folder)
    {
        var views = XDocument.Load(Path.Combine(StagedModule.Folder, "ContainerImages.Format.ps1xml"));
        views.Descendants("View").Where(view => view.Element(control) is null).Remove();
        views.Save(Path.Combine(folder.Path, "Only.ps1xml"));
        string manifest = Path.Combine(folder.Path, "Only.psd1");
        File.WriteAllText(manifest, "@{ ModuleVersion = '1.0'; FormatsToProcess = 'Only.ps1xml' }");
        session.Set("manifests", new[] { manifest, StagedModule.Manifest });
        session.Run("Import-Module $manifests").ShouldSucceed();
    }
}
