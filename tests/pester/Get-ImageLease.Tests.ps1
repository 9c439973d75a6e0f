BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.GetImageLeaseCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Get-ImageLease' {
    BeforeEach {
        $store = Enter-SampleStore
        $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'localhost/other:1' })
        $null = New-ImageLease greeting, other:1 -Name web1
        $null = New-ImageLease other:1 -Name web2 -Until (Get-Date).AddHours(2)
    }

    It 'lists all leases, one for each image' {
        @(Get-ImageLease).Name | Should -Be 'web1', 'web1', 'web2'
    }

    It 'finds them by <what>' -ForEach @(
        @{ What = 'name'; Act = { Get-ImageLease web2 } }
        @{ What = 'name, whatever its case'; Act = { Get-ImageLease WEB2 } }
        @{ What = 'pattern'; Act = { Get-ImageLease *2 } }
        @{ What = 'text from the pipeline'; Act = { 'web2' | Get-ImageLease } }
        @{ What = 'property'; Act = { [pscustomobject]@{ Name = 'web2' } | Get-ImageLease } }
        @{ What = 'image'; Act = { Get-ImageLease -Reference other:1 | Where-Object Until } }
    ) {
        $lease = . $act
        @($lease).Count | Should -Be 1
        $lease.Name | Should -BeExactly 'web2'
        $lease.Reference | Should -BeExactly 'localhost/other:1'
    }

    It 'leads to the image' {
        (Get-ImageLease web2 | Get-ContainerImage).Names | Should -Be 'localhost/other:1'
        (ConvertTo-Deserialized (Get-ImageLease web2) | Get-ContainerImage).Names | Should -Be 'localhost/other:1'
    }

    It 'is nothing where a pattern fits none, and an error where a name does' {
        Get-ImageLease nothing* | Should -BeNullOrEmpty
        { Get-ImageLease nothing } | Should -Throw -ErrorId "LeaseNotFound,$command"
    }

    It 'shows what is held, and until when' {
        Get-ImageLease web2 | Out-String -Width 120 | Should -Match '(?s)Name +Id +Reference +Until.*web2 +[0-9a-f]{12} localhost/other:1 +in (1|2|about an) hours?'
    }

    It 'completes names' {
        (Get-Completion 'Get-ImageLease w').CompletionText | Should -Be 'web1', 'web2'
    }

    It 'can be mocked' {
        Mock Get-ImageLease { [ContainerImages.ImageLease]@{ Name = 'job'; Id = $sampleId } }
        (Get-ImageLease | Get-ContainerImage).Id | Should -BeExactly $sampleId
    }
}
