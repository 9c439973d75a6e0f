BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.GetContainerImageCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Get-ContainerImage' {
    Context 'a store that is not there' {
        It 'is empty' {
            $store = Enter-NewStore
            Get-ContainerImage | Should -BeNullOrEmpty
            $store | Should -Not -Exist
        }
    }

    Context 'names' {
        BeforeAll {
            $store = Enter-NewStore
            $null = Import-ContainerImage (Write-ImageFolder -Image @(
                    @{ Name = 'docker.io/library/debian:12', 'docker.io/library/debian:latest' }
                    @{ Name = 'docker.io/library/debian:11'; Seed = 1; Created = '2025-01-01T00:00:00Z' }
                    @{ Name = 'localhost/team/app:1', 'registry.example.com:5000/team/app:1'; Seed = 2; Created = '2026-02-01T00:00:00Z' }
                    @{ Name = 'quay.io/other/app:2'; Seed = 3; Created = '2026-03-01T00:00:00Z' }))
        }

        It 'lists all, the newest first' {
            (Get-ContainerImage).Reference | Should -Be 'quay.io/other/app:2', 'localhost/team/app:1', 'docker.io/library/debian:12',
            'docker.io/library/debian:11'
        }

        It 'finds <text>' -ForEach @(
            @{ Text = 'debian'; Names = 'docker.io/library/debian:latest' }
            @{ Text = 'debian:11'; Names = 'docker.io/library/debian:11' }
            @{ Text = 'docker.io/library/debian:12'; Names = 'docker.io/library/debian:12' }
            @{ Text = 'team/app:1'; Names = 'localhost/team/app:1' }
            @{ Text = 'registry.example.com:5000/team/app:1'; Names = 'registry.example.com:5000/team/app:1' }
            @{ Text = 'app:2'; Names = 'quay.io/other/app:2' }
            @{ Text = 'debian:1[12]'; Names = 'docker.io/library/debian:12', 'docker.io/library/debian:11' }
            @{ Text = 'DEBIAN:*'; Names = 'docker.io/library/debian:12', 'docker.io/library/debian:11' }
            @{ Text = '*/team/*'; Names = 'localhost/team/app:1' }
            @{ Text = 'quay.io/*'; Names = 'quay.io/other/app:2' }
            @{ Text = 'store:debian:12'; Names = 'docker.io/library/debian:12' }
        ) {
            (Get-ContainerImage $text).Reference | Sort-Object | Should -Be ($names | Sort-Object)
        }

        It 'finds an image by its ID behind a name, and shows it by that name' {
            $id = (Get-ContainerImage team/app:1).Id
            (Get-ContainerImage "registry.example.com:5000/team/app@$($id.Substring(0, 12))").Reference |
                Should -Be 'registry.example.com:5000/team/app:1'
            (Get-ContainerImage "@$id").Id | Should -Be $id
            { Get-ContainerImage "quay.io/other/app@$id" -ErrorAction Stop } | Should -Throw -ErrorId "ImageNotFound,$command"
        }

        It 'refuses <text>, which is in no store' -ForEach @(
            @{ Text = 'docker://docker.io/library/debian:12' }
            @{ Text = 'docker-archive:./debian.tar' }
            @{ Text = 'containers-storage:debian:12' }
        ) {
            { Get-ContainerImage $text -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
            { $text | Get-ContainerImage -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
        }

        It 'remembers which names matched' {
            (Get-ContainerImage debian:12).MatchedNames | Should -Be 'docker.io/library/debian:12'
            (Get-ContainerImage debian:*).MatchedNames | Sort-Object |
                Should -Be 'docker.io/library/debian:11', 'docker.io/library/debian:12', 'docker.io/library/debian:latest'
            (Get-ContainerImage)[0].MatchedNames | Should -BeNullOrEmpty
        }

        It 'gives them in the order asked for' {
            (Get-ContainerImage debian:11, app:2).Reference | Should -Be 'docker.io/library/debian:11', 'quay.io/other/app:2'
        }

        It 'finds nothing by a pattern that matches nothing' {
            Get-ContainerImage ubuntu:* | Should -BeNullOrEmpty
        }

        It 'reports a name that is not there, and goes on' {
            $images = Get-ContainerImage debain, debian:11 -ErrorAction SilentlyContinue -ErrorVariable problem
            $images.Reference | Should -Be 'docker.io/library/debian:11'
            $problem.Count | Should -Be 1
            $problem[0].FullyQualifiedErrorId | Should -BeExactly "ImageNotFound,$command"
            $problem[0].CategoryInfo.Category | Should -Be ObjectNotFound
            $problem[0].TargetObject | Should -Be 'debain'
            $problem[0].ErrorDetails.RecommendedAction | Should -BeLike '*debian*'
        }

        It 'reports a name that fits several images, with all of them' {
            $layout = Write-ImageFolder @{ Name = 'a.example.com/x/tool:1'; Seed = 4 }, @{ Name = 'b.example.com/x/tool:1'; Seed = 5 }
            $null = Import-ContainerImage $layout -StorePath ($other = Get-NewPath 'store')
            { Get-ContainerImage tool:1 -StorePath $other } |
                Should -Throw '*a.example.com/x/tool:1*b.example.com/x/tool:1*' -ErrorId "AmbiguousReference,$command"
        }

        It 'refuses what is no reference' {
            { Get-ContainerImage 'Debian Linux' } | Should -Throw -ErrorId "InvalidReference,$command"
        }

        It 'finds by ID, short and long, and by digest' {
            $image = Get-ContainerImage debian:12
            Get-ContainerImage $image.Id | Should -Be $image
            Get-ContainerImage $image.Id.Substring(0, 12) | Should -Be $image
            Get-ContainerImage "sha256:$($image.Id)" | Should -Be $image
            Get-ContainerImage -Id $image.Id.Substring(0, 8) | Should -Be $image
            Get-ContainerImage "debian@$($image.Digest)" | Should -Be $image
            Get-ContainerImage -Digest $image.Digest | Should -Be $image
        }

        It 'looks into the store that is named' {
            $null = Import-ContainerImage $sample -StorePath ($other = Get-NewPath 'store')
            (Get-ContainerImage -StorePath $other).Reference | Should -Be 'localhost/greeting:latest'
            (Get-ContainerImage greeting -Store $other).StorePath | Should -Be $other
        }
    }

    Context 'pipeline' {
        BeforeAll {
            $store = Enter-NewStore
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'docker.io/library/a:1', 'docker.io/library/a:2' }, @{ Seed = 1 })
            $named = Get-ContainerImage a:1
            $nameless = Get-ContainerImage -Dangling
        }

        It 'takes text' {
            ('a:1', 'a:2' | Get-ContainerImage).Reference | Should -Be 'docker.io/library/a:1', 'docker.io/library/a:2'
        }

        It 'takes objects with a Reference' {
            ([pscustomobject]@{ Reference = 'a:2' } | Get-ContainerImage).Reference | Should -Be 'docker.io/library/a:2'
            ([pscustomobject]@{ Image = 'a:2' } | Get-ContainerImage).Reference | Should -Be 'docker.io/library/a:2'
        }

        It 'takes images back from <from>' -ForEach @(
            @{ From = 'CliXml, as from jobs and remoting'; Convert = { ConvertTo-Deserialized $image } }
            @{ From = 'JSON'; Convert = { $image | Select-Object Id, Reference, StorePath | ConvertTo-Json | ConvertFrom-Json } }
            @{ From = 'CSV'; Convert = { $image | Select-Object Id, Reference, StorePath | ConvertTo-Csv | ConvertFrom-Csv } }
            @{ From = 'Select-Object'; Convert = { $image | Select-Object Id } }
        ) {
            foreach ($image in $named, $nameless) {
                $found = & $convert | Get-ContainerImage
                @($found).Count | Should -Be 1
                $found | Should -BeOfType ContainerImages.ContainerImage
                $found.Id | Should -BeExactly $image.Id
            }
        }

        It 'takes what docker prints as JSON' {
            $line = '{"ID":"' + $named.Id.Substring(0, 12) + '","Repository":"a","Tag":"1"}'
            ($line | ConvertFrom-Json | Get-ContainerImage).Id | Should -BeExactly $named.Id
        }

        It 'looks for an image in its own store' {
            $env:CONTAINERIMAGES_STORE = Get-NewPath 'store'
            try {
                (ConvertTo-Deserialized $named | Get-ContainerImage).StorePath | Should -Be $store
                ($named | Get-ContainerImage).StorePath | Should -Be $store
            }
            finally {
                $env:CONTAINERIMAGES_STORE = $store
            }
        }

        It 'reads an image again, and reports one that is gone' {
            $null = Import-ContainerImage $sample -StorePath ($other = Get-NewPath 'store')
            $image = Get-ContainerImage -StorePath $other
            $image | Get-ContainerImage | Should -Be $image
            $image | Remove-ContainerImage
            { $image | Get-ContainerImage } | Should -Throw -ErrorId "ImageNotFound,$command"
        }

        It 'refuses an Id that is too short to come by the pipeline' {
            { [pscustomobject]@{ Id = '12345' } | Get-ContainerImage } | Should -Throw -ErrorId "InvalidImageId,$command"
            { Get-Process -Id $PID | Get-ContainerImage } | Should -Throw -ErrorId "InvalidImageId,$command"
        }

        It 'refuses what names no image, and does not list the store instead' {
            { [pscustomobject]@{ Colour = 'red' } | Get-ContainerImage } | Should -Throw -ErrorId "ImageNotIdentified,$command"
        }

        It 'does not take the Name of other things for a reference' {
            $thing = [pscustomobject]@{ Name = 'a:1' }
            { $thing | Get-ContainerImage } | Should -Throw -ErrorId "ImageNotIdentified,$command"
        }

        It 'does not take the text of other things for a reference' {
            $file = [IO.FileInfo]'a:1'
            "$file" | Should -Be 'a:1'
            { $file | Get-ContainerImage } | Should -Throw -ErrorId "ImageNotIdentified,$command"
        }
    }

    Context 'filters' {
        BeforeAll {
            $store = Enter-NewStore
            $null = Import-ContainerImage (Write-ImageFolder -Image @(
                    @{ Name = 'docker.io/library/old:1'; Created = '2024-01-01T00:00:00Z'; Seed = 1; Label = @{ team = 'ops'; tier = '1' } }
                    @{ Name = 'docker.io/library/middle:1'; Created = '2025-01-01T00:00:00Z'; Seed = 2; Label = @{ team = 'dev' } }
                    @{ Name = 'docker.io/library/new:1'; Created = '2026-01-01T00:00:00Z'; Seed = 3; Layers = 2 }
                    @{ Created = '2023-01-01T00:00:00Z'; Seed = 3 }
                    @{ Created = '2022-01-01T00:00:00Z'; Seed = 4 }))
        }

        It 'shows what <arguments> asks for' -ForEach @(
            @{ Arguments = @{ Label = 'team' }; Names = 'middle', 'old' }
            @{ Arguments = @{ Label = 'team=ops' }; Names = 'old' }
            @{ Arguments = @{ Label = 'team=*s', 'tier=1' }; Names = 'old' }
            @{ Arguments = @{ Label = 'team=ops', 'tier=2' }; Names = @() }
            @{ Arguments = @{ Before = 'middle:1'; Dangling = $false; Intermediate = $false }; Names = 'old' }
            @{ Arguments = @{ Since = 'middle:1' }; Names = 'new' }
            @{ Arguments = @{ Since = 'old:1'; Before = 'new:1' }; Names = 'middle' }
            @{ Arguments = @{ Until = [DateTimeOffset]'2024-06-01T00:00:00Z'; Reference = '*' }; Names = 'old' }
            @{ Arguments = @{ Dangling = $false; Intermediate = $false }; Names = 'new', 'middle', 'old' }
        ) {
            @(Get-ContainerImage @arguments | ForEach-Object { "$_" -replace '.*/|:.*' }) | Should -Be @($names)
        }

        It 'tells dangling images from intermediate ones' {
            (Get-ContainerImage -Dangling).Created.Year | Should -Be 2022
            (Get-ContainerImage -Intermediate).Created.Year | Should -Be 2023
            (Get-ContainerImage -Dangling).Dangling | Should -BeTrue
            (Get-ContainerImage -Intermediate).Intermediate | Should -BeTrue
        }

        It 'shows parents first and their children under them' {
            $images = Get-ContainerImage -Tree
            $parent = $images | Where-Object { $_.Created.Year -eq 2023 }
            $child = $images[[Array]::IndexOf($images, $parent) + 1]
            $child.Reference | Should -Be 'docker.io/library/new:1'
            $parent.Depth, $child.Depth | Should -Be 0, 1
            $child.Parent | Should -BeExactly $parent.Id
            $parent.Children | Should -Be $child.Id
        }
    }

    Context 'platforms' {
        BeforeAll {
            $store = Enter-NewStore
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'docker.io/library/multi:1'; Platform = 'linux/s390x', 'linux/ppc64le' })
        }

        It 'gives one object for a multi-platform image' {
            $image = Get-ContainerImage
            @($image).Count | Should -Be 1
            $image.Platform | Should -BeExactly 'linux/s390x'
            $image.Platforms | Should -Be 'linux/s390x', 'linux/ppc64le'
            $image.RootDigest | Should -Not -Be $image.Digest
        }

        It 'gives the platform asked for' {
            (Get-ContainerImage multi:1 -Platform linux/ppc64le).Platform | Should -BeExactly 'linux/ppc64le'
            (Get-ContainerImage -Platform linux/*).Platform | Should -Be 'linux/s390x', 'linux/ppc64le'
        }

        It 'gives all' {
            (Get-ContainerImage -AllPlatforms).Platform | Should -Be 'linux/s390x', 'linux/ppc64le'
        }

        It 'reports a platform that is not there, and says which are' {
            { Get-ContainerImage multi:1 -Platform windows/amd64 } |
                Should -Throw '*linux/s390x*linux/ppc64le*' -ErrorId "PlatformNotFound,$command"
        }

        It 'refuses -Platform with -AllPlatforms' {
            { Get-ContainerImage -Platform linux/s390x -AllPlatforms } | Should -Throw -ErrorId "ConflictingParameter,$command"
        }

        It 'refuses what is no platform' {
            { Get-ContainerImage -Platform a/b/c/d/e } | Should -Throw -ErrorId "InvalidPlatform,$command"
        }
    }

    Context 'the object' {
        BeforeAll {
            $store = Enter-SampleStore
            $image = Get-ContainerImage greeting
        }

        It 'has its summary with types' {
            $image.Id | Should -BeExactly $sampleId
            $image.Digest | Should -Match '^sha256:[0-9a-f]{64}$'
            $image.Created | Should -BeOfType DateTimeOffset
            $image.Created.ToUniversalTime().ToString('yyyy-MM-dd') | Should -Be '2026-01-01'
            $image.Size | Should -BeOfType long
            $image.Os, $image.Architecture | Should -Be 'linux', 'amd64'
            $image.RepoTags | Should -Be 'localhost/greeting:latest'
        }

        It 'has what its config says' {
            $image.Author | Should -BeExactly 'The ContainerImages authors'
            $image.User | Should -BeExactly '1000:1000'
            $image.Config.Cmd | Should -Be '/bin/greet'
            $image.Labels.'org.opencontainers.image.title' | Should -BeExactly 'greeting'
            $image.GetLabel('ORG.opencontainers.image.TITLE') | Should -BeExactly 'greeting'
            $image.GetLabel('none') | Should -BeNullOrEmpty
            $image.RootFS.Layers.Count | Should -Be 3
            @($image.Layers).Count | Should -Be 3
            @($image.Layers.Present | Sort-Object -Unique) | Should -Be $true
            ($image.ImageConfig | ConvertFrom-Json).architecture | Should -Be 'amd64'
        }

        It 'shows its reference as text' {
            "$image" | Should -BeExactly 'localhost/greeting:latest'
        }

        It 'equals another object of the same image, and no other' {
            $image -eq (Get-ContainerImage -Id $sampleId) | Should -BeTrue
            $image -eq [ContainerImages.ContainerImage]@{ Id = 'b' * 64 } | Should -BeFalse
        }

        It 'inspects as podman does' {
            $json = $image.Inspect().ToJson() | ConvertFrom-Json
            $json.Id | Should -BeExactly $sampleId
            $json.RepoTags | Should -Be 'localhost/greeting:latest'
            $json.Config.Cmd | Should -Be '/bin/greet'
            $json.RootFS.Layers.Count | Should -Be 3
            $json.Size | Should -Be $image.Size
        }

        It 'is made of a hash table for tests' {
            $fake = [ContainerImages.ContainerImage]@{ Id = 'c' * 64; Names = 'docker.io/library/app:1'; Size = 5MB; Labels = @{ a = 'b' } }
            $fake.Reference | Should -BeExactly 'docker.io/library/app:1'
            $fake.Size | Should -Be 5MB
            $fake.Labels.a | Should -Be 'b'
            { [ContainerImages.ContainerImage]@{ Id = 'c' * 64; Nmaes = 'x' } } | Should -Throw '*Nmaes*'
        }

        It 'says that a fake has no store, where a property would be read from it' {
            $fake = [ContainerImages.ContainerImage]@{ Id = 'c' * 64 }
            { $fake.Inspect() } | Should -Throw '*no store*'
        }

        It 'is made of a deserialized one' {
            $again = [ContainerImages.ContainerImage](ConvertTo-Deserialized $image)
            $again | Should -Be $image
            $again.Size | Should -Be $image.Size
            $again.Created | Should -Be $image.Created
        }
    }

    Context 'views' {
        BeforeAll {
            $store = Enter-SampleStore
            Add-ImageTag greeting docker.io/library/greeting:1, team/greeting:a, team/greeting:b, team/greeting:c
        }

        It 'is a table of names, ID, date, size and platform' {
            $lines = (Get-ContainerImage | Out-String -Width 120).Trim() -split '\r?\n'
            $lines[0] | Should -Match '^Names +Id +Created +Size +Platform *$'
            $lines[2] | Should -Match "^\S+ +$($sampleId.Substring(0, 12)) .+ ago +[\d.]+ kB linux/amd64 *$"
            ($lines | Measure-Object -Property Length -Maximum).Maximum | Should -BeLessOrEqual 120
        }

        It 'shows names in their short form, and how many more there are' {
            $text = Get-ContainerImage | Out-String -Width 120
            $text | Should -Match '(?m)^localhost/greeting:latest '
            $text | Should -Match '(?m)^greeting:1 *$'
            $text | Should -Match '(?m)^\+1 more *$'
        }

        It 'shows an image without names too' {
            Get-ContainerImage | Remove-ImageTag -All
            Get-ContainerImage | Out-String -Width 120 | Should -Match '(?m)^<none> +0679216bcb6c '
            Get-ContainerImage | Add-ImageTag -Tag greeting
        }

        It 'has a list view with what identifies it' {
            $text = Get-ContainerImage | Format-List | Out-String -Width 120
            foreach ($property in 'Reference', 'Names', 'Id', 'Digest', 'Created', 'Size', 'Platform', 'Parent', 'Author', 'Labels', 'StorePath') {
                $text | Should -Match "(?m)^$property +: "
            }

            $text | Should -Match $sampleId
        }

        It 'shows a tree by indenting' {
            $layout = Write-ImageFolder @{ Name = 'docker.io/library/base:1' }, @{ Name = 'docker.io/library/child:1'; Layers = 2 }
            $null = Import-ContainerImage $layout -StorePath ($other = Get-NewPath 'store')
            $text = Get-ContainerImage -Tree -StorePath $other | Out-String -Width 120
            $text | Should -Match '(?m)^base:1 .*\r?\n +child:1 '
        }
    }

    Context 'completion' {
        BeforeAll {
            $store = Enter-SampleStore
            Add-ImageTag greeting docker.io/library/debian:12, team/app:1
        }

        It 'offers names and IDs' {
            (Get-Completion 'Get-ContainerImage deb').CompletionText | Should -Be 'debian:12'
            (Get-Completion 'Get-ContainerImage localhost/gr').CompletionText | Should -Be 'localhost/greeting:latest'
            (Get-Completion "Get-ContainerImage $($sampleId.Substring(0, 3))").CompletionText | Should -Be $sampleId.Substring(0, 12)
            (Get-Completion 'Get-ContainerImage -Id 0').CompletionText | Should -Be $sampleId.Substring(0, 12)
            (Get-Completion 'Get-ContainerImage deb').ToolTip | Should -Match 'ago'
        }

        It 'offers platforms' {
            (Get-Completion 'Get-ContainerImage -Platform linux/am').CompletionText | Should -Contain 'linux/amd64'
        }

        It 'looks into the store that was typed before' {
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'docker.io/library/debian:11' }) -StorePath ($other = Get-NewPath 'store')
            (Get-Completion "Get-ContainerImage -StorePath '$other' deb").CompletionText | Should -Be 'debian:11'
        }

        It 'offers nothing of a broken store, and no error' {
            $broken = Get-NewPath 'store'
            [IO.File]::WriteAllText($broken, 'no store')
            $count = $Error.Count
            Get-Completion "Get-ContainerImage -StorePath '$broken' deb" | Should -BeNullOrEmpty
            $Error.Count | Should -Be $count
        }
    }

    Context 'bad stores' {
        It 'stops at <what> with <id>' -ForEach @(
            @{ What = 'a folder that holds something else'; Id = 'StoreNotFound'; Make = { [IO.File]::WriteAllText("$path/letter.txt", 'x') } }
            @{
                What = 'a layout of another version'
                Id = 'StoreVersion'
                Make = { [IO.File]::WriteAllText("$path/oci-layout", '{"imageLayoutVersion":"9.0.0"}') }
            }
            @{
                What = 'an index that is no JSON'
                Id = 'StoreInvalid'
                Make = {
                    [IO.File]::WriteAllText("$path/oci-layout", '{"imageLayoutVersion":"1.0.0"}')
                    [IO.File]::WriteAllText("$path/index.json", '{')
                }
            }
        ) {
            $path = Get-NewPath 'store'
            $null = [IO.Directory]::CreateDirectory($path)
            . $make
            { Get-ContainerImage -StorePath $path -ErrorAction Continue } | Should -Throw -ErrorId "$id,$command"
        }
    }

    Context 'in a runbook' {
        BeforeAll {
            function Clear-OldImage([int] $KeepDays) {
                Get-ContainerImage -Until (Get-Date).AddDays(-$KeepDays) | Remove-ContainerImage -Force
            }
        }

        It 'can be mocked with typed images' {
            Mock Get-ContainerImage { [ContainerImages.ContainerImage]@{ Id = 'd' * 64; Reference = 'docker.io/library/app:1'; Size = 5MB } }
            Mock Remove-ContainerImage { }
            Clear-OldImage -KeepDays 30
            Should -Invoke Get-ContainerImage -Times 1 -Exactly -ParameterFilter { $Until -lt (Get-Date).AddDays(-29) }
            Should -Invoke Remove-ContainerImage -Times 1 -Exactly -ParameterFilter { $InputObject.Id -eq 'd' * 64 -and $Force }
        }

        It 'can be mocked with objects from JSON' {
            Mock Get-ContainerImage { '{"Id":"' + 'e' * 64 + '","Reference":null}' | ConvertFrom-Json }
            Mock Remove-ContainerImage { }
            Clear-OldImage -KeepDays 30
            Should -Invoke Remove-ContainerImage -Times 1 -Exactly -ParameterFilter { $Id -eq 'e' * 64 }
        }
    }
}
