BeforeDiscovery {
    . "$PSScriptRoot/Common.ps1"

    # Those that talk to a registry are run by the other tests, which have one.
    $examples = foreach ($command in Get-Command -Module ContainerImages -CommandType Cmdlet) {
        $number = 0
        foreach ($example in (Get-Help $command.Name -Full).examples.example) {
            $number++
            if ($example.code -notmatch '(Request|Publish|Copy|Find)-ContainerImage|ContainerRegistry|-From registry') {
                @{ Command = $command.Name; Number = $number; Code = $example.code }
            }
        }
    }
    $commands = (Get-Command -Module ContainerImages -CommandType Cmdlet).Name
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"

    # The store, and the files in the current folder, that the examples name.
    function Enter-ExampleFolder {
        $null = Enter-NewStore
        Set-Location (Split-Path (Get-NewPath 'any'))
        $folder = Write-ImageFolder @(
            @{ Name = 'docker.io/library/debian:12', 'docker.io/library/debian:bookworm'; Seed = 1; Label = @{ maintainer = 'ops' } }
            @{ Name = 'docker.io/library/busybox:1.36'; Seed = 2 }
            @{ Name = 'docker.io/library/nginx:1'; Seed = 3 }
            @{ Name = 'docker.io/library/alpine:3.20'; Seed = 4; Platform = 'linux/amd64', 'linux/arm64' }
            @{ Name = 'localhost/team/app:1', 'localhost/team/app:rc-1'; Seed = 5; Layers = 2 }
            @{ Name = 'localhost/team/app:2'; Seed = 5; Layers = 3 }
            @{ Seed = 6 }
        )
        $null = Import-ContainerImage $folder
        $null = New-ImageLease nginx:1 -Name web1
        Save-ContainerImage debian:12 -Destination ./debian.tar
        Save-ContainerImage busybox:1.36 -Destination ./base.tar.zst
        Save-ContainerImage team/app:1, team/app:2 -Destination ./many.tar
        Save-ContainerImage * -Destination ./backup.tar
        [IO.File]::WriteAllBytes((Join-Path $PWD 'rootfs.tar'), (New-Object byte[] 1024))
        [IO.File]::WriteAllBytes((Join-Path $PWD 'program.tar'), (New-Object byte[] 2048))
    }
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
    Set-Location $PSScriptRoot
}

Describe 'Get-Help' {
    It 'shows a page for <_>' -ForEach $commands {
        $help = Get-Help $_ -Full

        $help.Synopsis | Should -Match '^[A-Z].+\.$'
        $help.description.Text | Should -Not -BeNullOrEmpty
        $help.examples.example.Count | Should -BeGreaterOrEqual 3
        $help.relatedLinks.navigationLink[0].uri | Should -BeLike "*/en-US/$_.md"
    }

    It 'shows the topic <_>' -ForEach 'about_ContainerImages', 'about_ContainerImages_Store', 'about_ContainerImages_References', 'about_ContainerImages_Errors' {
        Get-Help $_ | Should -BeLike "*$_*DESCRIPTION*SEE ALSO*"
    }
}

Describe 'The examples' {
    BeforeEach { Enter-ExampleFolder }

    It 'run: <command>, example <number>' -ForEach $examples {
        & ([scriptblock]::Create($code)) | Out-Null
    }
}
