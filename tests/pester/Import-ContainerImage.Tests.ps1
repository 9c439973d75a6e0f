BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Import-ContainerImage' {
    BeforeEach {
        $store = Enter-NewStore
    }

    Context 'files and folders' {
        It 'brings a docker-archive into a store that was not there' {
            $image = Import-ContainerImage $sample
            $image | Should -BeOfType ContainerImages.ContainerImage
            $image.Id | Should -BeExactly $sampleId
            $image.Reference | Should -BeExactly 'localhost/greeting:latest'
            $image.Platform | Should -BeExactly 'linux/amd64'
            $image.StorePath | Should -Be $store
            "$store/oci-layout" | Should -Exist
            (Get-ContainerImage).Id | Should -BeExactly $sampleId
        }

        It 'changes nothing when the image is there already' {
            $first = Import-ContainerImage $sample
            $again = Import-ContainerImage $sample
            $again | Should -Be $first
            $again.Digest | Should -BeExactly $first.Digest
            @(Get-ContainerImage).Count | Should -Be 1
        }

        It 'reads back what was saved as <format>' -ForEach @(
            @{ Format = 'docker-archive'; KeepsName = $true }
            @{ Format = 'oci-archive'; KeepsName = $true }
            @{ Format = 'oci-dir'; KeepsName = $true }
            @{ Format = 'dir'; KeepsName = $false }
            @{ Format = 'docker-dir'; KeepsName = $false }
        ) {
            $saved = Get-NewPath 'saved'
            Import-ContainerImage $sample | Save-ContainerImage -Format $format -Destination $saved
            $null = Enter-NewStore
            $image = Import-ContainerImage $saved
            $image.Id | Should -BeExactly $sampleId
            $image.Reference | Should -Be $(if ($keepsName) { 'localhost/greeting:latest' } else { $null })
        }

        It 'reads an archive that is compressed as a whole' {
            $file = Get-NewPath 'greeting.tar.gz'
            $target = [IO.File]::Create($file)
            $gzip = New-Object IO.Compression.GZipStream $target, ([IO.Compression.CompressionMode]::Compress)
            $bytes = [IO.File]::ReadAllBytes($sample)
            $gzip.Write($bytes, 0, $bytes.Length)
            $gzip.Dispose()
            (Import-ContainerImage $file).Id | Should -BeExactly $sampleId
        }

        It 'takes paths relative to the current location, with wildcards, and several' {
            $folder = Split-Path (Get-NewPath 'x')
            Copy-Item -LiteralPath $sample -Destination "$folder/a.tar"
            Copy-Item -LiteralPath $sample -Destination "$folder/b.tar"
            Push-Location -LiteralPath $folder
            try {
                @(Import-ContainerImage ./*.tar).Count | Should -Be 2
                @(Import-ContainerImage ./a.tar, b.tar).Count | Should -Be 2
            }
            finally {
                Pop-Location
            }
        }

        It 'takes files from Get-ChildItem, whatever their names' {
            $file = Get-NewPath '[odd] name.tar'
            [IO.File]::Copy($sample, $file)
            (Get-ChildItem -LiteralPath $file | Import-ContainerImage).Id | Should -BeExactly $sampleId
            (Import-ContainerImage -LiteralPath $file).Id | Should -BeExactly $sampleId
        }

        It 'takes paths on drives of PowerShell' {
            $null = New-PSDrive -Name images -PSProvider FileSystem -Root (Split-Path $sample)
            (Import-ContainerImage images:/sample.tar).Id | Should -BeExactly $sampleId
        }

        It 'takes text from the pipeline as paths' {
            ($sample | Import-ContainerImage).Id | Should -BeExactly $sampleId
        }

        It 'emits one object for each image and platform' {
            $layout = Write-ImageFolder @{ Name = 'docker.io/library/one:1' },
            @{ Name = 'docker.io/library/two:2'; Platform = 'linux/s390x', 'linux/ppc64le'; Seed = 1 }
            $images = @(Import-ContainerImage $layout)
            $images.Reference | Should -Be 'docker.io/library/one:1', 'docker.io/library/two:2', 'docker.io/library/two:2'
            $images.Platform | Should -Be 'linux/amd64', 'linux/s390x', 'linux/ppc64le'
        }

        It 'goes on after a bad path' {
            $images = Import-ContainerImage ./missing.tar, $sample -ErrorAction SilentlyContinue -ErrorVariable problem
            $images.Id | Should -BeExactly $sampleId
            $problem.Count | Should -Be 1
            $problem[0].FullyQualifiedErrorId | Should -BeExactly 'ArchiveNotFound,ContainerImages.Commands.ImportContainerImageCommand'
            $problem[0].CategoryInfo.Category | Should -Be ObjectNotFound
            $problem[0].TargetObject | Should -Be './missing.tar'
            $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }
    }

    Context 'streams and bytes' {
        It 'reads a stream to its end, and does not close it' {
            $stream = [IO.File]::OpenRead($sample)
            try {
                (Import-ContainerImage -InputStream $stream).Id | Should -BeExactly $sampleId
                $stream.CanRead | Should -BeTrue
            }
            finally {
                $stream.Dispose()
            }
        }

        It 'takes a stream from the pipeline, as a web response has it' {
            $stream = New-Object IO.MemoryStream (, [IO.File]::ReadAllBytes($sample))
            $response = [pscustomobject]@{ StatusCode = 200; RawContentStream = $stream }
            ($response | Import-ContainerImage).Id | Should -BeExactly $sampleId
        }

        It 'takes chunks of bytes as one archive' {
            $asBytes = if ($PSVersionTable.PSEdition -eq 'Core') { @{ AsByteStream = $true } } else { @{ Encoding = 'Byte' } }
            $image = Get-Content -LiteralPath $sample @asBytes -ReadCount 1000 | Import-ContainerImage
            $image.Id | Should -BeExactly $sampleId
        }

        It 'takes all bytes at once' {
            (Import-ContainerImage -InputBytes ([IO.File]::ReadAllBytes($sample))).Id | Should -BeExactly $sampleId
        }
    }

    Context 'selection and names' {
        BeforeEach {
            $layout = Write-ImageFolder @{ Name = 'docker.io/library/one:1' },
            @{ Name = 'docker.io/library/two:2'; Platform = 'linux/s390x', 'linux/ppc64le'; Seed = 1 }
        }

        It 'imports the image chosen by <text>' -ForEach @(
            @{ Text = 'one:1' }
            @{ Text = 'docker.io/library/one:1' }
            @{ Text = '@0' }
        ) {
            (Import-ContainerImage $layout -Image $text).Reference | Should -BeExactly 'docker.io/library/one:1'
            @(Get-ContainerImage).Count | Should -Be 1
        }

        It 'gives names instead of those of the archive' {
            $image = Import-ContainerImage $layout -Image one:1 -Reference team/app:rc, team/app:1
            $image.Names | Should -Be 'localhost/team/app:rc', 'localhost/team/app:1'
            Get-ContainerImage one:* | Should -BeNullOrEmpty
        }

        It 'imports only the platforms asked for' {
            $image = Import-ContainerImage $layout -Image two:2 -Platform linux/s390x
            $image.Platform | Should -BeExactly 'linux/s390x'
            $image.Platforms | Should -Be 'linux/s390x', 'linux/ppc64le'
            $image.PresentPlatforms | Should -Be 'linux/s390x'
        }

        It 'refuses one name for several images' {
            { Import-ContainerImage $layout -Reference app:1 } |
                Should -Throw -ErrorId 'AmbiguousImage,ContainerImages.Commands.ImportContainerImageCommand'
        }

        It 'refuses an image that is not in the archive, and says what is' {
            { Import-ContainerImage $layout -Image three } |
                Should -Throw "*docker.io/library/one:1*" -ErrorId 'ImageNotInArchive,ContainerImages.Commands.ImportContainerImageCommand'
        }

        It 'moves a name from another image, which is then dangling' {
            $null = Import-ContainerImage $sample -Reference docker.io/library/one:1
            $null = Import-ContainerImage $layout -Image one:1
            (Get-ContainerImage one:1).Id | Should -Not -Be $sampleId
            (Get-ContainerImage -Dangling).Id | Should -BeExactly $sampleId
        }
    }

    Context 'root file systems' {
        BeforeAll {
            # A tar without entries: two blocks of zeros end it.
            $tar = Get-NewPath 'root.tar'
            [IO.File]::WriteAllBytes($tar, (New-Object byte[] 1024))
            [IO.File]::SetLastWriteTimeUtc($tar, (New-Object DateTime 2026, 1, 2, 3, 4, 5, ([DateTimeKind]::Utc)))
            $diffId = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef'
        }

        It 'makes an image of a tar' {
            $image = Import-ContainerImage -RootFileSystem $tar -Reference team/root:1 -Platform linux/amd64
            $image.Reference | Should -BeExactly 'localhost/team/root:1'
            $image.RootFS.Layers | Should -BeExactly $diffId
            $image.Created | Should -Be ([DateTimeOffset]'2026-01-02T03:04:05Z')
            $image.Comment | Should -BeExactly 'imported from tarball'
            $image.ManifestType | Should -BeExactly 'application/vnd.oci.image.manifest.v1+json'
        }

        It 'makes the same image of the same file' {
            $image = Import-ContainerImage -RootFileSystem $tar -Change 'CMD ["/bin/sh"]'
            (Import-ContainerImage -RootFileSystem -LiteralPath $tar -Command /bin/sh) | Should -Be $image
            @(Get-ContainerImage).Count | Should -Be 1
        }

        It 'makes a layer of each file that is piped in' {
            $image = Get-Item -LiteralPath $tar, $tar | Import-ContainerImage -RootFileSystem
            @($image).Count | Should -Be 1
            $image.RootFS.Layers | Should -Be $diffId, $diffId
        }

        It 'takes <what>' -ForEach @(
            @{ What = 'a stream'; Import = { New-Object IO.MemoryStream (, [IO.File]::ReadAllBytes($tar)) | Import-ContainerImage -RootFileSystem } }
            @{ What = 'bytes'; Import = { Import-ContainerImage -RootFileSystem -InputBytes ([IO.File]::ReadAllBytes($tar)) } }
        ) {
            (. $import).RootFS.Layers | Should -BeExactly $diffId
        }

        It 'takes the config from changes, and then from parameters' {
            $config = (Import-ContainerImage -RootFileSystem $tar -Change 'ENV A=1 B=2', 'LABEL a="b c"', 'WORKDIR /srv', 'STOPSIGNAL SIGINT' `
                    -Environment ([ordered]@{ Z = 1; B = 3 }) -Label @{ d = 'e' } -WorkingDirectory app -ExposedPort 80, 53/udp -User 1:2).Config
            $config.Env | Should -Be 'A=1', 'B=3', 'Z=1'
            $config.Labels['a'] | Should -BeExactly 'b c'
            $config.Labels['d'] | Should -BeExactly 'e'
            $config.WorkingDir | Should -BeExactly '/srv/app'
            $config.ExposedPorts | Should -Be '53/udp', '80/tcp'
            $config.User | Should -BeExactly '1:2'
            $config.StopSignal | Should -BeExactly '2'
        }

        It 'takes the rest of the config from parameters' {
            $image = Import-ContainerImage -RootFileSystem $tar -Entrypoint /bin/app -Command '--help' -Volume /data, /cache -StopSignal SIGQUIT -Author ops -Message 'by hand'
            $image.Config.Entrypoint | Should -Be '/bin/app'
            $image.Config.Cmd | Should -Be '--help'
            $image.Config.Volumes | Sort-Object | Should -Be '/cache', '/data'
            $image.Config.StopSignal | Should -BeExactly '3'
            $image.Author | Should -BeExactly 'ops'
            $image.Comment | Should -BeExactly 'by hand'
        }

        It 'has annotations in the manifest' {
            (Import-ContainerImage -RootFileSystem $tar -Annotation @{ a = 'b' }).Annotations['a'] | Should -BeExactly 'b'
        }

        It 'refuses <text>, and says what is accepted' -ForEach @(
            @{ Text = 'FOO bar'; Message = "*'FOO' is none of the instructions*USER, EXPOSE*" }
            @{ Text = 'EXPOSE 80/icmp'; Message = "*'80/icmp' is no port; port?-port??/protocol? is wanted*" }
            @{ Text = 'LABEL a'; Message = "*key=value is wanted*" }
        ) {
            { Import-ContainerImage -RootFileSystem $tar -Change $text } |
                Should -Throw $message -ErrorId 'InvalidInstruction,ContainerImages.Commands.ImportContainerImageCommand'
            $store | Should -Not -Exist
        }

        It 'refuses an archive of images' {
            { Import-ContainerImage -RootFileSystem $sample } |
                Should -Throw '*archive of images*' -ErrorId 'UnknownArchiveFormat,ContainerImages.Commands.ImportContainerImageCommand'
        }

        It 'makes no image where a layer is missing' {
            { Import-ContainerImage -RootFileSystem $tar, ./missing.tar } |
                Should -Throw -ErrorId 'ArchiveNotFound,ContainerImages.Commands.ImportContainerImageCommand'
            Get-ContainerImage | Should -BeNullOrEmpty
        }

        It 'says what it would do' {
            Get-WhatIfLine { Import-ContainerImage -RootFileSystem $tar -WhatIf } |
                Should -BeExactly "Performing the operation `"Import root file system`" on target `"$tar`"."
            $store | Should -Not -Exist
        }
    }

    Context 'what-if' {
        It 'says what it would do, and makes no store' {
            Get-WhatIfLine { Import-ContainerImage $sample -WhatIf } |
                Should -BeExactly "Performing the operation `"Import images`" on target `"$sample`"."
            $store | Should -Not -Exist
        }
    }

    Context 'bad input' {
        It 'refuses <what> as <id>' -ForEach @(
            @{ What = 'a text file'; Id = 'UnknownArchiveFormat'; Make = { [IO.File]::WriteAllText($file, 'no archive') } }
            @{ What = 'an empty file'; Id = 'UnknownArchiveFormat'; Make = { [IO.File]::WriteAllText($file, '') } }
            @{ What = 'an empty folder'; Id = 'UnknownArchiveFormat'; Make = { $null = [IO.Directory]::CreateDirectory($file) } }
            @{
                What = 'a truncated archive'
                Id = 'InvalidArchive'
                Make = { [IO.File]::WriteAllBytes($file, [IO.File]::ReadAllBytes($sample)[0..9999]) }
            }
            @{
                What = 'a layout without images'
                Id = 'EmptyArchive'
                Make = {
                    Move-Item -LiteralPath (Write-ImageFolder @{ Name = 'a:1' }) -Destination $file
                    Write-JsonFile -Path "$file/index.json" -Value @{ schemaVersion = 2; manifests = @() }
                }
            }
            @{
                What = 'a layout whose index is no JSON'
                Id = 'InvalidArchive'
                Make = {
                    Move-Item -LiteralPath (Write-ImageFolder @{ Name = 'a:1' }) -Destination $file
                    [IO.File]::WriteAllText("$file/index.json", '{"manifests": [')
                }
            }
            @{
                What = 'a layout with a damaged layer'
                Id = 'ContentMismatch'
                Make = {
                    Move-Item -LiteralPath (Write-ImageFolder @{ Name = 'a:1' }) -Destination $file
                    $layer = Get-ChildItem -LiteralPath "$file/blobs/sha256" | Where-Object Length -EQ 2048
                    $bytes = [IO.File]::ReadAllBytes($layer.FullName)
                    $bytes[7] = 1
                    [IO.File]::WriteAllBytes($layer.FullName, $bytes)
                }
            }
            @{
                What = 'a layout without its layer'
                Id = 'ContentMissing'
                Make = {
                    Move-Item -LiteralPath (Write-ImageFolder @{ Name = 'a:1' }) -Destination $file
                    Get-ChildItem -LiteralPath "$file/blobs/sha256" | Where-Object Length -EQ 2048 | Remove-Item
                }
            }
        ) {
            $file = Get-NewPath 'bad'
            . $make
            { Import-ContainerImage $file } | Should -Throw '*bad*' -ErrorId "$id,ContainerImages.Commands.ImportContainerImageCommand"
            Get-ContainerImage | Should -BeNullOrEmpty
            if (Test-Path -LiteralPath "$store/blobs") {
                Get-BlobFile $store | Should -BeNullOrEmpty
                Get-ChildItem -LiteralPath "$store/ingest" | Should -BeNullOrEmpty
            }
        }

        It 'refuses a path that is no file' {
            { Import-ContainerImage Env:PATH } |
                Should -Throw -ErrorId 'ArchiveNotFound,ContainerImages.Commands.ImportContainerImageCommand'
        }

        It 'refuses a folder that holds something else as a store' {
            $other = Split-Path $sample
            { Import-ContainerImage $sample -StorePath $other } |
                Should -Throw -ErrorId 'StoreNotFound,ContainerImages.Commands.ImportContainerImageCommand'
        }

        It 'refuses a platform that is none' {
            { Import-ContainerImage $sample -Platform amd64/linux/x/y } |
                Should -Throw -ErrorId 'InvalidPlatform,ContainerImages.Commands.ImportContainerImageCommand'
        }
    }

    Context 'in a runbook' {
        It 'can be mocked, and its fakes piped on' {
            Mock Import-ContainerImage { [ContainerImages.ContainerImage]@{ Id = 'a' * 64; Reference = 'docker.io/library/app:1' } }
            Mock Add-ImageTag { }
            Import-ContainerImage ./not-there.tar | Add-ImageTag -Tag team/app:1
            Should -Invoke Import-ContainerImage -Times 1 -Exactly -ParameterFilter { $Path -eq './not-there.tar' }
            Should -Invoke Add-ImageTag -Times 1 -Exactly -ParameterFilter { $InputObject.Id -eq 'a' * 64 -and $Tag -eq 'team/app:1' }
        }
    }
}
