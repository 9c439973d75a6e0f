# What comes back from jobs, from other runspaces and from files goes on through the pipeline, into every cmdlet that takes
# images.

BeforeDiscovery {
    # How an image comes from elsewhere.
    $origins = @(
        @{ Origin = 'a job'; Fetch = { Start-Job -ScriptBlock { Import-Module $using:manifest; Get-ContainerImage greeting -StorePath $using:store } | Receive-Job -Wait -AutoRemoveJob } }
        @{ Origin = 'CliXml'; Fetch = { ConvertTo-Deserialized (Get-ContainerImage greeting) } }
        @{ Origin = 'JSON'; Fetch = { Get-ContainerImage greeting | Select-Object Id, Reference, StorePath | ConvertTo-Json | ConvertFrom-Json } }
        @{ Origin = 'CSV'; Fetch = { Get-ContainerImage greeting | Select-Object Id, Reference, StorePath | ConvertTo-Csv -NoTypeInformation | ConvertFrom-Csv } }
    )
    if ($PSVersionTable.PSVersion.Major -ge 7) {
        $origins += @{ Origin = 'ForEach-Object -Parallel'; Fetch = { 1 | ForEach-Object -Parallel { Import-Module $using:manifest; Get-ContainerImage greeting -StorePath $using:store } } }
        $origins += @{ Origin = 'a thread job'; Fetch = { Start-ThreadJob { Import-Module $using:manifest; Get-ContainerImage greeting -StorePath $using:store } | Receive-Job -Wait -AutoRemoveJob } }
    }
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $manifest = (Get-Module ContainerImages).Path -replace 'bin.ContainerImages.dll$', 'ContainerImages.psd1'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'An image from <origin>' -ForEach $origins {
    BeforeEach {
        $store = Enter-SampleStore
        $from = & $fetch

        # Not the default any more: what is piped on brings its store along.
        $null = Enter-NewStore
    }

    It 'is found again' {
        $image = $from | Get-ContainerImage
        $image | Should -BeOfType ContainerImages.ContainerImage
        $image.Id | Should -BeExactly $sampleId
        $image.StorePath | Should -BeExactly $store
    }

    It 'has a history, is tested, leased and saved' {
        ($from | Get-ImageHistory).Count | Should -Be 8
        $from | Test-ContainerImage | Should -BeTrue
        ($from | New-ImageLease -Name web1).Id | Should -BeExactly $sampleId
        $from | Save-ContainerImage -Destination (Get-NewPath 'a.tar') -PassThru | Should -BeOfType System.IO.FileInfo
        Get-ImageLease -StorePath $store | Remove-ImageLease
        Get-ImageLease -StorePath $store | Should -BeNullOrEmpty
    }

    It 'loses its names' {
        $from | Remove-ImageTag -All
        (Get-ContainerImage -StorePath $store).Names | Should -BeNullOrEmpty
    }

    It 'is named, and removed' {
        ($from | Add-ImageTag -Tag team/a:1 -PassThru).Names | Should -Contain 'localhost/team/a:1'
        $from | Remove-ImageTag -Tag team/a:1
        ($from | Remove-ContainerImage -PassThru).Removed | Should -BeTrue
        Get-ContainerImage -StorePath $store | Should -BeNullOrEmpty
    }

    It 'is copied' {
        $archive = Get-NewPath 'a.tar'
        $from | Copy-ContainerImage -Destination "oci-archive:$archive"
        (Import-ContainerImage $archive).Id | Should -BeExactly $sampleId
    }

    It 'says by -WhatIf where it would be pushed' {
        Get-WhatIfLine { $from | Publish-ContainerImage -Destination registry.example.com/a:1 -WhatIf } |
            Should -BeLike 'Performing the operation "Push to *registry.example.com/a:1" on target "*greeting:latest (0679216bcb6c)".'
    }
}

Describe 'Work side by side' {
    It 'names an image from several runspaces at once' -Skip:($PSVersionTable.PSVersion.Major -lt 7) {
        $store = Enter-SampleStore
        $image = Get-ContainerImage greeting

        1..8 | ForEach-Object -Parallel { Import-Module $using:manifest; $using:image | Add-ImageTag -Tag "team/a:$_" } -ThrottleLimit 4

        (Get-ContainerImage 'team/*').MatchedNames.Count | Should -Be 8
        Test-ImageStore -StorePath $store | Should -BeTrue
    }

    It 'goes on from findings that were written to a file' {
        $store = Enter-SampleStore
        Hide-LargestBlob $store
        $findings = @(ConvertTo-Deserialized (Test-ImageStore -Detailed))

        $repaired = $findings | Repair-ImageStore -From $sample -PassThru

        $repaired.Repaired | Should -Not -Contain $false
        Test-ImageStore | Should -BeTrue
    }
}
