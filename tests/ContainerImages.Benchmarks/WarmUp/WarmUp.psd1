# A module without a cmdlet: importing it makes the hosted engine compile what it needs to import any module.
@{
    RootModule = '../ContainerImages.Benchmarks.dll'
    ModuleVersion = '1.0.0'
    GUID = '6c0a6d0e-3a0f-4a7e-9f0b-1f6c5b1d2a77'
    FormatsToProcess = @('WarmUp.Format.ps1xml')
    TypesToProcess = @('WarmUp.Types.ps1xml')
    CmdletsToExport = @()
    FunctionsToExport = @()
    AliasesToExport = @()
    VariablesToExport = @()
}
