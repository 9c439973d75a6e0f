BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.CopyContainerImageCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Copy-ContainerImage' {
    BeforeEach {
        $store = Enter-SampleStore
        $to = Get-NewPath 'to'
    }

    It 'copies the sample to <transport> and back with its ID' -ForEach @(
        @{ Transport = 'docker-archive' }
        @{ Transport = 'oci-archive' }
        @{ Transport = 'oci' }
        @{ Transport = 'dir' }
    ) {
        Copy-ContainerImage store:greeting "${transport}:$to" | Should -BeNullOrEmpty
        Copy-ContainerImage "${transport}:$to" store:again:1
        (Get-ContainerImage again:1).Id | Should -BeExactly $sampleId
    }

    It 'emits with -PassThru where an image is now' {
        $copy = Copy-ContainerImage "docker-archive:$sample" "oci:$to" -PassThru
        $copy.Source | Should -BeExactly "docker-archive:${sample}:localhost/greeting:latest"
        "$copy" | Should -BeExactly "oci:${to}:localhost/greeting:latest"
        $copy.Digest | Should -Match '^sha256:[0-9a-f]{64}$'
        $copy.CopiedBytes | Should -BeGreaterThan 0
    }

    It 'takes an image that is piped in out of its own store' {
        $image = Get-ContainerImage greeting
        $null = Enter-NewStore
        $image | Copy-ContainerImage -Destination "oci-archive:$to"
        (Import-ContainerImage $to).Id | Should -BeExactly $sampleId
    }

    It 'writes several images into one archive by their names' {
        Add-ImageTag greeting -Tag other:1
        Copy-ContainerImage store:greeting, store:other:1 "docker-archive:$to"
        $null = Enter-NewStore
        (Import-ContainerImage $to).Names | Should -Be 'localhost/greeting:latest', 'localhost/other:1'
    }

    It 'says by -WhatIf what it would do, for <what>' -ForEach @(
        @{ What = 'a name'; Act = { Copy-ContainerImage quay.io/app:1 registry.example.com/app:1 -WhatIf }; Line = '"Copy to docker://registry.example.com/app:1" on target "docker://quay.io/app:1"' }
        @{ What = 'a prefix'; Act = { 'quay.io/team/app:1' | Copy-ContainerImage -Destination registry.example.com/mirror/ -WhatIf }; Line = '"Copy to docker://registry.example.com/mirror/team/app:1" on target "docker://quay.io/team/app:1"' }
        @{ What = 'a store'; Act = { Copy-ContainerImage store:greeting store:other -WhatIf }; Line = '"Copy to store:localhost/other:latest" on target "store:greeting"' }
    ) {
        Get-WhatIfLine $act | Should -Be "Performing the operation $line."
    }

    It 'refuses <what>' -ForEach @(
        @{ What = 'a transport that is not known'; Act = { Copy-ContainerImage containers-storage:a oci:x }; Id = 'UnknownTransport' }
        @{ What = 'a path without a transport'; Act = { Copy-ContainerImage ./a.tar oci:x }; Id = 'UnknownTransport' }
        @{ What = 'a destination without a registry'; Act = { Copy-ContainerImage store:greeting localhost/app:1 }; Id = 'DestinationMissing' }
        @{ What = 'one name for two images'; Act = { Copy-ContainerImage store:greeting, quay.io/app:1 registry.example.com/app:1 }; Id = 'ConflictingParameter' }
        @{ What = '-Platform beside -AllPlatforms'; Act = { Copy-ContainerImage store:greeting store:b -Platform linux/amd64 -AllPlatforms }; Id = 'ConflictingParameter' }
        @{ What = 'what is not there'; Act = { Copy-ContainerImage docker-archive:none.tar store:b }; Id = 'ArchiveNotFound' }
        @{ What = 'a registry that is not there'; Act = { Copy-ContainerImage 127.0.0.1:9/app:1 store:b }; Id = 'RegistryUnreachable' }
        @{ What = 'to overwrite'; Act = { Copy-ContainerImage store:greeting "docker-archive:$sample" }; Id = 'DestinationExists' }
    ) {
        { & $act } | Should -Throw -ErrorId "$id,$command"
    }

    It 'completes transports, names of the store, and paths' {
        (Get-Completion 'Copy-ContainerImage ').CompletionText | Should -Contain 'docker-archive:'
        (Get-Completion 'Copy-ContainerImage store:gr').CompletionText | Should -Be 'store:greeting:latest'
        (Get-Completion "Copy-ContainerImage docker-archive:$([IO.Path]::Combine($root, 'tests', 'ContainerImages.Tour', 'samp'))").CompletionText |
            Should -Be "docker-archive:$sample"
    }

    It 'can be mocked' {
        Mock Copy-ContainerImage { [ContainerImages.ImageCopy]@{ Source = 'a'; Destination = 'b'; CopiedBytes = 5MB } }
        ('quay.io/app:1' | Copy-ContainerImage -Destination registry.example.com/ -PassThru).CopiedBytes | Should -Be 5MB
        Should -Invoke Copy-ContainerImage -Times 1 -Exactly -ParameterFilter { $Source -eq 'quay.io/app:1' }
    }
}
