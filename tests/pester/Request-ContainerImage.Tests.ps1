BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.RequestContainerImageCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Request-ContainerImage' {
    BeforeEach {
        $store = Enter-SampleStore
        $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'registry.example.com/team/app:1'; Platform = 'linux/amd64', 'linux/arm64' })
    }

    It 'says by -WhatIf what it would do, for <what>' -ForEach @(
        @{ What = 'a full name'; Act = { Request-ContainerImage registry.example.com/app:1 -WhatIf }; Line = '"Pull image" on target "registry.example.com/app:1"' }
        @{ What = 'a name without a tag'; Act = { 'registry.example.com/app' | Request-ContainerImage -WhatIf }; Line = '"Pull image" on target "registry.example.com/app:latest"' }
        @{ What = 'all tags'; Act = { Request-ContainerImage registry.example.com/app -AllTags -WhatIf }; Line = '"Pull all tags" on target "registry.example.com/app"' }
    ) {
        Get-WhatIfLine $act | Should -Be "Performing the operation $line."
    }

    It 'asks no registry with -Policy Never' {
        (Request-ContainerImage greeting -Policy Never).Id | Should -BeExactly $sampleId
        { Request-ContainerImage registry.example.com/none:1 -Policy Never } | Should -Throw -ErrorId "ImageNotFound,$command"
    }

    It 'asks no registry with -Policy IfMissing for what is here, and takes <what>' -ForEach @(
        @{ What = 'the platform asked for'; Act = { Request-ContainerImage registry.example.com/team/app:1 -Policy IfMissing -Platform linux/arm64 }; Platform = 'linux/arm64' }
        @{ What = 'all platforms'; Act = { Request-ContainerImage registry.example.com/team/app:1 -Policy IfMissing -AllPlatforms }; Platform = 'linux/amd64', 'linux/arm64' }
        @{ What = 'an image that was piped in'; Act = { Get-ContainerImage team/app:1 -Platform linux/amd64 | Request-ContainerImage -Policy IfMissing -Platform linux/amd64 }; Platform = 'linux/amd64' }
        @{ What = 'a remote image that was piped in'; Act = { [ContainerImages.RemoteImage]@{ Reference = 'registry.example.com/team/app:1' } | Request-ContainerImage -Policy IfMissing -Platform linux/amd64 }; Platform = 'linux/amd64' }
        @{ What = 'a row of a table'; Act = { "Reference`nregistry.example.com/team/app:1" | ConvertFrom-Csv | Request-ContainerImage -Policy IfMissing -Platform linux/amd64 }; Platform = 'linux/amd64' }
    ) {
        $images = @(& $act)
        $images.Platform | Should -Be $platform
        $images[0].Reference | Should -BeExactly 'registry.example.com/team/app:1'
        $images[0].StorePath | Should -BeExactly $store
    }

    It 'refuses <what>' -ForEach @(
        @{ What = 'capitals in a name'; Act = { Request-ContainerImage Team/App }; Id = 'InvalidReference' }
        @{ What = 'wildcards'; Act = { Request-ContainerImage registry.example.com/app:* }; Id = 'InvalidReference' }
        @{ What = 'names of this machine'; Act = { Request-ContainerImage localhost/app:1 }; Id = 'RemoteImageNotFound' }
        @{ What = 'a registry that is not there'; Act = { Request-ContainerImage 127.0.0.1:9/app:1 }; Id = 'RegistryUnreachable' }
        @{ What = '-Platform beside -AllPlatforms'; Act = { Request-ContainerImage a -Platform linux/amd64 -AllPlatforms }; Id = 'ConflictingParameter' }
        @{ What = 'a tag beside -AllTags'; Act = { Request-ContainerImage registry.example.com/app:1 -AllTags }; Id = 'ConflictingParameter' }
        @{ What = 'what is no platform'; Act = { Request-ContainerImage a -Platform linux }; Id = 'InvalidPlatform' }
    ) {
        { & $act } | Should -Throw -ErrorId "$id,$command"
    }

    It 'goes on after an error' {
        $images = Request-ContainerImage 127.0.0.1:9/app:1, greeting -Policy IfMissing -ErrorAction SilentlyContinue -ErrorVariable errors
        $images.Id | Should -BeExactly $sampleId
        $errors[0].TargetObject | Should -BeExactly '127.0.0.1:9/app:1'
    }

    It 'completes names and platforms of the store, and policies' {
        (Get-Completion 'Request-ContainerImage registry.example.com/te').CompletionText | Should -Be 'registry.example.com/team/app:1'
        (Get-Completion 'Request-ContainerImage ').CompletionText | Should -Not -Contain 'localhost/greeting:latest'
        (Get-Completion 'Request-ContainerImage other:1 -RequireLabel org.opencontainers.image.t').CompletionText |
            Should -Be 'org.opencontainers.image.title'
        (Get-Completion 'Request-ContainerImage -Platform linux/arm6').CompletionText | Should -Contain 'linux/arm64'
        (Get-Completion 'Request-ContainerImage -Policy ').CompletionText | Should -Be 'Always', 'IfMissing', 'Never', 'Newer'
    }

    It 'can be mocked' {
        Mock Request-ContainerImage { Get-ContainerImage greeting }
        ('anything' | Request-ContainerImage).Id | Should -BeExactly $sampleId
        Should -Invoke Request-ContainerImage -Times 1 -Exactly -ParameterFilter { $Reference -eq 'anything' }
    }
}
