BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.RemoveContainerImageCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Remove-ContainerImage' {
    BeforeEach {
        $store = Enter-SampleStore
    }

    Context 'an image with one name' {
        It 'removes it by <what>, with all its blobs' -ForEach @(
            @{ What = 'name'; Act = { Remove-ContainerImage greeting } }
            @{ What = 'ID'; Act = { Remove-ContainerImage -Id $sampleId.Substring(0, 6) } }
            @{ What = 'ID as text'; Act = { Remove-ContainerImage $sampleId } }
            @{ What = 'object'; Act = { Remove-ContainerImage (Get-ContainerImage greeting) } }
            @{ What = 'object from the pipeline'; Act = { Get-ContainerImage | Remove-ContainerImage } }
            @{ What = 'text from the pipeline'; Act = { 'greeting' | Remove-ContainerImage } }
            @{ What = 'a deserialized object'; Act = { ConvertTo-Deserialized (Get-ContainerImage) | Remove-ContainerImage } }
            @{ What = 'property Id'; Act = { [pscustomobject]@{ Id = $sampleId } | Remove-ContainerImage } }
            @{ What = 'property Reference'; Act = { [pscustomobject]@{ Reference = 'greeting' } | Remove-ContainerImage } }
            @{ What = 'pattern'; Act = { Remove-ContainerImage greet* } }
        ) {
            . $act | Should -BeNullOrEmpty
            Get-ContainerImage | Should -BeNullOrEmpty
            Get-BlobFile $store | Should -BeNullOrEmpty
        }

        It 'says with -PassThru what was done' {
            $removal = Remove-ContainerImage greeting -PassThru
            $removal | Should -BeOfType ContainerImages.ImageRemoval
            $removal.Id | Should -BeExactly $sampleId
            $removal.Removed | Should -BeTrue
            $removal.Untagged | Should -Be 'localhost/greeting:latest'
            $removal.FreedBytes | Should -BeGreaterThan 10000
            $removal.StorePath | Should -Be $store
            "$removal" | Should -BeExactly "Removed $($sampleId.Substring(0, 12))"
            $removal | Out-String -Width 120 | Should -Match '(?m)^Id +Removed +FreedBytes +Untagged'
        }

        It 'counts the bytes that are gone' {
            $before = (Get-BlobFile $store | Measure-Object -Property Length -Sum).Sum
            (Remove-ContainerImage greeting -PassThru | Measure-Object -Property FreedBytes -Sum).Sum | Should -Be $before
        }
    }

    Context 'an image with several names' {
        BeforeEach {
            Add-ImageTag greeting team/greeting:1, team/greeting:2
        }

        It 'takes a name away, and keeps the image' {
            $removal = Remove-ContainerImage team/greeting:1 -PassThru
            $removal.Removed | Should -BeFalse
            $removal.Untagged | Should -Be 'localhost/team/greeting:1'
            $removal.FreedBytes | Should -Be 0
            "$removal" | Should -BeExactly 'Untagged localhost/team/greeting:1'
            (Get-ContainerImage).Names | Should -Be 'localhost/greeting:latest', 'localhost/team/greeting:2'
        }

        It 'takes the names away that matched, from text and from objects' {
            Get-ContainerImage team/* | Remove-ContainerImage
            (Get-ContainerImage).Names | Should -Be 'localhost/greeting:latest'
        }

        It 'removes the image when all its names are given' {
            Remove-ContainerImage greeting, team/greeting:1, team/greeting:2
            Get-ContainerImage | Should -BeNullOrEmpty
        }

        It 'asks for -Force by <what>' -ForEach @(
            @{ What = 'ID'; Act = { Remove-ContainerImage -Id $sampleId @force } }
            @{ What = 'an object that means the whole image'; Act = { Get-ContainerImage | Remove-ContainerImage @force } }
            @{ What = 'a deserialized object'; Act = { ConvertTo-Deserialized (Get-ContainerImage greeting) | Remove-ContainerImage @force } }
        ) {
            $force = @{}
            { . $act } | Should -Throw '*localhost/team/greeting:1*' -ErrorId "MultipleTags,$command"
            @(Get-ContainerImage).Count | Should -Be 1
            $force = @{ Force = $true }
            . $act
            Get-ContainerImage | Should -BeNullOrEmpty
        }
    }

    Context 'parents' {
        BeforeEach {
            $store = Enter-NewStore
            $null = Import-ContainerImage (Write-ImageFolder @{ Layers = 1 }, @{ Name = 'localhost/child:1'; Layers = 2 })
        }

        It 'removes a parent without names too' {
            $parent = Get-ContainerImage -Intermediate
            (Remove-ContainerImage child:1 -PassThru).RemovedParents | Should -Be $parent.Id
            Get-ContainerImage | Should -BeNullOrEmpty
            Get-BlobFile $store | Should -BeNullOrEmpty
        }

        It 'keeps it with -NoPrune' {
            Remove-ContainerImage child:1 -NoPrune
            @(Get-ContainerImage -Dangling).Count | Should -Be 1
        }

        It 'keeps what other images have too' {
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'localhost/base:1' })
            Remove-ContainerImage child:1
            Save-ContainerImage base:1 -Destination (Get-NewPath 'base.tar')
            (Get-ContainerImage).Names | Should -Be 'localhost/base:1'
        }
    }

    Context 'platforms' {
        BeforeEach {
            $store = Enter-NewStore
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'localhost/multi:1'; Platform = 'linux/s390x', 'linux/ppc64le' })
        }

        It 'removes all of them' {
            Remove-ContainerImage multi:1
            Get-ContainerImage -AllPlatforms | Should -BeNullOrEmpty
            Get-BlobFile $store | Should -BeNullOrEmpty
        }

        It 'removes them once, however many of the objects are piped in' {
            Get-ContainerImage -AllPlatforms | Remove-ContainerImage
            Get-BlobFile $store | Should -BeNullOrEmpty
        }

        It 'removes one' {
            Remove-ContainerImage multi:1 -Platform linux/s390x
            (Get-ContainerImage -AllPlatforms).Platform | Should -Be 'linux/ppc64le'
            (Get-ContainerImage).Platforms | Should -Be 'linux/s390x', 'linux/ppc64le'
        }
    }

    Context 'what-if' {
        It 'names the image and its size, and removes nothing' {
            $size = (Get-ContainerImage greeting | Out-String -Width 120) -replace '(?s).* ago +([\d.]+ kB).*', '$1'
            Get-WhatIfLine { Remove-ContainerImage greeting -WhatIf } |
                Should -BeExactly "Performing the operation `"Remove image ($size)`" on target `"localhost/greeting:latest (0679216bcb6c)`"."
            @(Get-ContainerImage).Count | Should -Be 1
        }

        It 'names the parents that would go too' {
            $layout = Write-ImageFolder @{ Name = 'localhost/base:1' }, @{ Name = 'localhost/child:1'; Layers = 2 }
            $null = Import-ContainerImage $layout
            $base = (Get-ContainerImage base:1).Id.Substring(0, 12)
            Remove-ImageTag base:1
            @(Get-WhatIfLine { Remove-ContainerImage child:1 -WhatIf })[-1] |
                Should -BeLike "Performing the operation `"Remove parent image (*)`" on target `"$base`"."
            @(Get-ContainerImage).Count | Should -Be 3
        }

        It 'names the tag where others stay' {
            Add-ImageTag greeting docker.io/library/debian:12
            Get-WhatIfLine { Remove-ContainerImage debian:12 -WhatIf } |
                Should -BeExactly 'Performing the operation "Remove tag" on target "debian:12 (0679216bcb6c)".'
        }

        It 'says it with -Force too' {
            Get-ContainerImage | Remove-ContainerImage -Force -WhatIf
            @(Get-ContainerImage).Count | Should -Be 1
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
            { Remove-ContainerImage $text -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
            { $text | Remove-ContainerImage -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
        }

        It 'reports an image that is not there, and removes the others' {
            Remove-ContainerImage missing, greeting -ErrorAction SilentlyContinue -ErrorVariable problem
            $problem.Count | Should -Be 1
            $problem[0].FullyQualifiedErrorId | Should -BeExactly "ImageNotFound,$command"
            $problem[0].TargetObject | Should -Be 'missing'
            Get-ContainerImage | Should -BeNullOrEmpty
        }

        It 'reports an object that is gone' {
            $image = Get-ContainerImage
            Remove-ContainerImage greeting
            { $image | Remove-ContainerImage } | Should -Throw -ErrorId "ImageNotFound,$command"
        }

        It 'does not take other things for images' {
            { [pscustomobject]@{ Name = 'greeting' } | Remove-ContainerImage } | Should -Throw
            { [IO.FileInfo]'greeting' | Remove-ContainerImage } | Should -Throw
            @(Get-ContainerImage).Count | Should -Be 1
        }

        It 'does not take the Id of other things for that of an image' {
            { Get-Process -Id $PID | Remove-ContainerImage } | Should -Throw -ErrorId "InvalidImageId,$command"
            { Get-ImageHistory greeting | Where-Object Id -EQ '<missing>' | Remove-ContainerImage } |
                Should -Throw -ErrorId "InvalidImageId,$command"
        }

        It 'removes a damaged image' {
            Get-BlobFile $store | Sort-Object Length -Descending | Select-Object -First 1 | Remove-Item -Force
            Remove-ContainerImage greeting
            Get-ContainerImage | Should -BeNullOrEmpty
        }
    }

    Context 'completion' {
        It 'offers names and IDs' {
            (Get-Completion 'Remove-ContainerImage localhost/g').CompletionText | Should -Be 'localhost/greeting:latest'
            (Get-Completion 'Remove-ContainerImage -Id 06').CompletionText | Should -Be '0679216bcb6c'
        }
    }

    Context 'in a runbook' {
        It 'can be mocked' {
            Mock Remove-ContainerImage { [ContainerImages.ImageRemoval]@{ Id = $sampleId; Removed = $true; FreedBytes = 1MB } }
            (Get-ContainerImage | Remove-ContainerImage -PassThru).FreedBytes | Should -Be 1MB
            Should -Invoke Remove-ContainerImage -Times 1 -Exactly -ParameterFilter { $InputObject.Id -eq $sampleId }
        }
    }
}
