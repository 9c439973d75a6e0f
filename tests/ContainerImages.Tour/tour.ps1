# A tour of the everyday cmdlets on a real image, against a temporary store: prints each command as if typed, then what
# it shows. Any step that fails ends the tour with an exit code other than 0.
#
#   pwsh -File tests/ContainerImages.Tour/tour.ps1             where there is PowerShell (build the module first)
#   dotnet run --project tests/ContainerImages.Tour            where there is only the .NET SDK
#
# The second host has the bare engine, without the Utility and Management modules. So there is no Write-Host, Set-Location
# or Format-Table below, only the language, .NET and this module.
#
# sample.tar: `podman save` of an image that podman built FROM scratch by a Containerfile (LABEL, COPY, ENV, COPY, USER,
# WORKDIR, CMD), with a third layer by buildah that removes /etc/motd; both with --timestamp 1767225600.

$ErrorActionPreference = 'Stop'

if (-not (Get-Module ContainerImages)) {
    $root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
    $version = [regex]::Match([IO.File]::ReadAllText("$root/Directory.Build.props"), '<Version>(.+?)</Version>').Groups[1].Value
    Import-Module "$root/output/ContainerImages/$version/ContainerImages.psd1"
}

# Runs a command at a pretended prompt. With -ExpectError, the error is part of the tour, and its absence a failure.
function Step([scriptblock] $Command, [string] $ExpectError) {
    # Made anew from its text, so that an error looks as at a prompt, without this file and its lines.
    $Command = [scriptblock]::Create("$Command".Trim())
    $Host.UI.WriteLine("PS> $Command")
    if (-not $ExpectError) {
        & $Command | Out-Default
        return
    }

    $ErrorActionPreference = 'Continue'
    $Error.Clear()
    & $Command 2>&1 | Out-Default
    if ("$($Error[0].FullyQualifiedErrorId)" -notlike "$ExpectError,*") {
        throw "Expected the error $ExpectError from: $Command"
    }
}

$folder = [IO.Path]::Combine([IO.Path]::GetTempPath(), 'containerimages-tour-' + [Guid]::NewGuid().ToString('n').Substring(0, 8))
$null = [IO.Directory]::CreateDirectory($folder)
[IO.File]::Copy("$PSScriptRoot/sample.tar", "$folder/greeting.tar")
$location = $ExecutionContext.SessionState.Path
$location.PushCurrentLocation('tour')
$null = $location.SetLocation($folder)
$previousStore = $env:CONTAINERIMAGES_STORE
$env:CONTAINERIMAGES_STORE = "$folder/store"

try {
    Step { Import-ContainerImage ./greeting.tar }
    Step { Get-ContainerImage }
    Step { Get-ContainerImage greeting | Add-ImageTag team/greeting:stable, team/greeting:1.0 -PassThru }
    Step { Get-ImageHistory greeting }
    Step { Get-ContainerImage team/* | Save-ContainerImage -Destination ./both.tar }
    Step { Save-ContainerImage greeting -Format oci-archive -Destination ./greeting.oci.tar }
    Step { Remove-ImageTag team/greeting:1.0 }
    Step { Get-ContainerImage greting } -ExpectError ImageNotFound
    Step { Remove-ContainerImage greeting -WhatIf }
    Step { Get-ContainerImage | Remove-ContainerImage -Force }
    Step { Get-ContainerImage }
    Step { Import-ContainerImage ./both.tar }
    Step { (Get-ContainerImage team/greeting:stable).Inspect().ToJson() }
}
finally {
    $env:CONTAINERIMAGES_STORE = $previousStore
    $null = $location.PopLocation('tour')
    [IO.Directory]::Delete($folder, $true)
}
