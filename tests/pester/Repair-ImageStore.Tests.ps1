BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.RepairImageStoreCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Repair-ImageStore' {
    BeforeEach {
        $store = Enter-SampleStore
    }

    Context 'a sound store' {
        It 'has nothing to mend' {
            Repair-ImageStore -Force -PassThru | Should -BeNullOrEmpty
            Test-ImageStore | Should -BeTrue
        }
    }

    Context 'a blob that is gone' {
        BeforeEach {
            Hide-LargestBlob $store
        }

        It 'is fetched from an archive by <what>' -ForEach @(
            @{ What = 'name'; Act = { Repair-ImageStore -From $sample } }
            @{ What = 'finding'; Act = { Test-ImageStore -Detailed | Repair-ImageStore -From $sample } }
            @{ What = 'finding of an image'; Act = { Test-ContainerImage greeting -Detailed | Repair-ImageStore -From $sample } }
            @{ What = 'finding from a file'; Act = { ConvertTo-Deserialized (Test-ImageStore -Detailed) | Repair-ImageStore -From $sample } }
            @{ What = 'finding from JSON'; Act = { Test-ImageStore -Detailed | ConvertTo-Json | ConvertFrom-Json | Repair-ImageStore -From $sample } }
        ) {
            . $act | Should -BeNullOrEmpty
            Test-ImageStore | Should -BeTrue
        }

        It 'is told with -PassThru' {
            $finding = Repair-ImageStore -From $sample -PassThru
            $finding | Should -BeOfType ContainerImages.VerificationFinding
            $finding.Kind | Should -BeExactly 'BlobMissing'
            $finding.Repaired | Should -BeTrue
        }

        It 'stays without a source, and is an error' {
            { Repair-ImageStore } | Should -Throw '*there is no source*' -ErrorId "StoreDamaged,$command"
            @(Get-ContainerImage).Count | Should -Be 1
        }

        It 'takes the image along by force' {
            Repair-ImageStore -Force
            Get-ContainerImage | Should -BeNullOrEmpty
            Get-BlobFile $store | Should -BeNullOrEmpty
        }

        It 'is only spoken of with -WhatIf' {
            Get-WhatIfLine { Repair-ImageStore -From $sample -WhatIf } |
                Should -Match '^Performing the operation "Fetch blob from .*sample\.tar" on target "sha256:[0-9a-f]{12}"\.$'
            Get-WhatIfLine { Repair-ImageStore -Force -WhatIf } |
                Should -BeExactly 'Performing the operation "Drop image" on target "localhost/greeting:latest (0679216bcb6c)".'
            Test-ImageStore | Should -BeFalse
        }
    }

    Context 'a broken index' {
        It 'is rebuilt where nothing is lost, and kept aside' {
            $index = [IO.File]::ReadAllText("$store/index.json")
            $broken = $index.Substring(0, $index.Length - 1)
            [IO.File]::WriteAllText("$store/index.json", $broken)
            { Get-ContainerImage } | Should -Throw -ErrorId 'StoreInvalid,ContainerImages.Commands.GetContainerImageCommand'
            Repair-ImageStore
            (Get-ContainerImage).Names | Should -Be 'localhost/greeting:latest'
            [IO.File]::ReadAllText((Get-ChildItem -LiteralPath $store -Filter 'index.json.broken-*').FullName) | Should -BeExactly $broken
        }

        It 'is rebuilt without names by force alone' {
            [IO.File]::WriteAllText("$store/index.json", '')
            { Repair-ImageStore } | Should -Throw -ErrorId "StoreDamaged,$command"
            Repair-ImageStore -Force
            (Get-ContainerImage).Id | Should -BeExactly $sampleId
            (Get-ContainerImage).Names | Should -BeNullOrEmpty
        }
    }

    Context 'in a runbook' {
        It 'does nothing where nothing is piped in' {
            Hide-LargestBlob $store
            Test-ContainerImage nothing* -Detailed | Where-Object Repairable | Repair-ImageStore -Force
            @(Get-ContainerImage).Count | Should -Be 1
        }

        It 'can be mocked' {
            Hide-LargestBlob $store
            Mock Repair-ImageStore { [ContainerImages.VerificationFinding]@{ Kind = 'BlobMissing'; Repaired = $true } }
            (Test-ImageStore -Detailed | Repair-ImageStore -PassThru).Repaired | Should -BeTrue
            Should -Invoke Repair-ImageStore -Times 1 -Exactly -ParameterFilter { $InputObject.Kind -eq 'BlobMissing' }
        }
    }
}
