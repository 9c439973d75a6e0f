<#
.SYNOPSIS
    Makes of a staged module the package that a gallery takes.

.DESCRIPTION
    A nupkg is a zip file with a nuspec, and is made here as that: no tool is needed, and no network. All that is said in it
    comes from the module's manifest. The same module gives the same package, byte for byte.

    It holds what a session needs: symbols (*.pdb), and the Markdown that the help was made of, stay out.

    There are no commands below but of PowerShell's core: it also runs in the bare engine that the tests host.

.PARAMETER Path
    The folder of the module, as the build has staged it.

.PARAMETER Destination
    The folder that the package is written into; it is made if it is not there.

.OUTPUTS
    The path of the package.
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

$root = [IO.Path]::GetFullPath($PSCmdlet.GetUnresolvedProviderPathFromPSPath($Path)).TrimEnd('/', '\')
$folder = [IO.Path]::GetFullPath($PSCmdlet.GetUnresolvedProviderPathFromPSPath($Destination))
$name = [IO.Path]::GetFileNameWithoutExtension([IO.Directory]::GetFiles($root, '*.psd1')[0])
$manifest = Test-ModuleManifest -Path "$root/$name.psd1"
$package = [IO.Path]::Combine($folder, "$name.$($manifest.Version).nupkg")

function ConvertTo-XmlText([object] $Value) {
    [Security.SecurityElement]::Escape("$Value")
}

# What galleries find modules, and their commands, by.
$cmdlets = @($manifest.ExportedCmdlets.Keys)
[array]::Sort($cmdlets, [StringComparer]::Ordinal)
$tags = @('PSModule', 'PSIncludes_Cmdlet') + @($manifest.Tags) + @($cmdlets | ForEach-Object { "PSCmdlet_$_"; "PSCommand_$_" })

$nuspec = @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">
  <metadata>
    <id>$(ConvertTo-XmlText $name)</id>
    <version>$(ConvertTo-XmlText $manifest.Version)</version>
    <authors>$(ConvertTo-XmlText $manifest.Author)</authors>
    <owners>$(ConvertTo-XmlText $manifest.CompanyName)</owners>
    <requireLicenseAcceptance>false</requireLicenseAcceptance>
    <licenseUrl>$(ConvertTo-XmlText $manifest.LicenseUri)</licenseUrl>
    <projectUrl>$(ConvertTo-XmlText $manifest.ProjectUri)</projectUrl>
    <description>$(ConvertTo-XmlText $manifest.Description)</description>
    <releaseNotes>$(ConvertTo-XmlText $manifest.ReleaseNotes)</releaseNotes>
    <copyright>$(ConvertTo-XmlText $manifest.Copyright)</copyright>
    <tags>$(ConvertTo-XmlText ($tags -join ' '))</tags>
  </metadata>
</package>
"@

$relations = @"
<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/$name.nuspec" Id="R1" />
</Relationships>
"@

$contentTypes = @"
<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />
  <Default Extension="nuspec" ContentType="application/octet" />
  <Default Extension="psd1" ContentType="application/octet" />
  <Default Extension="ps1xml" ContentType="application/octet" />
  <Default Extension="dll" ContentType="application/octet" />
  <Default Extension="xml" ContentType="application/octet" />
  <Default Extension="txt" ContentType="application/octet" />
  <Override PartName="/LICENSE" ContentType="application/octet" />
</Types>
"@

function ConvertTo-Utf8([string] $Text) {
    , [Text.UTF8Encoding]::new($false).GetBytes($Text.Replace("`r`n", "`n") + "`n")
}

$parts = [Collections.Generic.SortedDictionary[string, byte[]]]::new([StringComparer]::Ordinal)
foreach ($file in [IO.Directory]::GetFiles($root, '*', [IO.SearchOption]::AllDirectories)) {
    if ($file -notmatch '\.(pdb|md)$') {
        $parts.Add($file.Substring($root.Length + 1).Replace('\', '/'), [IO.File]::ReadAllBytes($file))
    }
}

$parts.Add("$name.nuspec", (ConvertTo-Utf8 $nuspec))
$parts.Add('_rels/.rels', (ConvertTo-Utf8 $relations))
$parts.Add('[Content_Types].xml', (ConvertTo-Utf8 $contentTypes))

# Written beside, and renamed: a package is whole, or not there.
$null = [IO.Directory]::CreateDirectory($folder)
$zip = [IO.Compression.ZipArchive]::new([IO.File]::Create("$package.new"), [IO.Compression.ZipArchiveMode]::Create)
try {
    foreach ($part in $parts.GetEnumerator()) {
        $entry = $zip.CreateEntry($part.Key, [IO.Compression.CompressionLevel]::Optimal)
        $entry.LastWriteTime = [DateTimeOffset]::new(2000, 1, 1, 0, 0, 0, [timespan]::Zero)
        $stream = $entry.Open()
        $stream.Write($part.Value, 0, $part.Value.Length)
        $stream.Dispose()
    }
}
finally {
    $zip.Dispose()
}

[IO.File]::Delete($package)
[IO.File]::Move("$package.new", $package)
$package
