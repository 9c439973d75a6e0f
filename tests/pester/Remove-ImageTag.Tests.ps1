BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.RemoveImageTagCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Remove-ImageTag' {
    BeforeEach {
        $store = Enter-SampleStore
        Add-ImageTag greeting team/a:1, team/a:rc-1, team/a:rc-2
    }

    Context 'names' {
        It 'takes a name away, by <what>' -ForEach @(
            @{ What = 'its short form'; Act = { Remove-ImageTag team/a:1 } }
            @{ What = 'its full form'; Act = { Remove-ImageTag localhost/team/a:1 } }
            @{ What = 'text from the pipeline'; Act = { 'team/a:1' | Remove-ImageTag } }
            @{ What = 'an image from the pipeline'; Act = { Get-ContainerImage greeting | Remove-ImageTag team/a:1 } }
            @{ What = 'a deserialized image'; Act = { ConvertTo-Deserialized (Get-ContainerImage greeting) | Remove-ImageTag -Tag team/a:1 } }
            @{ What = 'an object with an Id'; Act = { [pscustomobject]@{ Id = $sampleId } | Remove-ImageTag team/a:1 } }
            @{ What = 'an ID'; Act = { Remove-ImageTag team/a:1 -Id $sampleId } }
        ) {
            . $act | Should -BeNullOrEmpty
            (Get-ContainerImage).Names | Should -Be 'localhost/greeting:latest', 'localhost/team/a:rc-1', 'localhost/team/a:rc-2'
        }

        It 'takes those away that a pattern matches' {
            Remove-ImageTag team/*:rc-*
            (Get-ContainerImage).Names | Should -Be 'localhost/greeting:latest', 'localhost/team/a:1'
        }

        It 'takes nothing away by a pattern that matches nothing' {
            Remove-ImageTag nothing/*
            (Get-ContainerImage).Names.Count | Should -Be 4
        }

        It 'takes several away' {
            Remove-ImageTag team/a:1, team/a:rc-1
            (Get-ContainerImage).Names | Should -Be 'localhost/greeting:latest', 'localhost/team/a:rc-2'
        }

        It 'takes all away with -All, and keeps the image' {
            Get-ContainerImage greeting | Remove-ImageTag -All
            $image = Get-ContainerImage
            $image.Id | Should -BeExactly $sampleId
            $image.Names | Should -BeNullOrEmpty
            $image.Dangling | Should -BeTrue
        }

        It 'emits the image as it is then, with -PassThru' {
            $image = Remove-ImageTag team/a:1 -PassThru
            $image | Should -BeOfType ContainerImages.ContainerImage
            $image.Names | Should -Be 'localhost/greeting:latest', 'localhost/team/a:rc-1', 'localhost/team/a:rc-2'
        }
    }

    Context 'what-if' {
        It 'names the tag, and keeps it' {
            Get-WhatIfLine { Remove-ImageTag team/a:1 -WhatIf } |
                Should -BeExactly 'Performing the operation "Remove tag" on target "localhost/team/a:1 (0679216bcb6c)".'
            (Get-ContainerImage).Names.Count | Should -Be 4
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
            { Remove-ImageTag $text -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
            { $text | Remove-ImageTag -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
        }

        It 'refuses <what> as <id>' -ForEach @(
            @{ What = 'a name of another image'; Id = 'TagNotFound'; Act = { Get-ContainerImage greeting | Remove-ImageTag other:1 } }
            @{ What = 'an image without a name to take away'; Id = 'TagMissing'; Act = { Get-ContainerImage greeting | Remove-ImageTag } }
            @{ What = 'an ID instead of a name'; Id = 'TagNotFound'; Act = { Remove-ImageTag $sampleId } }
            @{ What = 'what is no reference'; Id = 'InvalidReference'; Act = { Remove-ImageTag 'No Name' } }
        ) {
            { . $act } | Should -Throw -ErrorId "$id,$command"
            (Get-ContainerImage).Names.Count | Should -Be 4
        }

        It 'reports a name that is not there, and takes the others away' {
            Remove-ImageTag missing:1, team/a:1 -ErrorAction SilentlyContinue -ErrorVariable problem
            $problem.Count | Should -Be 1
            $problem[0].CategoryInfo.Category | Should -Be ObjectNotFound
            $problem[0].TargetObject | Should -Be 'missing:1'
            (Get-ContainerImage).Names | Should -Not -Contain 'localhost/team/a:1'
        }
    }

    Context 'completion' {
        It 'offers names' {
            (Get-Completion 'Remove-ImageTag localhost/team/a:r').CompletionText | Should -Be 'localhost/team/a:rc-1', 'localhost/team/a:rc-2'
        }
    }

    Context 'in a runbook' {
        It 'can be mocked' {
            Mock Remove-ImageTag { }
            Get-ContainerImage | Remove-ImageTag -Tag team/a:1
            Should -Invoke Remove-ImageTag -Times 1 -Exactly -ParameterFilter { $InputObject.Id -eq $sampleId -and $Tag -eq 'team/a:1' }
        }
    }
}
