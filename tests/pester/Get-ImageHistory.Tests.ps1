BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.GetImageHistoryCommand'
    $store = Enter-SampleStore
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Get-ImageHistory' {
    Context 'entries' {
        It 'gives the steps, the newest first' {
            $history = @(Get-ImageHistory greeting)
            $history.Count | Should -Be 8
            $history | Should -BeOfType ContainerImages.ImageHistoryEntry
            $history[0].CreatedBy | Should -BeExactly 'rm /etc/motd'
            $history[7].CreatedBy | Should -BeLike '*LABEL*'
            $history[0].Id | Should -BeExactly $sampleId
            @($history[1..7].Id | Sort-Object -Unique) | Should -Be '<missing>'
            $history[0].Tags | Should -Be 'localhost/greeting:latest'
            @($history.ImageId | Sort-Object -Unique) | Should -Be $sampleId
        }

        It 'gives the size of each layer, and 0 for steps without' {
            $history = @(Get-ImageHistory greeting)
            $history.Size | Should -Be 2048, 0, 0, 0, 6144, 0, 4608, 0
            $history.EmptyLayer | Should -Be $false, $true, $true, $true, $false, $true, $false, $true
            $history[4].DiffId | Should -BeExactly 'sha256:0e97506424a738c0ba196cd56cd01699361a1d961a98a36f4b4ee5f52bba568b'
            $history[0].Created | Should -BeOfType DateTimeOffset
        }

        It 'names the images of the store that a step made' {
            $layout = Write-ImageFolder @{ Name = 'localhost/base:1' }, @{ Name = 'localhost/child:1'; Layers = 2 }
            $null = Import-ContainerImage $layout -StorePath ($other = Get-NewPath 'store')
            $history = Get-ImageHistory child:1 -StorePath $other
            $history.Id | Should -Be (Get-ContainerImage child:1, base:1 -StorePath $other).Id
            $history[1].Tags | Should -Be 'localhost/base:1'
        }

        It 'gives the platform asked for' {
            $layout = Write-ImageFolder @{ Name = 'localhost/multi:1'; Platform = 'linux/s390x', 'linux/ppc64le' }
            $null = Import-ContainerImage $layout -StorePath ($other = Get-NewPath 'store')
            $wanted = Get-ContainerImage multi:1 -Platform linux/ppc64le -StorePath $other
            (Get-ImageHistory multi:1 -Platform linux/ppc64le -StorePath $other).ImageId | Should -BeExactly $wanted.Id
            ($wanted | Get-ImageHistory).ImageId | Should -BeExactly $wanted.Id
        }
    }

    Context 'pipeline' {
        It 'takes <what>' -ForEach @(
            @{ What = 'an image'; Make = { Get-ContainerImage greeting } }
            @{ What = 'text'; Make = { 'greeting' } }
            @{ What = 'a deserialized image'; Make = { ConvertTo-Deserialized (Get-ContainerImage greeting) } }
            @{ What = 'an object with an Id'; Make = { [pscustomobject]@{ Id = $sampleId } } }
            @{ What = 'an object with a Reference'; Make = { [pscustomobject]@{ Reference = 'greeting' } } }
            @{ What = 'what comes out of JSON'; Make = { '{"Id":"' + $sampleId + '","Reference":null}' | ConvertFrom-Json } }
        ) {
            @(& $make | Get-ImageHistory).Count | Should -Be 8
        }

        It 'gives entries that lead back to their images' {
            (Get-ImageHistory greeting)[0] | Get-ContainerImage | Should -Be (Get-ContainerImage greeting)
            { (Get-ImageHistory greeting)[1] | Get-ContainerImage } | Should -Throw -ErrorId 'InvalidImageId,*'
        }
    }

    Context 'views' {
        It 'is a table that fits' {
            $lines = (Get-ImageHistory greeting | Out-String -Width 120).Trim() -split '\r?\n'
            $lines[0] | Should -Match '^Id +Created +Size +CreatedBy +Comment *$'
            $lines[2] | Should -Match '^0679216bcb6c .* ago +2\.0 kB rm /etc/motd +FROM localhost/greeting-base:'
            $lines[3] | Should -Match '^<missing> .* 0 B CMD '
            ($lines | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 120
        }

        It 'shows its command as text' {
            "$((Get-ImageHistory greeting)[0])" | Should -BeExactly 'rm /etc/motd'
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
            { Get-ImageHistory $text -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
            { $text | Get-ImageHistory -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
        }

        It 'refuses <what> as <id>' -ForEach @(
            @{ What = 'an image that is not there'; Id = 'ImageNotFound'; Act = { Get-ImageHistory missing } }
            @{ What = 'a platform that is not there'; Id = 'PlatformNotFound'; Act = { Get-ImageHistory greeting -Platform linux/arm64 } }
            @{ What = 'what is no platform'; Id = 'InvalidPlatform'; Act = { Get-ImageHistory greeting -Platform a/b/c/d/e } }
            @{ What = 'a short Id from the pipeline'; Id = 'InvalidImageId'; Act = { [pscustomobject]@{ Id = '0679' } | Get-ImageHistory } }
        ) {
            { . $act } | Should -Throw -ErrorId "$id,$command"
        }

        It 'goes on after an image that is not there' {
            $history = Get-ImageHistory missing, greeting -ErrorAction SilentlyContinue -ErrorVariable problem
            @($history).Count | Should -Be 8
            $problem.Count | Should -Be 1
        }
    }

    Context 'completion' {
        It 'offers names' {
            (Get-Completion 'Get-ImageHistory localhost/g').CompletionText | Should -Be 'localhost/greeting:latest'
        }
    }

    Context 'in a runbook' {
        It 'can be mocked' {
            Mock Get-ImageHistory { [ContainerImages.ImageHistoryEntry]@{ CreatedBy = 'RUN x'; Size = 60MB } }
            (Get-ContainerImage | Get-ImageHistory | Where-Object Size -GT 50MB).CreatedBy | Should -Be 'RUN x'
            Should -Invoke Get-ImageHistory -Times 1 -Exactly -ParameterFilter { $InputObject.Id -eq $sampleId }
        }
    }
}
