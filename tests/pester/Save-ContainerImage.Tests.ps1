BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.SaveContainerImageCommand'

    # The names in a docker-archive's manifest.json, which is text in a tar.
    function Get-ArchiveTag([string] $Path) {
        $text = [Text.Encoding]::UTF8.GetString([IO.File]::ReadAllBytes($Path))
        [regex]::Matches($text, '"RepoTags":\[([^\]]*)\]') |
            ForEach-Object { $_.Groups[1].Value -replace '"' -split ',' } |
            Where-Object { $_ }
    }
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Save-ContainerImage' {
    BeforeEach {
        $store = Enter-SampleStore
        $file = Get-NewPath 'saved.tar'
    }

    Context 'formats' {
        It 'writes a docker-archive if not told otherwise, byte for byte what podman wrote' {
            Save-ContainerImage greeting -Destination $file | Should -BeNullOrEmpty
            (Get-FileHash -LiteralPath $file).Hash | Should -Be (Get-FileHash -LiteralPath $sample).Hash
        }

        It 'keeps the digest in <format>' -ForEach @(@{ Format = 'oci-archive' }, @{ Format = 'oci-dir' }, @{ Format = 'dir' }) {
            $image = Get-ContainerImage greeting
            Save-ContainerImage greeting -Format $format -Destination $file
            $null = Enter-NewStore
            $again = Import-ContainerImage $file
            $again.Id | Should -BeExactly $image.Id
            $again.Digest | Should -BeExactly $image.Digest
        }

        It 'writes the same bytes each time as <format>' -ForEach @(@{ Format = 'docker-archive' }, @{ Format = 'oci-archive' }) {
            $other = Get-NewPath 'other.tar'
            Save-ContainerImage greeting -Format $format -Destination $file
            Save-ContainerImage greeting -Format $format -Destination $other
            (Get-FileHash -LiteralPath $file).Hash | Should -Be (Get-FileHash -LiteralPath $other).Hash
        }

        It 'takes a format whatever its case, and no other' {
            Save-ContainerImage greeting -Format OCI-Archive -Destination $file
            $file | Should -Exist
            { Save-ContainerImage greeting -Format zip -Destination $file } |
                Should -Throw '*docker-archive*' -ErrorId "ParameterArgumentValidationError,$command"
        }

        It 'keeps all platforms in an OCI format, and only one in Docker''s' {
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'docker.io/library/multi:1'; Platform = 'linux/s390x', 'linux/ppc64le' })
            Save-ContainerImage multi:1 -Format oci-archive -AllPlatforms -Destination $file
            Save-ContainerImage multi:1 -Platform linux/ppc64le -Destination ($docker = Get-NewPath 'docker.tar')
            $null = Enter-NewStore
            (Import-ContainerImage $file).Platform | Should -Be 'linux/s390x', 'linux/ppc64le'
            $null = Enter-NewStore
            (Import-ContainerImage $docker).Platform | Should -Be 'linux/ppc64le'
        }
    }

    Context 'what is written' {
        BeforeEach {
            Add-ImageTag greeting team/greeting:1, team/greeting:2
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'localhost/team/other:1' })
        }

        It 'writes the name given, for text' {
            Save-ContainerImage team/greeting:1 -Destination $file
            Get-ArchiveTag $file | Should -Be 'localhost/team/greeting:1'
        }

        It 'writes the names that matched, for objects' {
            Get-ContainerImage team/greeting:* | Save-ContainerImage -Destination $file
            Get-ArchiveTag $file | Sort-Object | Should -Be 'localhost/team/greeting:1', 'localhost/team/greeting:2'
        }

        It 'writes all names of an image that is meant as a whole' {
            Save-ContainerImage -Id $sampleId -Destination $file
            Get-ArchiveTag $file | Sort-Object |
                Should -Be 'localhost/greeting:latest', 'localhost/team/greeting:1', 'localhost/team/greeting:2'
        }

        It 'writes more names by -Tag, for one image' {
            Save-ContainerImage greeting -Tag team/greeting:3 -Destination $file
            Get-ArchiveTag $file | Should -Be 'localhost/greeting:latest', 'localhost/team/greeting:3'
            { Save-ContainerImage greeting, team/other:1 -Tag a:1 -Destination $file -Force } |
                Should -Throw -ErrorId "ConflictingParameter,$command"
        }

        It 'writes all images of a call into one archive, in the order given' {
            Get-ContainerImage team/other:1, greeting | Save-ContainerImage -Destination $file
            Get-ArchiveTag $file | Should -Be 'localhost/team/other:1', 'localhost/greeting:latest'
            $null = Enter-NewStore
            @(Import-ContainerImage $file).Count | Should -Be 2
        }

        It 'takes images of several stores' {
            $other = Get-NewPath 'store'
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'localhost/third:1'; Seed = 3 }) -StorePath $other
            @(Get-ContainerImage greeting) + @(Get-ContainerImage -StorePath $other) | Save-ContainerImage -Destination $file
            Get-ArchiveTag $file | Should -Be 'localhost/greeting:latest', 'localhost/third:1'
        }

        It 'takes <what> from the pipeline' -ForEach @(
            @{ What = 'text'; Convert = { 'greeting' } }
            @{ What = 'a deserialized image'; Convert = { ConvertTo-Deserialized (Get-ContainerImage greeting) } }
            @{ What = 'an object with an Id'; Convert = { [pscustomobject]@{ Id = $sampleId } } }
            @{ What = 'an object with a Reference'; Convert = { [pscustomobject]@{ Reference = 'greeting' } } }
            @{ What = 'what comes out of CSV'; Convert = { Get-ContainerImage greeting | Select-Object Id, Reference, StorePath | ConvertTo-Csv | ConvertFrom-Csv } }
        ) {
            & $convert | Save-ContainerImage -Destination $file
            Get-ArchiveTag $file | Should -Contain 'localhost/greeting:latest'
        }
    }

    Context 'destinations' {
        It 'emits the file with -PassThru' {
            $saved = Save-ContainerImage greeting -Destination $file -PassThru
            $saved | Should -BeOfType IO.FileInfo
            $saved.FullName | Should -Be $file
            ($saved | Get-FileHash).Hash | Should -Not -BeNullOrEmpty
        }

        It 'emits the folder with -PassThru' {
            $saved = Save-ContainerImage greeting -Format oci-dir -Destination ($folder = Get-NewPath 'layout') -PassThru
            $saved | Should -BeOfType IO.DirectoryInfo
            $saved.FullName | Should -Be $folder
        }

        It 'is relative to the current location' {
            Push-Location -LiteralPath (Split-Path $file)
            try {
                Save-ContainerImage greeting -Destination ./saved.tar
            }
            finally {
                Pop-Location
            }

            $file | Should -Exist
        }

        It 'makes a name of the image''s in a folder that is there' {
            $folder = Split-Path $file
            (Save-ContainerImage greeting -Destination $folder -PassThru).Name | Should -BeExactly 'greeting_latest.tar'
            "$folder/greeting_latest.tar" | Should -Exist
        }

        It 'does not replace a file without -Force' {
            [IO.File]::WriteAllText($file, 'precious')
            { Save-ContainerImage greeting -Destination $file } | Should -Throw -ErrorId "DestinationExists,$command"
            [IO.File]::ReadAllText($file) | Should -BeExactly 'precious'
            Save-ContainerImage greeting -Destination $file -Force
            (Import-ContainerImage $file).Id | Should -BeExactly $sampleId
        }

        It 'replaces a folder with -Force only if it is of that format' {
            $folder = Get-NewPath 'layout'
            Save-ContainerImage greeting -Format oci-dir -Destination $folder
            { Save-ContainerImage greeting -Format oci-dir -Destination $folder } | Should -Throw -ErrorId "DestinationExists,$command"
            Save-ContainerImage greeting -Format oci-dir -Destination $folder -Force
            $letters = Get-NewPath 'letters'
            $null = [IO.Directory]::CreateDirectory($letters)
            [IO.File]::WriteAllText("$letters/letter.txt", 'precious')
            { Save-ContainerImage greeting -Format oci-dir -Destination $letters -Force } |
                Should -Throw -ErrorId "DestinationExists,$command"
            "$letters/letter.txt" | Should -Exist
        }

        It 'leaves nothing where it cannot write' {
            $nowhere = [IO.Path]::Combine((Split-Path $file), 'missing', 'saved.tar')
            { Save-ContainerImage greeting -Destination $nowhere } | Should -Throw -ErrorId "DestinationNotWritable,$command"
        }

        It 'leaves the old file, and no other, when a layer is gone' {
            $layer = Get-BlobFile $store | Sort-Object Length -Descending | Select-Object -First 1
            Remove-Item -LiteralPath $layer.FullName -Force
            [IO.File]::WriteAllText($file, 'precious')
            { Save-ContainerImage greeting -Destination $file -Force } | Should -Throw -ErrorId "ContentMissing,$command"
            [IO.File]::ReadAllText($file) | Should -BeExactly 'precious'
            @(Get-ChildItem -LiteralPath (Split-Path $file) -Force).Count | Should -Be 1
        }
    }

    Context 'what-if' {
        It 'says what it would do, and writes nothing' {
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'localhost/team/other:1' })
            Get-WhatIfLine { Get-ContainerImage greeting, team/* | Save-ContainerImage -Destination $file -WhatIf } |
                Should -BeExactly "Performing the operation `"Save 2 images as docker-archive`" on target `"$file`"."
            $file | Should -Not -Exist
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
            { Save-ContainerImage $text -Destination $file -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
            { $text | Save-ContainerImage -Destination $file -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
        }

        It 'reports an image that is not there' {
            { Save-ContainerImage missing -Destination $file } | Should -Throw -ErrorId "ImageNotFound,$command"
            $file | Should -Not -Exist
        }

        It 'refuses -AllPlatforms where the format holds one' {
            { Save-ContainerImage greeting -AllPlatforms -Destination $file } | Should -Throw -ErrorId "ConflictingParameter,$command"
            { Save-ContainerImage greeting -Format oci-archive -AllPlatforms -Platform linux/amd64 -Destination $file } |
                Should -Throw -ErrorId "ConflictingParameter,$command"
        }

        It 'reports a platform that is not there' {
            { Save-ContainerImage greeting -Platform linux/arm64 -Destination $file } | Should -Throw -ErrorId "PlatformNotFound,$command"
        }
    }

    Context 'compression' {
        It 'writes layers in <compression>, and the image stays the same' -ForEach @(
            @{ Compression = 'none'; Type = 'tar' }
            @{ Compression = 'gzip'; Type = 'tar+gzip' }
            @{ Compression = 'zstd'; Type = 'tar+zstd' }
        ) {
            Save-ContainerImage greeting -Format oci-archive -Compression $compression -Destination $file
            $null = Enter-NewStore
            $image = Import-ContainerImage $file
            $image.Id | Should -BeExactly $sampleId
            $image.Layers.MediaType | Sort-Object -Unique | Should -BeExactly "application/vnd.oci.image.layer.v1.$type"
        }

        It 'writes the same bytes each time' {
            $other = Get-NewPath 'other.tar'
            Save-ContainerImage greeting -Format oci-archive -Compression gzip -CompressionLevel 9 -Destination $file
            Save-ContainerImage greeting -Format oci-archive -Compression gzip -CompressionLevel 9 -Destination $other -ThrottleLimit 1
            (Get-FileHash -LiteralPath $file).Hash | Should -Be (Get-FileHash -LiteralPath $other).Hash
        }

        It 'refuses what does not go together: <arguments>' -ForEach @(
            @{ Arguments = '-Compression gzip'; Id = 'ConflictingParameter'; Splat = @{ Compression = 'gzip' } }
            @{ Arguments = '-Compression zstd'; Id = 'UnsupportedConversion'; Splat = @{ Compression = 'zstd' } }
            @{ Arguments = '-CompressionLevel 3'; Id = 'ConflictingParameter'; Splat = @{ Format = 'oci-archive'; CompressionLevel = 3 } }
            @{ Arguments = 'gzip level 10'; Id = 'ConflictingParameter'; Splat = @{ Format = 'oci-archive'; Compression = 'gzip'; CompressionLevel = 10 } }
        ) {
            { Save-ContainerImage greeting -Destination $file @splat } | Should -Throw -ErrorId "$id,$command"
            $file | Should -Not -Exist
        }
    }

    Context 'incremental archives' {
        It 'leaves out what is excluded, and importing completes it' {
            Save-ContainerImage greeting -Destination $file
            $whole = (Get-Item -LiteralPath $file).Length
            Save-ContainerImage greeting -Exclude greeting -Destination $file -Force
            (Get-Item -LiteralPath $file).Length | Should -BeLessThan $whole
            (Import-ContainerImage $file).Id | Should -Be $sampleId
        }

        It 'writes nothing where what is excluded is not there' {
            { Save-ContainerImage greeting -Exclude nothing -Destination $file } | Should -Throw -ErrorId "ImageNotFound,$command"
            Test-Path -LiteralPath $file | Should -BeFalse
        }
    }

    Context 'what refers to an image' {
        It 'goes along with -IncludeReferrers where a format has a place for it' {
            $with = Get-NewPath 'with.tar'
            Save-ContainerImage greeting -Format oci-archive -IncludeReferrers -Destination $with
            (Import-ContainerImage $with -StorePath (Get-NewPath 'other') -ThrottleLimit 1).Id | Should -BeExactly $sampleId
            { Save-ContainerImage greeting -Format docker-archive -IncludeReferrers -Destination (Get-NewPath 'a.tar') } | Should -Throw -ErrorId 'ConflictingParameter,*'
        }
    }

    Context 'completion' {
        It 'offers names, formats and platforms' {
            (Get-Completion 'Save-ContainerImage localhost/g').CompletionText | Should -Be 'localhost/greeting:latest'
            (Get-Completion 'Save-ContainerImage greeting -Format oci').CompletionText | Should -Be 'oci-archive', 'oci-dir'
            (Get-Completion 'Save-ContainerImage greeting -Platform linux/am').CompletionText | Should -Contain 'linux/amd64'
        }
    }

    Context 'in a runbook' {
        It 'can be mocked' {
            Mock Save-ContainerImage { }
            Get-ContainerImage greeting | Save-ContainerImage -Destination ./x.tar -Format oci-archive
            Should -Invoke Save-ContainerImage -Times 1 -Exactly -ParameterFilter {
                $InputObject.Id -eq $sampleId -and $Destination -eq './x.tar' -and $Format -eq 'oci-archive'
            }
        }
    }
}
