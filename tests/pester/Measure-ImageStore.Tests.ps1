BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Measure-ImageStore' {
    BeforeEach {
        $store = Enter-SampleStore
    }

    It 'counts what there is' {
        Add-ImageTag greeting team/greeting:1
        $null = Import-ContainerImage (Write-ImageFolder @{}, @{ Name = 'localhost/multi:1'; Seed = 1; Platform = 'linux/amd64', 'linux/arm64' })
        $null = New-ImageLease greeting -Name web1
        $found = Measure-ImageStore
        $found | Should -BeOfType ContainerImages.StoreMeasurement
        $found.StorePath | Should -Be $store
        $found.ImageCount | Should -Be @(Get-ContainerImage -AllPlatforms).Count
        $found.TagCount | Should -Be 3
        $found.DanglingCount | Should -Be @(Get-ContainerImage -Dangling).Count
        $found.BlobCount | Should -Be (Get-BlobFile $store).Count
        $found.TotalBytes | Should -Be (Get-BlobFile $store | Measure-Object -Property Length -Sum).Sum
        $found.SharedBytes + $found.UniqueBytes | Should -Be $found.TotalBytes
        $found.LeaseCount | Should -Be 1
        $found.IngestCount | Should -Be 0
    }

    It 'tells what could be given back' {
        (Measure-ImageStore).ReclaimableBytes | Should -Be 0
        Remove-ImageTag greeting
        (Measure-ImageStore).ReclaimableBytes | Should -Be (Measure-ImageStore).TotalBytes
    }

    It 'measures an empty store, and does not make it' {
        $found = Measure-ImageStore -StorePath ($path = Get-NewPath 'none')
        $found.TotalBytes | Should -Be 0
        Test-Path $path | Should -BeFalse
    }

    It 'is shown as a list, with sizes for people' {
        Measure-ImageStore | Out-String -Width 120 | Should -Match '(?m)^TotalBytes +: [\d.]+ kB\s*$'
    }

    It 'can be mocked' {
        Mock Measure-ImageStore { [ContainerImages.StoreMeasurement]@{ ReclaimableBytes = 3GB } }
        (Measure-ImageStore).ReclaimableBytes / 1GB | Should -Be 3
    }
}
