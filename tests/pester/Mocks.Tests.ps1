# Every cmdlet can be replaced in the tests of somebody's script: its parameters keep their types and sets, and filters see
# what was bound.

BeforeDiscovery {
    . "$PSScriptRoot/Common.ps1"
    $id = 'a' * 64

    # What a script would call, and a filter that is true for it.
    $calls = @{
        'Add-ImageTag' = @{ Call = { $image | Add-ImageTag -Tag team/app:1 }; Filter = { $InputObject.Reference -eq 'localhost/app:1' -and $Tag -eq 'team/app:1' } }
        'Connect-ContainerRegistry' = @{ Call = { Connect-ContainerRegistry registry.example.com $credential }; Filter = { $Registry -eq 'registry.example.com' -and $Credential.UserName -eq 'ann' } }
        'Copy-ContainerImage' = @{ Call = { Copy-ContainerImage registry.example.com/a:1 oci:./layout:a }; Filter = { $Source -eq 'registry.example.com/a:1' -and $Destination -eq 'oci:./layout:a' } }
        'Disconnect-ContainerRegistry' = @{ Call = { Disconnect-ContainerRegistry 'registry*' }; Filter = { $Registry -eq 'registry*' } }
        'Find-ContainerImage' = @{ Call = { 'registry.example.com/app:1.*' | Find-ContainerImage -Detailed }; Filter = { $Reference -eq 'registry.example.com/app:1.*' -and $Detailed } }
        'Get-ContainerImage' = @{ Call = { Get-ContainerImage app:* -Label a=b }; Filter = { $Reference -eq 'app:*' -and $Label -eq 'a=b' } }
        'Get-ImageHistory' = @{ Call = { $image | Get-ImageHistory }; Filter = { $InputObject.Id -eq ('a' * 64) } }
        'Get-ImageLease' = @{ Call = { Get-ImageLease web* }; Filter = { $Name -eq 'web*' } }
        'Import-ContainerImage' = @{ Call = { Import-ContainerImage ./a.tar -Platform linux/amd64 }; Filter = { $Path -eq './a.tar' -and $Platform -eq 'linux/amd64' } }
        'Measure-ImageStore' = @{ Call = { Measure-ImageStore -StorePath ./store }; Filter = { $StorePath -eq './store' } }
        'New-ImageLease' = @{ Call = { $image | New-ImageLease -Name web1 }; Filter = { $InputObject.Id -eq ('a' * 64) -and $Name -eq 'web1' } }
        'Optimize-ImageStore' = @{ Call = { Optimize-ImageStore team/* -Keep 5 }; Filter = { $Reference -eq 'team/*' -and $Keep -eq 5 } }
        'Publish-ContainerImage' = @{ Call = { $image | Publish-ContainerImage -Destination registry.example.com/a:1 }; Filter = { $InputObject.Id -eq ('a' * 64) -and $Destination -eq 'registry.example.com/a:1' } }
        'Remove-ContainerImage' = @{ Call = { $image | Remove-ContainerImage -Force }; Filter = { $InputObject.Id -eq ('a' * 64) -and $Force } }
        'Remove-ImageLease' = @{ Call = { [ContainerImages.ImageLease]@{ Name = 'web1'; Id = 'a' * 64 } | Remove-ImageLease }; Filter = { $Name -eq 'web1' -and $Id -eq ('a' * 64) } }
        'Remove-ImageTag' = @{ Call = { $image | Remove-ImageTag -All }; Filter = { $InputObject.Id -eq ('a' * 64) -and $All } }
        'Repair-ImageStore' = @{ Call = { $finding | Repair-ImageStore -Force }; Filter = { $InputObject.Message -eq 'Gone.' -and $Force } }
        'Request-ContainerImage' = @{ Call = { Request-ContainerImage registry.example.com/a:1 -Policy IfMissing }; Filter = { $Reference -eq 'registry.example.com/a:1' -and $Policy -eq 'IfMissing' } }
        'Save-ContainerImage' = @{ Call = { $image | Save-ContainerImage -Destination ./a.tar -Format oci-archive }; Filter = { $InputObject.Id -eq ('a' * 64) -and $Destination -eq './a.tar' -and $Format -eq 'oci-archive' } }
        'Test-ContainerImage' = @{ Call = { $image | Test-ContainerImage -SizeOnly }; Filter = { $InputObject.Id -eq ('a' * 64) -and $SizeOnly } }
        'Test-ImageStore' = @{ Call = { Test-ImageStore -Detailed }; Filter = { $Detailed } }
    }
    $commands = @(Get-Command -Module ContainerImages -CommandType Cmdlet | ForEach-Object { @{ Command = $_.Name } + $calls[$_.Name] })

    # Those that take images, and what else each of them must be given.
    $takers = @(
        @{ Command = 'Get-ContainerImage'; Given = @{} }
        @{ Command = 'Get-ImageHistory'; Given = @{} }
        @{ Command = 'Test-ContainerImage'; Given = @{} }
        @{ Command = 'Save-ContainerImage'; Given = @{ Destination = './a.tar' } }
        @{ Command = 'Publish-ContainerImage'; Given = @{ Destination = 'registry.example.com/a:1' } }
        @{ Command = 'New-ImageLease'; Given = @{ Name = 'web1' } }
        @{ Command = 'Remove-ContainerImage'; Given = @{} }
    )
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $image = [ContainerImages.ContainerImage]@{ Id = 'a' * 64; Reference = 'localhost/app:1'; Names = 'localhost/app:1' }
    $finding = [ContainerImages.VerificationFinding]@{ Kind = 'BlobMissing'; Severity = 'Error'; Message = 'Gone.' }
    $secret = [securestring]::new()
    $credential = [pscredential]::new('ann', $secret)
}

Describe 'Mocks' {
    It '<command> is called as it is, and a filter sees what was bound' -ForEach $commands {
        Mock $command { 'mocked' }

        & $call | Should -Be 'mocked'

        Should -Invoke $command -Times 1 -Exactly -ParameterFilter $filter
    }

    It '<command> keeps its types: what is no image is no image for a mock' -ForEach $takers {
        Mock $command {}

        { & $command -InputObject 5 @given } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*' -Because 'a number is no image'
        { & $command -NoSuchParameter @given } | Should -Throw

        Should -Invoke $command -Times 0 -Exactly
    }

    It '<command> takes by Id what was made of JSON' -ForEach $takers {
        Mock $command {}

        '{ "Id": "aaaaaaaaaaaa", "Reference": null, "StorePath": "/srv/images" }' | ConvertFrom-Json | & $command @given

        Should -Invoke $command -Times 1 -Exactly -ParameterFilter { $Id -eq 'aaaaaaaaaaaa' -and $StorePath -eq '/srv/images' }
    }

    It '<command> takes by Id what came back from a file' -ForEach $takers {
        Mock $command {}

        ConvertTo-Deserialized $image | & $command @given

        Should -Invoke $command -Times 1 -Exactly -ParameterFilter { $Id -eq ('a' * 64) }
    }

    It '<command> takes images that were made for the test' -ForEach $takers {
        Mock $command {}

        $image, ([ContainerImages.ContainerImage]@{ Id = 'b' * 64 }) | & $command @given

        Should -Invoke $command -Times 2 -Exactly
        Should -Invoke $command -Times 1 -Exactly -ParameterFilter { $InputObject.Id -eq ('b' * 64) }
    }
}

Describe 'Objects for tests' {
    It '<type> is made of a hash table' -ForEach @(
        @{ Type = 'ContainerImage'; Value = @{ Id = 'a' * 64; Reference = 'localhost/a:1'; Size = 5MB; Labels = @{ k = 'v' } }; Property = 'Reference'; Expected = 'localhost/a:1' }
        @{ Type = 'ImageHistoryEntry'; Value = @{ CreatedBy = 'CMD sh'; Size = 5 }; Property = 'CreatedBy'; Expected = 'CMD sh' }
        @{ Type = 'ImageRemoval'; Value = @{ Id = 'a' * 64; Removed = $true; FreedBytes = 5 }; Property = 'FreedBytes'; Expected = 5 }
        @{ Type = 'ImageLease'; Value = @{ Name = 'web1'; Until = '2026-01-01Z' }; Property = 'Name'; Expected = 'web1' }
        @{ Type = 'VerificationFinding'; Value = @{ Kind = 'BlobMissing'; Message = 'Gone.' }; Property = 'Message'; Expected = 'Gone.' }
        @{ Type = 'StoreMeasurement'; Value = @{ ImageCount = 3 }; Property = 'ImageCount'; Expected = 3 }
        @{ Type = 'RegistryLogin'; Value = @{ Registry = 'registry.example.com'; UserName = 'ann' }; Property = 'UserName'; Expected = 'ann' }
        @{ Type = 'RemoteImage'; Value = @{ Reference = 'registry.example.com/a:1'; Platforms = 'linux/amd64' }; Property = 'Platforms'; Expected = 'linux/amd64' }
    ) {
        ([System.Management.Automation.LanguagePrimitives]::ConvertTo($value, [type] "ContainerImages.$type")).$property | Should -Be $expected
        { [System.Management.Automation.LanguagePrimitives]::ConvertTo($value + @{ Nmae = 1 }, [type] "ContainerImages.$type") } | Should -Throw "*'Nmae'*"
    }

    It 'has no store behind it, and says so where one is needed' {
        { $image.get_Parent() } | Should -Throw '*store*'
        ([ContainerImages.ContainerImage]@{ Id = 'a' * 64; Labels = @{ team = 'ops' } }).Labels.team | Should -Be 'ops'
    }

    It 'becomes an image again from JSON' {
        $copy = [ContainerImages.ContainerImage]($image | Select-Object Id, Reference, Names | ConvertTo-Json | ConvertFrom-Json)
        $copy | Should -BeOfType ContainerImages.ContainerImage
        $copy.Reference | Should -Be 'localhost/app:1'
        $copy -eq $image | Should -BeTrue
    }
}
