BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.OptimizeImageStoreCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Optimize-ImageStore' {
    BeforeEach {
        $store = Enter-NewStore
        $null = Import-ContainerImage (Write-ImageFolder @(
                @{ Layers = 1; Seed = 1 }
                @{ Layers = 2; Seed = 1 }
                @{ Name = 'localhost/team/app:1'; Seed = 2; Created = '2026-01-01T00:00:00Z' }
                @{ Name = 'localhost/team/app:2'; Seed = 3; Created = '2026-01-02T00:00:00Z'; Label = @{ stage = 'build-7' } }
                @{ Name = 'localhost/team/app:3', 'localhost/prod:1'; Seed = 4; Created = '2026-01-03T00:00:00Z' }
            ))
        $named = 'localhost/team/app:1', 'localhost/team/app:2', 'localhost/team/app:3', 'localhost/prod:1'
    }

    Context 'without parameters' {
        It 'removes images without names, and what they were built on' {
            Optimize-ImageStore | Should -BeNullOrEmpty
            (Get-ContainerImage).Names | Sort-Object | Should -Be ($named | Sort-Object)
            Get-ContainerImage -Dangling | Should -BeNullOrEmpty
        }

        It 'gives back what Measure-ImageStore said' {
            $before = Measure-ImageStore
            Optimize-ImageStore
            (Measure-ImageStore).TotalBytes | Should -Be ($before.TotalBytes - $before.ReclaimableBytes)
            (Measure-ImageStore).ReclaimableBytes | Should -Be 0
        }

        It 'says with -PassThru what was done' {
            $removal = Optimize-ImageStore -PassThru
            $removal | Should -BeOfType ContainerImages.ImageRemoval
            $removal.Removed | Should -BeTrue
            @($removal.RemovedParents).Count | Should -Be 1
            $removal.FreedBytes | Should -BeGreaterThan 1000
            $removal.StorePath | Should -Be $store
        }

        It 'collects old blobs that no image leads to, and young ones by force' {
            $young = "$store/blobs/sha256/" + '1' * 64
            $old = "$store/blobs/sha256/" + '2' * 64
            $young, $old | ForEach-Object { [IO.File]::WriteAllText($_, 'x') }
            [IO.File]::SetLastWriteTimeUtc($old, [DateTime]::UtcNow.AddHours(-2))
            Optimize-ImageStore
            [IO.File]::Exists($young) | Should -BeTrue
            [IO.File]::Exists($old) | Should -BeFalse
            Optimize-ImageStore -Force
            [IO.File]::Exists($young) | Should -BeFalse
        }

        It 'clears leases that have ended' {
            $null = New-ImageLease prod:1 -Name old -Until (Get-Date).AddDays(-1) -WarningAction SilentlyContinue
            Optimize-ImageStore
            Get-ImageLease | Should -BeNullOrEmpty
        }

        It 'does nothing where there is no store' {
            Optimize-ImageStore -StorePath ($path = Get-NewPath 'none')
            Test-Path $path | Should -BeFalse
        }
    }

    Context 'more' {
        It 'leaves <left> of the names with <what>' -ForEach @(
            @{ What = '-All'; Act = { Optimize-ImageStore -All }; Left = @() }
            @{ What = '-Keep'; Act = { Optimize-ImageStore team/* -Keep 2 }; Left = 'localhost/prod:1', 'localhost/team/app:2', 'localhost/team/app:3' }
            @{ What = '-Until'; Act = { Optimize-ImageStore -All -Until ([DateTimeOffset]'2026-01-02T12:00:00Z') }; Left = 'localhost/prod:1', 'localhost/team/app:3' }
            @{ What = '-Label'; Act = { Optimize-ImageStore -All -Label stage=build* }; Left = 'localhost/prod:1', 'localhost/team/app:1', 'localhost/team/app:3' }
            @{ What = 'a pattern'; Act = { Optimize-ImageStore *:3 -All }; Left = 'localhost/prod:1', 'localhost/team/app:1', 'localhost/team/app:2' }
            @{ What = '-MaximumSize'; Act = { Optimize-ImageStore -MaximumSize 50KB }; Left = 'localhost/prod:1', 'localhost/team/app:3' }
        ) {
            . $act
            (Get-ContainerImage | ForEach-Object { $_.Names } | Sort-Object) -join ' ' | Should -Be ($left -join ' ')
        }

        It 'keeps what is leased, unless by force' {
            $null = New-ImageLease team/app:1 -Name web1
            Optimize-ImageStore -All
            (Get-ContainerImage).Names | Should -Be 'localhost/team/app:1'
            Optimize-ImageStore -All -Force
            Get-ContainerImage | Should -BeNullOrEmpty
        }

        It 'warns where the store cannot be made so small' {
            $null = New-ImageLease team/app:1 -Name web1
            Optimize-ImageStore -MaximumSize 1 -WarningVariable warning -WarningAction SilentlyContinue
            "$warning" | Should -BeLike '*more than -MaximumSize allows*'
        }
    }

    Context 'what-if' {
        It 'names each image with the bytes it gives back, and removes nothing' {
            $lines = Get-WhatIfLine { Optimize-ImageStore -All -WhatIf }
            $lines.Count | Should -Be 5
            $lines | Where-Object { $_ -match '^Performing the operation "Remove image \([\d.]+ k?B\)" on target "localhost/team/app:1 \([0-9a-f]{12}\)"\.$' } |
                Should -Not -BeNullOrEmpty
            @(Get-ContainerImage).Count | Should -Be 5
        }

        It 'names the content that no image leads to' {
            [IO.File]::WriteAllBytes("$store/blobs/sha256/" + '1' * 64, (New-Object byte[] 3100000))
            Optimize-ImageStore
            Get-WhatIfLine { Optimize-ImageStore -Force -WhatIf } |
                Should -BeExactly "Performing the operation `"Remove unreferenced content (3.1 MB)`" on target `"$store`"."
        }
    }

    Context 'errors' {
        It 'refuses <what>' -ForEach @(
            @{ What = '-All with -Keep'; Act = { Optimize-ImageStore -All -Keep 1 } }
            @{ What = '-All with -MaximumSize'; Act = { Optimize-ImageStore -All -MaximumSize 1GB } }
        ) {
            { . $act } | Should -Throw -ErrorId "ConflictingParameter,$command"
        }

        It 'does not take a variable that is not set for a wish' {
            $unset = $null
            { Optimize-ImageStore -Keep $unset } | Should -Throw
            { Optimize-ImageStore -All -Until $unset } | Should -Throw
            { Optimize-ImageStore $unset -All } | Should -Throw
            @(Get-ContainerImage).Count | Should -Be 5
        }
    }

    Context 'in a runbook' {
        It 'can be mocked' {
            Mock Optimize-ImageStore { [ContainerImages.ImageRemoval]@{ Id = 'a' * 64; Removed = $true; FreedBytes = 2GB } }
            (Optimize-ImageStore -PassThru | Measure-Object -Property FreedBytes -Sum).Sum | Should -Be 2GB
        }
    }
}
