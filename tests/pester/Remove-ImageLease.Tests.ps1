BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.RemoveImageLeaseCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Remove-ImageLease' {
    BeforeEach {
        $store = Enter-SampleStore
        $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'localhost/other:1' })
        $null = New-ImageLease greeting, other:1 -Name web1
        $null = New-ImageLease other:1 -Name web2
    }

    It 'removes <what>' -ForEach @(
        @{ What = 'all leases of a name'; Act = { Remove-ImageLease web1 }; Left = @('web2') }
        @{ What = 'those that a pattern matches'; Act = { Remove-ImageLease web* }; Left = @() }
        @{ What = 'those of one image'; Act = { Remove-ImageLease web1 -Id $sampleId }; Left = @('web1', 'web2') }
        @{ What = 'those piped in'; Act = { Get-ImageLease web* | Remove-ImageLease }; Left = @() }
        @{ What = 'those piped in, for their images alone'; Act = { Get-ImageLease -Reference greeting | Remove-ImageLease }; Left = @('web1', 'web2') }
        @{ What = 'those by text from the pipeline'; Act = { 'web2' | Remove-ImageLease }; Left = @('web1', 'web1') }
        @{ What = 'those of deserialized objects'; Act = { ConvertTo-Deserialized @(Get-ImageLease web2) | Remove-ImageLease }; Left = @('web1', 'web1') }
    ) {
        . $act | Should -BeNullOrEmpty
        @(Get-ImageLease | ForEach-Object Name) | Should -Be $left
    }

    It 'emits them with -PassThru' {
        $leases = Remove-ImageLease web1 -PassThru
        @($leases).Count | Should -Be 2
        $leases[0] | Should -BeOfType ContainerImages.ImageLease
    }

    It 'lets the image be removed' {
        Remove-ImageLease web1
        Remove-ContainerImage greeting
        (Get-ContainerImage).Names | Should -Be 'localhost/other:1'
    }

    It 'does nothing with -WhatIf' {
        Get-WhatIfLine { Remove-ImageLease web2 -WhatIf } | Should -BeExactly 'Performing the operation "Remove lease" on target "web2".'
        @(Get-ImageLease).Count | Should -Be 3
    }

    It 'reports a name that is none, and goes on' {
        Remove-ImageLease nothing, web2 -ErrorAction SilentlyContinue -ErrorVariable problem
        $problem[0].FullyQualifiedErrorId | Should -BeExactly "LeaseNotFound,$command"
        $problem[0].TargetObject | Should -Be 'nothing'
        @(Get-ImageLease).Count | Should -Be 2
    }

    It 'does not take other things that have a name for leases' {
        { Get-Process -Id $PID | Remove-ImageLease } | Should -Throw -ErrorId "InvalidImageId,$command"
    }
}
