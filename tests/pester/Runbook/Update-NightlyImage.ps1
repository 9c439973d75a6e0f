<#
.SYNOPSIS
    A sample runbook: pulls a list of images, verifies them, names them by the date, and saves what is new since the last run.

.DESCRIPTION
    For each name in the list the image is pulled, verified, and given the name <Prefix>/<repository>:<tag>-<date>. The
    images of the day are then written to one archive, nightly-<date>.tar, without the layers that the archive of the run
    before has: importing one archive after the other brings all images to a machine without a network. At last, of each
    image the names of the newest <Keep> days stay, and the images behind older ones are removed.

    One bad image does not stop the others. It is told as an error, and it is in Failed of the object that is written.
    With -WhatIf nothing is pulled, and so nothing more can be shown than what would be.

    about_ContainerImages_Runbooks goes through it step by step, and through its tests beside this file.

.PARAMETER ListPath
    A text file with one name in each line. What follows a # is a comment.

.PARAMETER ArchiveFolder
    The folder of the archives. It must be there.

.PARAMETER Prefix
    The first part of the names by date. They are under localhost, which no registry has.

.PARAMETER Keep
    Of how many days the images stay.

.PARAMETER Date
    The day of the run, for a run that is made up for.

.PARAMETER AllowInsecure
    Whether registries without TLS are taken.

.EXAMPLE
    ./Update-NightlyImage.ps1 -ListPath ./images.txt -ArchiveFolder /srv/archives

.OUTPUTS
    One object: Date, Names (by date), Failed (of the list), Archive (a file, or null), Removed (names).
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true)]
    [ValidateNotNullOrEmpty()]
    [string] $ListPath,

    [Parameter(Mandatory = $true)]
    [ValidateNotNullOrEmpty()]
    [string] $ArchiveFolder,

    [ValidateNotNullOrEmpty()]
    [string] $Prefix = 'nightly',

    [ValidateRange(1, 365)]
    [int] $Keep = 5,

    [datetime] $Date = [datetime]::Today,

    [switch] $AllowInsecure
)

Set-StrictMode -Version Latest

# The rest of the list goes on after an error, whatever the session says.
$ErrorActionPreference = 'Continue'

$day = $Date.ToString('yyyy-MM-dd', [cultureinfo]::InvariantCulture)
$today = @()
$before = @()
$expired = @()
$failed = @()

$list = @(Get-Content -LiteralPath $ListPath -ErrorAction Stop | ForEach-Object { ($_ -replace '#.*').Trim() } | Where-Object { $_ })
foreach ($name in $list) {
    # An image that is here already, whole and the same, costs one question to the registry.
    $image = Request-ContainerImage -Reference $name -AllowInsecure:$AllowInsecure
    if (-not $image) {
        if (-not $WhatIfPreference) {
            $failed += $name
        }

        continue
    }

    if (-not ($image | Test-ContainerImage)) {
        $image | Test-ContainerImage -Detailed | ForEach-Object { Write-Error -Message "$name is damaged: $($_.Message)" -TargetObject $name }
        $failed += $name
        continue
    }

    # registry.example.com/team/app:1 becomes localhost/nightly/team/app:1-2026-01-31.
    $series = "localhost/$Prefix/" + ($image.Reference -replace '^[^/]+/' -replace '@.*$')
    $image | Add-ImageTag -Tag "$series-$day"
    $today += "$series-$day"

    # By name, since dates sort so, and not by age: a registry may go back to an image that was built earlier.
    $dated = @(Get-ContainerImage -Reference "$series-????-??-??" | ForEach-Object { $_.MatchedNames } | Sort-Object -Descending)
    $before += @($dated | Where-Object { $_ -lt "$series-$day" } | Select-Object -First 1)
    $expired += @($dated | Select-Object -Skip $Keep)
}

$archive = $null
if ($today) {
    $given = @{
        Reference = $today
        Destination = Join-Path -Path $ArchiveFolder -ChildPath "nightly-$day.tar"
        Format = 'oci-archive'
        Force = $true
        PassThru = $true
    }
    if ($before) {
        $given.Exclude = $before
    }

    $archive = Save-ContainerImage @given
}

# Only now: what the archive builds upon was there until it was written. And not at all if it could not be.
if ($archive -and $expired) {
    Remove-ContainerImage -Reference $expired
}

[pscustomobject]@{
    Date = $day
    Names = $today
    Failed = $failed
    Archive = $archive
    Removed = @(if ($archive) { $expired })
}
