<#
.SYNOPSIS
    Unpacks a package of a module into a folder of modules, from where Import-Module finds it.

.DESCRIPTION
    The files go to <Destination>/<name>/<version>. The same version that is there already is replaced, and only after all
    of the new one is written.

    There are no commands below but of PowerShell's core: it also runs in the bare engine that the tests host.

.PARAMETER Path
    The package, as New-ModulePackage.ps1 makes it.

.PARAMETER Destination
    The folder of modules; it is made if it is not there.

.OUTPUTS
    The path of the module's manifest.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)]
    [ValidateNotNullOrEmpty()]
    [string] $Path,

    [Parameter(Mandatory = $true)]
    [ValidateNotNullOrEmpty()]
    [string] $Destination
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# Windows PowerShell has not loaded it.
$null = [Reflection.Assembly]::Load('System.IO.Compression, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089')

$package = [IO.Path]::GetFullPath($PSCmdlet.GetUnresolvedProviderPathFromPSPath($Path))
$modules = [IO.Path]::GetFullPath($PSCmdlet.GetUnresolvedProviderPathFromPSPath($Destination))
$name, $version = [IO.Path]::GetFileNameWithoutExtension($package).Split([char[]] '.', 2)
$target = [IO.Path]::Combine($modules, $name, $version)
$unpacked = "$target.new"

if ([IO.Directory]::Exists($unpacked)) {
    [IO.Directory]::Delete($unpacked, $true)
}

$zip = [IO.Compression.ZipArchive]::new([IO.File]::OpenRead($package), [IO.Compression.ZipArchiveMode]::Read)
try {
    foreach ($entry in $zip.Entries) {
        # What makes a package of it is no part of the module.
        if ($entry.FullName -match '^(_rels/|\[Content_Types\]\.xml$|[^/]+\.nuspec$)') {
            continue
        }

        $file = [IO.Path]::GetFullPath([IO.Path]::Combine($unpacked, $entry.FullName))
        if (-not $file.StartsWith($unpacked + [IO.Path]::DirectorySeparatorChar, [StringComparison]::Ordinal)) {
            throw "'$($entry.FullName)' in $package leads out of the module's folder."
        }

        $null = [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($file))
        $source = $entry.Open()
        $copy = [IO.File]::Create($file)
        $source.CopyTo($copy)
        $copy.Dispose()
        $source.Dispose()
    }
}
finally {
    $zip.Dispose()
}

try {
    if ([IO.Directory]::Exists($target)) {
        [IO.Directory]::Delete($target, $true)
    }

    [IO.Directory]::Move($unpacked, $target)
}
catch {
    throw "The module could not be installed in '$target': $_ Close the sessions that have it loaded, and try again."
}

[IO.Path]::Combine($target, "$name.psd1")
