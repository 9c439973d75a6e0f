BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.PublishContainerImageCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Publish-ContainerImage' {
    BeforeEach {
        $store = Enter-SampleStore
        $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'registry.example.com/team/app:1', 'registry.example.com/team/app:2'; Platform = 'linux/amd64', 'linux/arm64' })
        $shortId = $sampleId.Substring(0, 12)
    }

    It 'says by -WhatIf what it would do, for <what>' -ForEach @(
        @{ What = 'a name and a destination'; Act = { Publish-ContainerImage greeting -Destination registry.example.com/team/greeting:1 -WhatIf }; Line = 'registry.example.com/team/greeting:1' }
        @{ What = 'a destination with its transport'; Act = { Publish-ContainerImage greeting -Destination docker://registry.example.com/greeting -WhatIf }; Line = 'registry.example.com/greeting:latest' }
        @{ What = 'a destination without a registry'; Act = { 'greeting' | Publish-ContainerImage -Destination team/greeting -WhatIf }; Line = 'docker.io/team/greeting:latest' }
        @{ What = 'a prefix'; Act = { Publish-ContainerImage greeting -Destination registry.example.com/mirror/ -WhatIf }; Line = 'registry.example.com/mirror/greeting:latest' }
        @{ What = 'an object'; Act = { Get-ContainerImage greeting | Publish-ContainerImage -Destination registry.example.com/greeting:1 -WhatIf }; Line = 'registry.example.com/greeting:1' }
        @{ What = 'an ID'; Act = { Publish-ContainerImage -Id $sampleId -Destination registry.example.com/greeting:1 -WhatIf }; Line = 'registry.example.com/greeting:1' }
        @{ What = 'what came back from elsewhere'; Act = { ConvertTo-Deserialized (Get-ContainerImage greeting) | Publish-ContainerImage -Destination registry.example.com/greeting:1 -WhatIf }; Line = 'registry.example.com/greeting:1' }
    ) {
        Get-WhatIfLine $act | Should -Be "Performing the operation `"Push to $line`" on target `"localhost/greeting:latest ($shortId)`"."
    }

    It 'pushes where the name says, and never under all names: <what>' -ForEach @(
        @{ What = 'a name'; Act = { Publish-ContainerImage registry.example.com/team/app:2 -WhatIf }; Targets = 'registry.example.com/team/app:2' }
        @{ What = 'a pattern'; Act = { Publish-ContainerImage registry.example.com/team/* -WhatIf }; Targets = 'registry.example.com/team/app:1', 'registry.example.com/team/app:2' }
        @{ What = 'an object'; Act = { Get-ContainerImage team/app:2 | Publish-ContainerImage -WhatIf }; Targets = 'registry.example.com/team/app:2' }
        @{ What = 'an index, however many of its images come'; Act = { Get-ContainerImage team/app:1 -AllPlatforms | Publish-ContainerImage -WhatIf }; Targets = 'registry.example.com/team/app:1' }
    ) {
        (Get-WhatIfLine $act) -replace '.*Push to ([^"]+)".*', '$1' | Should -Be $targets
    }

    It 'writes an archive where the destination says so' {
        $file = Get-NewPath 'app.tar'
        $pushed = Publish-ContainerImage greeting -Destination "oci-archive:$($file):team/greeting:1"
        $pushed.Reference | Should -Be "oci-archive:$($file):localhost/team/greeting:1"
        (Import-ContainerImage $file -StorePath (Get-NewPath 'store')).Id | Should -BeExactly $sampleId
    }

    It 'refuses <what>' -ForEach @(
        @{ What = 'a transport of another tool'; Act = { Publish-ContainerImage greeting -Destination docker-daemon:greeting:1 }; Id = 'UnknownTransport' }
        @{ What = 'names of this machine'; Act = { Publish-ContainerImage greeting }; Id = 'DestinationMissing' }
        @{ What = 'destinations on this machine'; Act = { Publish-ContainerImage greeting -Destination localhost/greeting:1 }; Id = 'DestinationMissing' }
        @{ What = 'an image that is not there'; Act = { Publish-ContainerImage none -Destination registry.example.com/a:1 }; Id = 'ImageNotFound' }
        @{ What = 'capitals in a destination'; Act = { Publish-ContainerImage greeting -Destination Team/App }; Id = 'InvalidReference' }
        @{ What = 'several images for one destination'; Act = { Publish-ContainerImage greeting, team/app:1 -Destination registry.example.com/a:1 }; Id = 'ConflictingParameter' }
        @{ What = '-Platform beside -AllPlatforms'; Act = { Publish-ContainerImage team/app:1 -Platform linux/amd64 -AllPlatforms }; Id = 'ConflictingParameter' }
        @{ What = 'a level without a compression'; Act = { Publish-ContainerImage team/app:1 -CompressionLevel 3 }; Id = 'ConflictingParameter' }
        @{ What = 'zstd in manifests of Docker'; Act = { Publish-ContainerImage team/app:1 -Format docker -Compression zstd }; Id = 'UnsupportedConversion' }
        @{ What = 'a platform that is not there'; Act = { Publish-ContainerImage team/app:1 -Platform linux/s390x }; Id = 'PlatformNotFound' }
        @{ What = 'a registry that is not there'; Act = { Publish-ContainerImage greeting -Destination 127.0.0.1:9/greeting:1 }; Id = 'RegistryUnreachable' }
    ) {
        { & $act } | Should -Throw -ErrorId "$id,$command"
    }

    It 'goes on after an error' {
        $null = Publish-ContainerImage none, greeting -Destination 127.0.0.1:9/greeting:1 -ErrorAction SilentlyContinue -ErrorVariable errors
        $errors.TargetObject | Should -Be 'none', 'greeting'
    }

    It 'completes names, formats, compressions and platforms' {
        (Get-Completion 'Publish-ContainerImage localhost/gr').CompletionText | Should -Be 'localhost/greeting:latest'
        (Get-Completion 'Publish-ContainerImage a -Destination registry.example.com/te').CompletionText | Should -Contain 'registry.example.com/team/app:'
        (Get-Completion 'Publish-ContainerImage a -Format ').CompletionText | Should -Be 'docker', 'oci', 'preserve'
        (Get-Completion 'Publish-ContainerImage a -Compression ').CompletionText | Should -Be 'gzip', 'none', 'preserve', 'zstd'
        (Get-Completion 'Publish-ContainerImage team/app:1 -Platform linux/arm6').CompletionText | Should -Contain 'linux/arm64'
    }

    It 'can be mocked' {
        Mock Publish-ContainerImage { [ContainerImages.RemoteImage]@{ Reference = 'registry.example.com/a:1'; Digest = 'sha256:1' } }
        (Get-ContainerImage greeting | Publish-ContainerImage -Destination registry.example.com/a:1).Digest | Should -Be 'sha256:1'
        Should -Invoke Publish-ContainerImage -Times 1 -Exactly -ParameterFilter { $InputObject.Id -eq $sampleId -and $Destination -eq 'registry.example.com/a:1' }
    }
}
