using System.Management.Automation;
using ContainerImages.Internal;

namespace ContainerImages.Commands;

/// <summary>Counts what is in a store, and the bytes that it takes and could give back.</summary>
[Cmdlet(VerbsDiagnostic.Measure, "ImageStore", HelpUri = HelpLinks.Base + "Measure-ImageStore.md")]
[OutputType(typeof(StoreMeasurement))]
[Alias("msimgs")]
public sealed class MeasureImageStoreCommand : StoreCommand
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var store = GetStore();
        Attempt(store.Path, () => WriteObject(store.Measure(StopToken)));
    }
}
