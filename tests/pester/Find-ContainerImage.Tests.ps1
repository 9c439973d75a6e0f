BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.FindContainerImageCommand'
}

Describe 'Find-ContainerImage' {
    It 'refuses <what>' -ForEach @(
        @{ What = 'wildcards in a repository'; Act = { Find-ContainerImage registry.example.com/team/* }; Id = 'InvalidReference' }
        @{ What = 'a set without an end'; Act = { Find-ContainerImage 'registry.example.com/app:[1' }; Id = 'InvalidReference' }
        @{ What = 'a part of a registry'; Act = { Find-ContainerImage -Registry registry.example.com/team }; Id = 'InvalidReference' }
        @{ What = 'a registry that is not there'; Act = { Find-ContainerImage 127.0.0.1:9/app }; Id = 'RegistryUnreachable' }
        @{ What = 'what names no image'; Act = { [pscustomobject]@{ Size = 1 } | Find-ContainerImage }; Id = 'ImageNotIdentified' }
    ) {
        { & $act } | Should -Throw -ErrorId "$id,$command"
    }

    It 'has a set for names and a set for registries' {
        (Get-Command Find-ContainerImage).ParameterSets.Name | Sort-Object | Should -Be 'Reference', 'Registry'
        { Find-ContainerImage a -First 0 } | Should -Throw -ErrorId "ParameterArgumentValidationError,$command"
    }

    It 'emits what pipes on' {
        Mock Find-ContainerImage { [ContainerImages.RemoteImage]@{ Reference = 'registry.example.com/app:1'; Tag = '1'; Size = 5MB } }
        Mock Request-ContainerImage {}
        Find-ContainerImage registry.example.com/app | Request-ContainerImage
        Should -Invoke Request-ContainerImage -Times 1 -Exactly -ParameterFilter { $Reference -eq 'registry.example.com/app:1' }
    }

    It 'shows a table with what is known' {
        [ContainerImages.RemoteImage]@{
            Reference = 'registry.example.com/app:1'
            Digest = 'sha256:8f2a1c0d9e7b' + '0' * 52
            Size = 117234567
            Platforms = 'linux/amd64', 'linux/arm64'
        } | Out-String -Width 120 | Should -Match '(?s)Reference +Digest +Size Platforms.*registry\.example\.com/app:1 +8f2a1c0d9e7b 117\.2 MB linux/amd64 *\r?\n +linux/arm64'
    }

    It 'keeps what binds onward through serialization' {
        $again = ConvertTo-Deserialized ([ContainerImages.RemoteImage]@{ Reference = 'registry.example.com/app:1' })
        $again.Reference | Should -BeExactly 'registry.example.com/app:1'
        "$again" | Should -BeExactly 'registry.example.com/app:1'
    }
}
