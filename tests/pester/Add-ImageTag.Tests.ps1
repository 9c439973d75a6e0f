BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.AddImageTagCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Add-ImageTag' {
    BeforeEach {
        $store = Enter-SampleStore
    }

    Context 'binding' {
        It 'takes <what>' -ForEach @(
            @{ What = 'image, then tags'; Act = { Add-ImageTag greeting k/t:v1, k/t:v2 } }
            @{ What = 'parameters by name'; Act = { Add-ImageTag -Tag k/t:v1, k/t:v2 -Reference greeting } }
            @{ What = 'an ID as text'; Act = { Add-ImageTag $sampleId k/t:v1, k/t:v2 } }
            @{ What = 'an ID by name'; Act = { Add-ImageTag k/t:v1, k/t:v2 -Id $sampleId.Substring(0, 4) } }
            @{ What = 'an image from the pipeline, and tags by position'; Act = { Get-ContainerImage greeting | Add-ImageTag k/t:v1, k/t:v2 } }
            @{ What = 'an image from the pipeline, and tags by name'; Act = { Get-ContainerImage greeting | Add-ImageTag -Tag k/t:v1, k/t:v2 } }
            @{ What = 'what Import-ContainerImage emits'; Act = { Import-ContainerImage $sample | Add-ImageTag k/t:v1, k/t:v2 } }
            @{ What = 'text from the pipeline'; Act = { 'greeting' | Add-ImageTag -Tag k/t:v1, k/t:v2 } }
            @{ What = 'a deserialized image'; Act = { ConvertTo-Deserialized (Get-ContainerImage) | Add-ImageTag -Tag k/t:v1, k/t:v2 } }
            @{ What = 'an object with an Id'; Act = { [pscustomobject]@{ Id = $sampleId } | Add-ImageTag -Tag k/t:v1, k/t:v2 } }
            @{ What = 'an object with a Reference'; Act = { [pscustomobject]@{ Reference = 'greeting' } | Add-ImageTag k/t:v1, k/t:v2 } }
        ) {
            . $act | Should -BeNullOrEmpty
            (Get-ContainerImage).Names | Sort-Object | Should -Be 'localhost/greeting:latest', 'localhost/k/t:v1', 'localhost/k/t:v2'
        }

        It 'takes one tag by position for an image from the pipeline' {
            Get-ContainerImage greeting | Add-ImageTag one
            (Get-ContainerImage).Names | Should -Contain 'localhost/one:latest'
        }

        It 'tags an image in its own store' {
            $image = Get-ContainerImage greeting
            $null = Enter-NewStore
            $image | Add-ImageTag -Tag one
            (Get-ContainerImage one -StorePath $store).Id | Should -BeExactly $sampleId
            Get-ContainerImage | Should -BeNullOrEmpty
        }
    }

    Context 'names' {
        It 'makes <full> of <text>' -ForEach @(
            @{ Text = 'a'; Full = 'localhost/a:latest' }
            @{ Text = 'team/a:1'; Full = 'localhost/team/a:1' }
            @{ Text = 'docker.io/a'; Full = 'docker.io/library/a:latest' }
            @{ Text = 'docker.io/library/a:1'; Full = 'docker.io/library/a:1' }
            @{ Text = 'registry.example.com:5000/x/a:1'; Full = 'registry.example.com:5000/x/a:1' }
        ) {
            Add-ImageTag greeting $text
            (Get-ContainerImage).Names | Should -Contain $full
        }

        It 'is content with a name that the image has' {
            Add-ImageTag greeting greeting
            (Get-ContainerImage).Names | Should -Be 'localhost/greeting:latest'
        }

        It 'moves a name from another image' {
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'localhost/other:1' })
            Add-ImageTag greeting other:1
            (Get-ContainerImage other:1).Id | Should -BeExactly $sampleId
            @(Get-ContainerImage -Dangling).Count | Should -Be 1
        }

        It 'emits the image as it is then, with -PassThru' {
            $image = Add-ImageTag greeting team/a:1 -PassThru
            $image | Should -BeOfType ContainerImages.ContainerImage
            $image.Names | Should -Be 'localhost/greeting:latest', 'localhost/team/a:1'
        }
    }

    Context 'what-if' {
        It 'names each tag and the image, and adds none' {
            Get-WhatIfLine { Add-ImageTag greeting k/t:v1, docker.io/library/t:2 -WhatIf } | Should -BeExactly @(
                'Performing the operation "Add tag localhost/k/t:v1" on target "localhost/greeting:latest (0679216bcb6c)".'
                'Performing the operation "Add tag t:2" on target "localhost/greeting:latest (0679216bcb6c)".')
            (Get-ContainerImage).Names | Should -Be 'localhost/greeting:latest'
        }
    }

    Context 'errors' {
        It 'refuses a transport, typed or piped: <text>' -ForEach @(
            @{ Text = 'docker://quay.io/team/app:1' }
            @{ Text = 'docker-archive:./app.tar' }
            @{ Text = 'oci:layout' }
            @{ Text = 'dir:/srv/app' }
            @{ Text = 'containers-storage:debian' }
        ) {
            { Add-ImageTag $text -Tag other:1 -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
            { $text | Add-ImageTag -Tag other:1 -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
        }

        It 'refuses <what> as <id>' -ForEach @(
            @{ What = 'an image that is not there'; Id = 'ImageNotFound'; Act = { Add-ImageTag missing a:1 } }
            @{ What = 'upper case'; Id = 'InvalidReference'; Act = { Add-ImageTag greeting Team/App } }
            @{ What = 'a digest'; Id = 'InvalidReference'; Act = { Add-ImageTag greeting "a@sha256:$sampleId" } }
            @{ What = 'an ID as a name'; Id = 'InvalidReference'; Act = { Add-ImageTag greeting $sampleId } }
            @{ What = 'several images'; Id = 'AmbiguousReference'; Act = { Add-ImageTag greeting, greeting a:1 } }
            @{ What = 'no tag'; Id = 'TagMissing'; Act = { Get-ContainerImage | Add-ImageTag } }
            @{ What = 'tags by position and by name'; Id = 'ConflictingParameter'; Act = { Get-ContainerImage | Add-ImageTag a:1 -Tag b:1 } }
            @{ What = 'an object that names no image'; Id = 'ImageNotIdentified'; Act = { [pscustomobject]@{ X = 1 } | Add-ImageTag -Tag a:1 } }
            @{ What = 'a short Id from the pipeline'; Id = 'InvalidImageId'; Act = { [pscustomobject]@{ Id = '0679' } | Add-ImageTag -Tag a:1 } }
        ) {
            { . $act } | Should -Throw -ErrorId "$id,$command"
            (Get-ContainerImage).Names | Should -Be 'localhost/greeting:latest'
        }

        It 'refuses a pattern that matches several images' {
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'localhost/other:1' })
            { Add-ImageTag * a:1 } | Should -Throw -ErrorId "AmbiguousReference,$command"
        }

        It 'adds none of the tags when one is bad' {
            { Add-ImageTag greeting good:1, 'BAD NAME' } | Should -Throw -ErrorId "InvalidReference,$command"
            (Get-ContainerImage).Names | Should -Be 'localhost/greeting:latest'
        }
    }

    Context 'completion' {
        It 'offers images, then repositories that are known' {
            (Get-Completion 'Add-ImageTag localhost/g').CompletionText | Should -Be 'localhost/greeting:latest'
            (Get-Completion 'Add-ImageTag greeting localhost/g')[0].CompletionText | Should -BeLike 'localhost/greeting*'
        }
    }

    Context 'in a runbook' {
        It 'can be mocked, with tags given by name' {
            Mock Add-ImageTag { }
            Get-ContainerImage | Add-ImageTag -Tag nightly:1
            Should -Invoke Add-ImageTag -Times 1 -Exactly -ParameterFilter { $InputObject.Id -eq $sampleId -and $Tag -eq 'nightly:1' }
        }
    }
}
