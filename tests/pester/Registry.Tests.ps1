# What is done with a registry, against one of our own. Where there is no docker-registry, these are not run.

BeforeDiscovery {
    $hasRegistry = [bool](Get-Command docker-registry -CommandType Application -ErrorAction Ignore)
}

BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
    $env:REGISTRY_AUTH_FILE = $null
}

Describe 'A registry' -Skip:(-not $hasRegistry) {
    BeforeAll {
        # A port that was free just now.
        $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
        $listener.Start()
        $registry = "127.0.0.1:$($listener.LocalEndpoint.Port)"
        $listener.Stop()

        $config = Get-NewPath 'config.yml'
        [IO.File]::WriteAllLines($config, @(
                'version: 0.1'
                'storage:'
                '  filesystem:'
                "    rootdirectory: $(Get-NewPath 'storage')"
                'http:'
                "  addr: $registry"
            ))
        $logs = @{ RedirectStandardOutput = Get-NewPath 'output.log'; RedirectStandardError = Get-NewPath 'error.log' }
        $process = Start-Process -FilePath docker-registry -ArgumentList 'serve', $config -PassThru @logs
        $ready = $false
        for ($i = 0; -not $ready -and $i -lt 100; $i++) {
            try {
                $null = Invoke-WebRequest -Uri "http://$registry/v2/" -UseBasicParsing
                $ready = $true
            }
            catch {
                Start-Sleep -Milliseconds 100
            }
        }

        # Pushed once, asked for by all.
        $env:REGISTRY_AUTH_FILE = Get-NewPath 'auth.json'
        Enter-SampleStore
        $pushed = Publish-ContainerImage greeting -Destination "$registry/team/greeting:1" -AllowInsecure
        $null = Import-ContainerImage (Write-ImageFolder @{ Name = "$registry/team/multi:1"; Platform = 'linux/amd64', 'linux/arm64'; Label = @{ team = 'ops' } })
        $multi = Get-ContainerImage 'team/multi:1' | Publish-ContainerImage -AllPlatforms -AllowInsecure -IncludeReferrers
    }

    AfterAll {
        if (-not $process.HasExited) {
            $process.Kill()
        }
    }

    BeforeEach {
        $store = Enter-NewStore
    }

    It 'answers' {
        $ready | Should -BeTrue
    }

    It 'has what was pushed, by its digest' {
        $pushed | Should -BeOfType ContainerImages.RemoteImage
        $pushed.Reference | Should -BeExactly "$registry/team/greeting:1"
        (Find-ContainerImage $pushed.Reference -Detailed -AllowInsecure).Digest | Should -BeExactly $pushed.Digest
        $multi.Platforms | Sort-Object | Should -Be 'linux/amd64', 'linux/arm64'
    }

    It 'lists repositories and tags, and pipes them on' {
        (Find-ContainerImage -Registry $registry -Repository 'team/*' -AllowInsecure).Repository | Sort-Object | Should -Be 'team/greeting', 'team/multi'
        @(Find-ContainerImage -Registry $registry -First 1 -AllowInsecure).Count | Should -Be 1
        (Find-ContainerImage -Registry $registry -AllowInsecure | Find-ContainerImage -AllowInsecure).Tag | Should -Be '1', '1'
        (Find-ContainerImage "$registry/team/greeting:1*" -Detailed -AllowInsecure).Platforms | Should -Be 'linux/amd64'
    }

    It 'gives back the image that was pushed' {
        $image = Request-ContainerImage "$registry/team/greeting:1" -AllowInsecure -ThrottleLimit 1 -TimeoutSec 60 -RetryCount 1
        $image.Id | Should -BeExactly $sampleId
        $image.Reference | Should -BeExactly "$registry/team/greeting:1"
        Test-ContainerImage $image | Should -BeTrue
        Test-ImageStore | Should -BeTrue
    }

    It 'gives one platform or all, all tags, and only what has a label' {
        (Request-ContainerImage "$registry/team/multi:1" -Platform linux/arm64 -AllowInsecure).Platform | Should -Be 'linux/arm64'
        (Request-ContainerImage "$registry/team/multi" -AllTags -AllPlatforms -AllowInsecure).Platform | Sort-Object | Should -Be 'linux/amd64', 'linux/arm64'
        (Request-ContainerImage "$registry/team/multi:1" -RequireLabel team=ops -AllowInsecure -Platform linux/amd64).Labels.team | Should -Be 'ops'
        { Request-ContainerImage "$registry/team/greeting:1" -RequireLabel team=ops -AllowInsecure } | Should -Throw '*team=ops*'
    }

    It 'takes copies from a registry to itself, to an archive and back' {
        $copy = Copy-ContainerImage "$registry/team/multi:1" "$registry/copy/multi:2" -AllPlatforms -IncludeReferrers -AllowInsecure -PassThru
        $copy.Digest | Should -BeExactly $multi.Digest
        $archive = Get-NewPath 'a.tar'
        Copy-ContainerImage "$registry/team/greeting:1" "docker-archive:$archive" -AllowInsecure
        Copy-ContainerImage "docker-archive:$archive" "$registry/copy/greeting:2" -AllowInsecure -Compression gzip -CompressionLevel 9
        (Find-ContainerImage -Registry $registry -Repository 'copy/*' -AllowInsecure).Repository | Sort-Object | Should -Be 'copy/greeting', 'copy/multi'
        { Copy-ContainerImage "$registry/team/greeting:1" "docker-archive:$archive" -AllowInsecure } | Should -Throw -ErrorId 'DestinationExists,*'
        Copy-ContainerImage "$registry/team/greeting:1" "docker-archive:$archive" -AllowInsecure -Force
    }

    It 'is logged in to and out of, in the file that is named' {
        $file = Get-NewPath 'other.json'
        $secret = [securestring]::new()
        'not-a-secret'.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }

        $login = Connect-ContainerRegistry $registry -UserName ci -Secret $secret -AllowInsecure -AuthFile $file -TimeoutSec 30 -PassThru

        $login | Should -BeOfType ContainerImages.RegistryLogin
        "$($login.Registry) $($login.UserName) $($login.AuthFile)" | Should -BeExactly "$registry ci $file"
        [IO.File]::ReadAllText($file) | Should -Match ([regex]::Escape($registry))
        $env:REGISTRY_AUTH_FILE | Should -Not -Exist
        (Disconnect-ContainerRegistry 127.* -AuthFile $file -PassThru).Registry | Should -BeExactly $registry
        { Disconnect-ContainerRegistry $registry -AuthFile $file } | Should -Throw -ErrorId 'LoginNotFound,*'
    }

    It 'mends a store, by the names of its images' {
        $null = Request-ContainerImage "$registry/team/greeting:1" -AllowInsecure
        Hide-LargestBlob $store
        Test-ImageStore | Should -BeFalse

        (Repair-ImageStore -AllowInsecure -TimeoutSec 30 -RetryCount 0 -ThrottleLimit 2 -PassThru).Repaired | Should -Not -Contain $false

        Test-ImageStore | Should -BeTrue
    }

    It 'is where the sample runbook pulls from' {
        $list = Get-NewPath 'images.txt'
        [IO.File]::WriteAllLines($list, @("$registry/team/greeting:1", "$registry/team/multi:1"))

        $run = & "$PSScriptRoot/Runbook/Update-NightlyImage.ps1" -ListPath $list -ArchiveFolder $TestDrive -Date '2026-01-31' -AllowInsecure

        $run.Failed | Should -BeNullOrEmpty
        $run.Names | Should -Be 'localhost/nightly/team/greeting:1-2026-01-31', 'localhost/nightly/team/multi:1-2026-01-31'
        @(Import-ContainerImage $run.Archive.FullName -StorePath (Get-NewPath 'other')).Count | Should -BeGreaterOrEqual 2
    }
}
