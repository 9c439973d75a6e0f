# Parameters that several cmdlets share mean the same everywhere.

BeforeDiscovery {
    . "$PSScriptRoot/Common.ps1"
    $cmdlets = Get-Command -Module ContainerImages -CommandType Cmdlet

    # What is done with the sample in a store that is not the default, and what comes of it.
    $elsewhere = @(
        @{ Command = 'Get-ContainerImage'; Act = { (Get-ContainerImage greeting -StorePath $other).Id }; Expected = $sampleId }
        @{ Command = 'Get-ImageHistory'; Act = { @(Get-ImageHistory greeting -StorePath $other).Count }; Expected = 8 }
        @{ Command = 'Test-ContainerImage'; Act = { Test-ContainerImage -Reference greeting -StorePath $other }; Expected = $true }
        @{ Command = 'Test-ImageStore'; Act = { Test-ImageStore -StorePath $other }; Expected = $true }
        @{ Command = 'Measure-ImageStore'; Act = { (Measure-ImageStore -StorePath $other).ImageCount }; Expected = 1 }
        @{ Command = 'Save-ContainerImage'; Act = { (Save-ContainerImage greeting -Destination (Get-NewPath 'a.tar') -PassThru -StorePath $other).Name }; Expected = 'a.tar' }
        @{ Command = 'Add-ImageTag'; Act = { (Add-ImageTag greeting -Tag a:1 -PassThru -StorePath $other).Names.Count }; Expected = 2 }
        @{ Command = 'Remove-ImageTag'; Act = { (Remove-ImageTag greeting:latest -PassThru -StorePath $other).Dangling }; Expected = $true }
        @{ Command = 'New-ImageLease'; Act = { (New-ImageLease -Reference greeting -Name web1 -StorePath $other).StorePath -eq $other }; Expected = $true }
        @{ Command = 'Get-ImageLease'; Act = { $null = New-ImageLease greeting -Name web1 -StorePath $other; (Get-ImageLease -StorePath $other).Name }; Expected = 'web1' }
        @{ Command = 'Remove-ImageLease'; Act = { $null = New-ImageLease greeting -Name web1 -StorePath $other; (Remove-ImageLease web1 -PassThru -StorePath $other).Name }; Expected = 'web1' }
        @{ Command = 'Remove-ContainerImage'; Act = { (Remove-ContainerImage greeting -PassThru -StorePath $other).Removed }; Expected = $true }
        @{ Command = 'Optimize-ImageStore'; Act = { (Optimize-ImageStore -Reference greet* -All -PassThru -StorePath $other).Id }; Expected = $sampleId }
        @{ Command = 'Repair-ImageStore'; Act = { Hide-LargestBlob $other; (Repair-ImageStore -From $sample -PassThru -StorePath $other).Repaired }; Expected = $true }
        @{ Command = 'Import-ContainerImage'; Act = { (Import-ContainerImage $sample -StorePath $other).StorePath -eq $other }; Expected = $true }
        @{ Command = 'Request-ContainerImage'; Act = { (Request-ContainerImage localhost/greeting -Policy Never -StorePath $other).Id }; Expected = $sampleId }
        @{ Command = 'Copy-ContainerImage'; Act = { Copy-ContainerImage store:greeting store:a:1 -StorePath $other; (Get-ContainerImage a:1 -StorePath $other).Id }; Expected = $sampleId }
        @{ Command = 'Publish-ContainerImage'; Act = { @(Get-WhatIfLine { Publish-ContainerImage greeting -Destination registry.example.com/a:1 -WhatIf -StorePath $other }).Count }; Expected = 1 }
    )

    # What asks a registry. Nobody listens on that port.
    $remote = @(
        @{ Command = 'Request-ContainerImage'; Given = @{ Reference = '127.0.0.1:9/a:1' } }
        @{ Command = 'Find-ContainerImage'; Given = @{ Reference = '127.0.0.1:9/a' } }
        @{ Command = 'Find-ContainerImage'; Given = @{ Registry = '127.0.0.1:9'; Repository = 'team/*'; First = 5 } }
        @{ Command = 'Publish-ContainerImage'; Given = @{ Reference = 'greeting'; Destination = '127.0.0.1:9/a:1' } }
        @{ Command = 'Copy-ContainerImage'; Given = @{ Source = '127.0.0.1:9/a:1'; Destination = 'store:b:1' } }
        @{ Command = 'Copy-ContainerImage'; Given = @{ Source = 'store:greeting'; Destination = '127.0.0.1:9/a:1'; Compression = 'zstd'; CompressionLevel = 3; Format = 'oci' } }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $secret = [securestring]::new()
    'not-a-secret'.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }
    $credential = [pscredential]::new('ann', $secret)
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
    $env:REGISTRY_AUTH_FILE = $null
}

Describe '-StorePath' {
    BeforeEach {
        $null = Enter-SampleStore
        $other = $env:CONTAINERIMAGES_STORE
        $default = Enter-NewStore
    }

    It 'of <command> is used instead of the default one' -ForEach $elsewhere {
        & $act | Should -Be $expected
        $default | Should -Not -Exist
    }

    It 'is tried above for every cmdlet that has it' {
        (Get-Command -Module ContainerImages -CommandType Cmdlet | Where-Object { $_.Parameters.ContainsKey('StorePath') }).Name |
            Sort-Object | Should -Be @('Get-ContainerImage', 'Get-ImageHistory', 'Test-ContainerImage', 'Test-ImageStore', 'Measure-ImageStore', 'Save-ContainerImage',
                'Add-ImageTag', 'Remove-ImageTag', 'New-ImageLease', 'Get-ImageLease', 'Remove-ImageLease', 'Remove-ContainerImage', 'Optimize-ImageStore',
                'Repair-ImageStore', 'Import-ContainerImage', 'Request-ContainerImage', 'Copy-ContainerImage', 'Publish-ContainerImage' | Sort-Object)
    }
}

Describe '-InputObject' {
    It 'of <command> takes an image that is typed' -ForEach @(
        @{ Command = 'Get-ContainerImage'; Act = { (Get-ContainerImage -InputObject $image).Id }; Expected = $sampleId }
        @{ Command = 'Get-ImageHistory'; Act = { @(Get-ImageHistory -InputObject $image).Count }; Expected = 8 }
        @{ Command = 'Test-ContainerImage'; Act = { Test-ContainerImage -InputObject $image }; Expected = $true }
        @{ Command = 'Save-ContainerImage'; Act = { (Save-ContainerImage -InputObject $image -Destination (Get-NewPath 'a.tar') -PassThru).Name }; Expected = 'a.tar' }
        @{ Command = 'New-ImageLease'; Act = { (New-ImageLease -InputObject $image -Name web1).Id }; Expected = $sampleId }
        @{ Command = 'Add-ImageTag'; Act = { (Add-ImageTag -InputObject $image -Tag a:1 -PassThru).Names.Count }; Expected = 2 }
        @{ Command = 'Remove-ImageTag'; Act = { (Remove-ImageTag -InputObject $image -All -PassThru).Dangling }; Expected = $true }
        @{ Command = 'Remove-ContainerImage'; Act = { (Remove-ContainerImage -InputObject $image -PassThru).Removed }; Expected = $true }
        @{ Command = 'Publish-ContainerImage'; Act = { @(Get-WhatIfLine { Publish-ContainerImage -InputObject $image -Destination registry.example.com/a:1 -WhatIf }).Count }; Expected = 1 }
        @{ Command = 'Repair-ImageStore'; Act = { Hide-LargestBlob $store; (Repair-ImageStore -InputObject (Test-ImageStore -Detailed) -From $sample -PassThru).Repaired }; Expected = $true }
    ) {
        Enter-SampleStore
        $store = $env:CONTAINERIMAGES_STORE
        $image = Get-ContainerImage greeting

        & $act | Should -Be $expected
    }
}

Describe 'What is said about registries' {
    BeforeEach {
        Enter-SampleStore
        $env:REGISTRY_AUTH_FILE = Get-NewPath 'auth.json'
    }

    It 'is taken by <command>, with <given.Keys>' -ForEach $remote {
        $way = @{ Credential = $credential; AllowInsecure = $true; TimeoutSec = 5; RetryCount = 0; ThrottleLimit = 2; ErrorAction = 'SilentlyContinue' }

        & $command @given @way -ErrorVariable errors | Should -BeNullOrEmpty

        $errors[0].FullyQualifiedErrorId | Should -BeLike 'RegistryUnreachable,*'
        $errors[0].Exception.Message | Should -Not -BeLike '*not-a-secret*'
    }

    It '<command> refuses <parameter> <value>, with <given.Keys>' -ForEach @(
        foreach ($one in $remote) {
            $one + @{ Parameter = 'TimeoutSec'; Value = 0 }
            $one + @{ Parameter = 'RetryCount'; Value = -1 }
            $one + @{ Parameter = 'ThrottleLimit'; Value = 65 }
        }
    ) {
        $way = @{ $parameter = $value }
        { & $command @given @way } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }
}
