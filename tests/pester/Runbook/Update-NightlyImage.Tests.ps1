# How a runbook is tested without a registry, a store or an archive: each cmdlet is mocked. At the end it is run once for
# real, on a store whose images need no registry.

BeforeAll {
    . "$PSScriptRoot/../Common.ps1"
    $runbook = "$PSScriptRoot/Update-NightlyImage.ps1"

    # An image as cmdlets write it, made of what the test is about.
    function Get-MadeUpImage([string] $Reference, [string] $Id = 'a' * 64) {
        [ContainerImages.ContainerImage]@{ Id = $Id; Reference = $Reference; Names = $Reference; Size = 5MB }
    }

    # What Get-ContainerImage would find of a series.
    function Get-MadeUpSeries([string] $Series, [string[]] $Day) {
        $names = $Day | ForEach-Object { "$Series-$_" }
        [ContainerImages.ContainerImage]@{ Id = 'a' * 64; Names = $names; MatchedNames = $names }
    }

    function Invoke-Runbook([string[]] $List, [hashtable] $Parameter = @{}) {
        $path = Get-NewPath 'list.txt'
        [IO.File]::WriteAllLines($path, $List)
        & $runbook -ListPath $path -ArchiveFolder $TestDrive -Date '2026-01-31' @Parameter
    }
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Update-NightlyImage, with every cmdlet mocked' {
    BeforeEach {
        Mock Request-ContainerImage { Get-MadeUpImage $Reference[0] }
        Mock Test-ContainerImage { $true }
        Mock Add-ImageTag {}
        Mock Get-ContainerImage {}
        Mock Save-ContainerImage { [IO.FileInfo] $Destination }
        Mock Remove-ContainerImage {}
    }

    It 'pulls what is in the list, without comments and empty lines' {
        $null = Invoke-Runbook '# ours', 'registry.example.com/team/app:1', '', '  registry.example.com/web:2 # the proxy'

        Should -Invoke Request-ContainerImage -Times 2 -Exactly
        Should -Invoke Request-ContainerImage -Times 1 -Exactly -ParameterFilter { $Reference -eq 'registry.example.com/team/app:1' }
        Should -Invoke Request-ContainerImage -Times 1 -Exactly -ParameterFilter { $Reference -eq 'registry.example.com/web:2' }
    }

    It 'takes registries without TLS only if it is told to' {
        $null = Invoke-Runbook 'registry.example.com/app:1'
        $null = Invoke-Runbook 'registry.example.com/app:1' @{ AllowInsecure = $true }

        Should -Invoke Request-ContainerImage -Times 1 -Exactly -ParameterFilter { $AllowInsecure }
        Should -Invoke Request-ContainerImage -Times 1 -Exactly -ParameterFilter { -not $AllowInsecure }
    }

    It 'names each image by the date' {
        $result = Invoke-Runbook 'registry.example.com/team/app:1'

        $result.Names | Should -BeExactly 'localhost/nightly/team/app:1-2026-01-31'
        Should -Invoke Add-ImageTag -Times 1 -Exactly -ParameterFilter {
            $InputObject.Reference -eq 'registry.example.com/team/app:1' -and $Tag -ceq 'localhost/nightly/team/app:1-2026-01-31'
        }
    }

    It 'goes on after an image that cannot be pulled' {
        Mock Request-ContainerImage -ParameterFilter { $Reference -like '*/gone:1' } { Write-Error 'No such image.' }

        $result = Invoke-Runbook 'registry.example.com/gone:1', 'registry.example.com/app:1' 2>$null

        $result.Failed | Should -BeExactly 'registry.example.com/gone:1'
        $result.Names | Should -BeExactly 'localhost/nightly/app:1-2026-01-31'
    }

    It 'neither names nor saves a damaged image, and says what is wrong with it' {
        Mock Test-ContainerImage -ParameterFilter { -not $Detailed } { $false }
        Mock Test-ContainerImage -ParameterFilter { $Detailed } {
            [ContainerImages.VerificationFinding]@{ Kind = 'BlobMissing'; Severity = 'Error'; Message = 'A layer is missing.' }
        }

        $result = Invoke-Runbook 'registry.example.com/app:1' 2>&1

        $result[0].Exception.Message | Should -Be 'registry.example.com/app:1 is damaged: A layer is missing.'
        $result[1].Failed | Should -BeExactly 'registry.example.com/app:1'
        $result[1].Archive | Should -BeNullOrEmpty
        Should -Invoke Add-ImageTag -Times 0 -Exactly
        Should -Invoke Save-ContainerImage -Times 0 -Exactly
    }

    It 'saves all of the day to one archive, without what the run before had' {
        Mock Get-ContainerImage { Get-MadeUpSeries 'localhost/nightly/app:1' '2026-01-29', '2026-01-31', '2026-01-30' }

        $result = Invoke-Runbook 'registry.example.com/app:1', 'registry.example.com/web:2'

        $result.Archive.Name | Should -BeExactly 'nightly-2026-01-31.tar'
        Should -Invoke Save-ContainerImage -Times 1 -Exactly -ParameterFilter {
            $Reference.Count -eq 2 -and $Exclude -contains 'localhost/nightly/app:1-2026-01-30' -and $Format -eq 'oci-archive' -and $Force
        }
    }

    It 'saves everything the first time' {
        $null = Invoke-Runbook 'registry.example.com/app:1'

        Should -Invoke Save-ContainerImage -Times 1 -Exactly -ParameterFilter { -not $Exclude }
    }

    It 'keeps the last <keep> days' -ForEach @(
        @{ Keep = 2; Removed = '2026-01-27', '2026-01-26' }
        @{ Keep = 4; Removed = @() }
    ) {
        Mock Get-ContainerImage { Get-MadeUpSeries 'localhost/nightly/app:1' '2026-01-26', '2026-01-31', '2026-01-30', '2026-01-27' }

        $result = Invoke-Runbook 'registry.example.com/app:1' @{ Keep = $keep }

        $result.Removed | Should -Be @($removed | ForEach-Object { "localhost/nightly/app:1-$_" })
        $times = [int]($removed.Count -gt 0)
        Should -Invoke Remove-ContainerImage -Times $times -Exactly
        Should -Invoke Remove-ContainerImage -Times $times -Exactly -ParameterFilter { "$Reference" -eq "$($result.Removed)" }
    }

    It 'removes nothing if the archive could not be written' {
        Mock Get-ContainerImage { Get-MadeUpSeries 'localhost/nightly/app:1' '2026-01-31', '2026-01-30' }
        Mock Save-ContainerImage { Write-Error 'The disk is full.' }

        $result = Invoke-Runbook 'registry.example.com/app:1' @{ Keep = 1 } 2>$null

        $result.Removed | Should -BeNullOrEmpty
        Should -Invoke Remove-ContainerImage -Times 0 -Exactly
    }
}

Describe 'Update-NightlyImage, on a store' {
    It 'makes archives that bring a store without a network up to date, day by day' {
        $store = Enter-NewStore
        $other = Get-NewPath 'other'
        $archives = [IO.Path]::GetDirectoryName((Get-NewPath 'x'))
        $list = Get-NewPath 'list.txt'
        [IO.File]::WriteAllLines($list, @('registry.example.com/team/app:1'))

        # What is pulled is what was imported last: the registry alone is made up.
        Mock Request-ContainerImage { Get-ContainerImage -Reference $Reference }
        $null = 28..31 | ForEach-Object {
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'registry.example.com/team/app:1'; Seed = 7; Layers = $_ - 26 })
            $result = & $runbook -ListPath $list -ArchiveFolder $archives -Keep 2 -Date "2026-01-$_"
            $result.Archive.FullName | Should -Exist
            Import-ContainerImage $result.Archive.FullName -StorePath $other
        }

        (Get-ContainerImage -StorePath $store).Names | Where-Object { $_ -like '*nightly*' } | Sort-Object |
            Should -Be 'localhost/nightly/team/app:1-2026-01-30', 'localhost/nightly/team/app:1-2026-01-31'
        (Get-ContainerImage 'nightly/*' -StorePath $other).MatchedNames.Count | Should -Be 4
        Test-ImageStore -StorePath $other | Should -BeTrue
        (Get-Item "$archives/nightly-2026-01-31.tar").Length | Should -BeLessThan (Get-Item "$archives/nightly-2026-01-28.tar").Length
    }
}
