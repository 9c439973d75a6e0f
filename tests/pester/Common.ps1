# What all test files share; each dot-sources it in its BeforeAll. The module under test is the one that the build staged.

Set-StrictMode -Version Latest

# So that Should -Throw sees an error of any kind; where the rest goes on, a test says -ErrorAction SilentlyContinue.
$ErrorActionPreference = 'Stop'

$root = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '..', '..'))
$version = [regex]::Match([IO.File]::ReadAllText("$root/Directory.Build.props"), '<Version>(.+?)</Version>').Groups[1].Value
Import-Module -Name "$root/output/ContainerImages/$version/ContainerImages.psd1"

# A docker-archive that podman wrote: one image, localhost/greeting:latest, of three layers.
$sample = [IO.Path]::Combine($root, 'tests', 'ContainerImages.Tour', 'sample.tar')
$sampleId = '0679216bcb6cf854d94afac55507e1676035a5c151c4d6a1028e6561e4d076e9'

# Makes a new, empty store the default one, and gives its path. It is not there before the first import.
function Enter-NewStore {
    $env:CONTAINERIMAGES_STORE = [IO.Path]::Combine($TestDrive, 'store-' + [Guid]::NewGuid().ToString('n'))
    $env:CONTAINERIMAGES_STORE
}

# The same, with the image of the sample in it.
function Enter-SampleStore {
    Enter-NewStore
    $null = Import-ContainerImage -LiteralPath $sample
}

# The path of a file or folder that is not there yet.
function Get-NewPath([string] $Name) {
    $folder = [IO.Path]::Combine($TestDrive, [Guid]::NewGuid().ToString('n'))
    $null = [IO.Directory]::CreateDirectory($folder)
    [IO.Path]::Combine($folder, $Name)
}

# Writes a folder in OCI's layout and gives its path. Each image is a hash table:
#   Name      names, in full; none for an image without
#   Platform  one gives a manifest, several an index of them; linux/amd64 if not given
#   Layers    how many; of two images with the same Seed, the one with one layer less is the other's parent
#   Seed, Label, Created
function Write-ImageFolder([hashtable[]] $Image) {
    $folder = Get-NewPath 'layout'
    $blobs = [IO.Path]::Combine($folder, 'blobs', 'sha256')
    $null = [IO.Directory]::CreateDirectory($blobs)
    $manifests = foreach ($one in $Image) {
        $given = @{ Name = @(); Platform = 'linux/amd64'; Layers = 1; Seed = 0; Label = @{}; Created = '2026-01-01T00:00:00Z' } + @{}
        $one.Keys | ForEach-Object { $given[$_] = $one[$_] }
        $instances = @($given.Platform | ForEach-Object { Add-Manifest -Folder $blobs -Platform $_ -Given $given })
        $descriptor = $instances[0]
        if ($instances.Count -gt 1) {
            $type = 'application/vnd.oci.image.index.v1+json'
            $descriptor = Add-JsonBlob -Folder $blobs -MediaType $type -Value ([ordered]@{
                    schemaVersion = 2
                    mediaType = $type
                    manifests = $instances
                })
        }

        if (@($given.Name).Count -eq 0) {
            $descriptor
        }

        foreach ($name in $given.Name) {
            $named = [ordered]@{}
            $descriptor.Keys | ForEach-Object { $named[$_] = $descriptor[$_] }
            $named.annotations = @{ 'org.opencontainers.image.ref.name' = $name }
            $named
        }
    }

    Write-JsonFile -Path "$folder/oci-layout" -Value @{ imageLayoutVersion = '1.0.0' }
    Write-JsonFile -Path "$folder/index.json" -Value ([ordered]@{ schemaVersion = 2; manifests = @($manifests) })
    $folder
}

function Add-Manifest([string] $Folder, [string] $Platform, [hashtable] $Given) {
    $os, $architecture = $Platform.Split('/')

    # A layer of nothing: a tar is at its end where two blocks of zeros are, and more of them do no harm.
    $layers = @(for ($i = 1; $i -le $Given.Layers; $i++) {
            Add-Blob -Folder $Folder -MediaType 'application/vnd.oci.image.layer.v1.tar' -Bytes (New-Object byte[] (1024 * (1 + $i + 10 * $Given.Seed)))
        })
    $config = Add-JsonBlob -Folder $Folder -MediaType 'application/vnd.oci.image.config.v1+json' -Value ([ordered]@{
            created = $Given.Created
            architecture = $architecture
            os = $os
            config = @{ Labels = $Given.Label }
            rootfs = @{ type = 'layers'; diff_ids = @($layers | ForEach-Object { $_.digest }) }
            history = @(for ($i = 1; $i -le $Given.Layers; $i++) {
                    [ordered]@{ created = '2026-01-01T00:00:00Z'; created_by = "step $i of $($Given.Seed)" }
                })
        })
    $type = 'application/vnd.oci.image.manifest.v1+json'
    $manifest = Add-JsonBlob -Folder $Folder -MediaType $type -Value ([ordered]@{
            schemaVersion = 2
            mediaType = $type
            config = $config
            layers = $layers
        })
    $manifest.platform = @{ os = $os; architecture = $architecture }
    $manifest
}

function Add-JsonBlob([string] $Folder, [string] $MediaType, [object] $Value) {
    Add-Blob -Folder $Folder -MediaType $MediaType -Bytes ([Text.Encoding]::UTF8.GetBytes((ConvertTo-Json -InputObject $Value -Depth 9 -Compress)))
}

function Add-Blob([string] $Folder, [string] $MediaType, [byte[]] $Bytes) {
    $hash = [Security.Cryptography.SHA256]::Create()
    $hex = -join ($hash.ComputeHash($Bytes) | ForEach-Object { $_.ToString('x2') })
    $hash.Dispose()
    [IO.File]::WriteAllBytes([IO.Path]::Combine($Folder, $hex), $Bytes)
    [ordered]@{ mediaType = $MediaType; digest = "sha256:$hex"; size = $Bytes.Length }
}

function Write-JsonFile([string] $Path, [object] $Value) {
    [IO.File]::WriteAllText($Path, (ConvertTo-Json -InputObject $Value -Depth 9 -Compress))
}

# The lines that -WhatIf shows; they go to the host and to no stream.
function Get-WhatIfLine([scriptblock] $Command) {
    $log = Get-NewPath 'transcript.txt'
    $null = Start-Transcript -LiteralPath $log
    try {
        $null = & $Command
    }
    finally {
        $null = Stop-Transcript
    }

    [IO.File]::ReadAllLines($log) -like 'What if: *' -replace '^What if: '
}

# What Tab offers at the end of a line.
function Get-Completion([string] $Line) {
    @((TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches)
}

# The files of blobs that a store has.
function Get-BlobFile([string] $Store) {
    @(Get-ChildItem -LiteralPath "$Store/blobs" -Recurse -File)
}

# A store without its largest blob is damaged, and can be mended.
function Hide-LargestBlob([string] $Store) {
    Get-BlobFile $Store | Sort-Object Length -Descending | Select-Object -First 1 | Remove-Item -Force
}

# What comes back from a job, remoting or a file.
function ConvertTo-Deserialized([object] $InputObject) {
    $file = Get-NewPath 'objects.xml'
    $InputObject | Export-Clixml -LiteralPath $file
    Import-Clixml -LiteralPath $file
}
