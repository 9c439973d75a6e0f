BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.NewImageLeaseCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'New-ImageLease' {
    BeforeEach {
        $store = Enter-SampleStore
    }

    It 'leases an image by <what>' -ForEach @(
        @{ What = 'name'; Act = { New-ImageLease greeting -Name web1 } }
        @{ What = 'ID'; Act = { New-ImageLease -Id $sampleId -Name web1 } }
        @{ What = 'object'; Act = { New-ImageLease (Get-ContainerImage greeting) -Name web1 } }
        @{ What = 'object from the pipeline'; Act = { Get-ContainerImage | New-ImageLease -Name web1 } }
        @{ What = 'a deserialized object'; Act = { ConvertTo-Deserialized (Get-ContainerImage) | New-ImageLease -Name web1 } }
    ) {
        $lease = . $act
        $lease | Should -BeOfType ContainerImages.ImageLease
        $lease.Name | Should -BeExactly 'web1'
        $lease.Id | Should -BeExactly $sampleId
        $lease.Reference | Should -BeExactly 'localhost/greeting:latest'
        $lease.StorePath | Should -Be $store
        "$lease" | Should -BeExactly 'web1'
    }

    It 'has an end and a remark' {
        $until = [DateTimeOffset]::UtcNow.AddDays(1)
        $lease = New-ImageLease greeting -Name web1 -Until $until -Comment 'behind the proxy'
        $lease.Until | Should -Be $until
        $lease.Comment | Should -BeExactly 'behind the proxy'
        $lease.Expired | Should -BeFalse
    }

    It 'renews the lease that the image has by that name' {
        $null = New-ImageLease greeting -Name web1 -Until (Get-Date).AddDays(1)
        (New-ImageLease greeting -Name web1).Until | Should -BeNullOrEmpty
        @(Get-ImageLease).Count | Should -Be 1
    }

    It 'warns where the lease holds nothing' {
        $null = New-ImageLease greeting -Name web1 -Until (Get-Date).AddDays(-1) -WarningVariable warning -WarningAction SilentlyContinue
        "$warning" | Should -BeLike '*holds nothing*'
    }

    It 'keeps the image from being removed' {
        $null = New-ImageLease greeting -Name web1
        { Remove-ContainerImage greeting } | Should -Throw '*web1*' -ErrorId 'ImageInUse,ContainerImages.Commands.RemoveContainerImageCommand'
        Remove-ContainerImage greeting -Force
        Get-ContainerImage | Should -BeNullOrEmpty
    }

    It 'does nothing with -WhatIf' {
        Get-WhatIfLine { New-ImageLease greeting -Name web1 -WhatIf } |
            Should -BeExactly 'Performing the operation "Lease image as web1" on target "localhost/greeting:latest (0679216bcb6c)".'
        Get-ImageLease | Should -BeNullOrEmpty
    }

    It 'refuses a name outside the grammar' {
        { New-ImageLease greeting -Name 'a b' } | Should -Throw -ErrorId "InvalidLeaseName,$command"
    }

    It 'reports an image that is not there' {
        { New-ImageLease missing -Name web1 } | Should -Throw -ErrorId "ImageNotFound,$command"
    }

    It 'refuses a transport, typed or piped: <text>' -ForEach @(
        @{ Text = 'docker://quay.io/team/app:1' }
        @{ Text = 'docker-archive:./app.tar' }
        @{ Text = 'containers-storage:debian' }
    ) {
        { New-ImageLease $text -Name web1 } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
        { $text | New-ImageLease -Name web1 } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
    }

    It 'does not take a variable that is not set for an end' {
        $unset = $null
        { New-ImageLease greeting -Name web1 -Until $unset } | Should -Throw
        Get-ImageLease | Should -BeNullOrEmpty
    }
}
