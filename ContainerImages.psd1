@{
    RootModule = 'bin/ContainerImages.dll'

    # The build writes the version of Directory.Build.props here, and what one imports is its output.
    ModuleVersion = '0.0.0'

    GUID = '425ffe25-91e0-44b8-9a51-baaf15718fc2'
    Author = 'The ContainerImages authors'
    CompanyName = 'ContainerImages'
    Copyright = '(c) The ContainerImages authors. MIT licence.'
    Description = 'Manages container images without a daemon: imports, pulls, lists, tags, inspects, verifies, saves, pushes, copies and removes them, in a local store that OCI tools read in place.'

    # Of PowerShell 7, 7.4 is the oldest: a minimum per edition cannot be said here, so the import says it.
    PowerShellVersion = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    DotNetFrameworkVersion = '4.7.2'

    FormatsToProcess = @('ContainerImages.Format.ps1xml')
    TypesToProcess = @('ContainerImages.Types.ps1xml')

    CmdletsToExport = @(
        'Add-ImageTag'
        'Connect-ContainerRegistry'
        'Copy-ContainerImage'
        'Disconnect-ContainerRegistry'
        'Find-ContainerImage'
        'Get-ContainerImage'
        'Get-ImageHistory'
        'Get-ImageLease'
        'Import-ContainerImage'
        'Measure-ImageStore'
        'New-ImageLease'
        'Optimize-ImageStore'
        'Publish-ContainerImage'
        'Remove-ContainerImage'
        'Remove-ImageLease'
        'Remove-ImageTag'
        'Repair-ImageStore'
        'Request-ContainerImage'
        'Save-ContainerImage'
        'Test-ContainerImage'
        'Test-ImageStore'
    )
    AliasesToExport = @(
        'Add-ContainerImageTag'
        'aimgt'
        'cccreg'
        'cpcimg'
        'dccreg'
        'Export-ContainerImage'
        'fdcimg'
        'gcimg'
        'Get-ContainerImageHistory'
        'gimgh'
        'ipcimg'
        'Load-ContainerImage'
        'Pull-ContainerImage'
        'msimgs'
        'omimgs'
        'pbcimg'
        'Prune-ImageStore'
        'Push-ContainerImage'
        'rcimg'
        'Remove-ContainerImageTag'
        'rimgt'
        'rpimgs'
        'rqcimg'
        'svcimg'
        'Tag-ContainerImage'
        'tcimg'
        'Untag-ContainerImage'
        'Verify-ContainerImage'
        'Verify-ImageStore'
    )
    FunctionsToExport = @()
    VariablesToExport = @()
    DscResourcesToExport = @()

    PrivateData = @{
        PSData = @{
            Tags = @(
                'container', 'image', 'oci', 'docker', 'podman', 'skopeo', 'archive', 'tar', 'layer', 'tag', 'store'
                'PSEdition_Desktop', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS'
            )
            LicenseUri = 'https://github.com/ContainerImages/ContainerImages/blob/main/LICENSE'
            ProjectUri = 'https://github.com/ContainerImages/ContainerImages'
            ReleaseNotes = 'https://github.com/ContainerImages/ContainerImages/blob/main/CHANGELOG.md'
        }
    }
}
