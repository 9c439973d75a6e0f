BeforeAll {
    . "$PSScriptRoot/Common.ps1"
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Test-ImageStore' {
    BeforeEach {
        $store = Enter-SampleStore
    }

    It 'is true for a sound store, and for one that is not there' {
        Test-ImageStore | Should -BeTrue
        Test-ImageStore -SizeOnly | Should -BeTrue
        Test-ImageStore -Detailed | Should -BeNullOrEmpty
        Test-ImageStore -StorePath (Get-NewPath 'nowhere') | Should -BeTrue
    }

    It 'is false where a blob is gone, and says which' {
        $file = Get-BlobFile $store | Sort-Object Length -Descending | Select-Object -First 1
        Remove-Item -LiteralPath $file.FullName -Force
        Test-ImageStore | Should -BeFalse
        $finding = Test-ImageStore -Detailed
        $finding.Kind | Should -BeExactly 'BlobMissing'
        $finding.Digest | Should -BeExactly "sha256:$($file.Name)"
        $finding.Path | Should -BeExactly $file.FullName
        $finding | Out-String -Width 200 | Should -Match '(?m)^Severity +Kind +Message *\r?$'
    }

    It 'is true where there is only something left over' {
        $orphan = [IO.Path]::Combine($store, 'blobs', 'sha256', '0' * 64)
        [IO.File]::WriteAllText($orphan, 'x')
        $before = (Get-Date).AddHours(-2)
        [IO.File]::SetCreationTime($orphan, $before)
        [IO.File]::SetLastWriteTime($orphan, $before)
        Test-ImageStore | Should -BeTrue
        (Test-ImageStore -Detailed).Severity | Should -BeExactly 'Warning'
    }

    It 'finds a broken index' {
        [IO.File]::WriteAllText("$store/index.json", '{')
        Test-ImageStore | Should -BeFalse
        (Test-ImageStore -Detailed | Group-Object Kind).Name | Should -BeExactly 'IndexInvalid'
    }

    It 'gives findings that survive a job and a file' {
        [IO.File]::WriteAllText("$store/index.json", '{')
        $finding = Test-ImageStore -Detailed
        foreach ($again in (ConvertTo-Deserialized $finding), ($finding | ConvertTo-Json | ConvertFrom-Json), ($finding | ConvertTo-Csv | ConvertFrom-Csv)) {
            $typed = [ContainerImages.VerificationFinding]$again
            $typed.Kind | Should -BeExactly 'IndexInvalid'
            $typed.Repairable | Should -BeTrue
            $typed.Message | Should -BeExactly $finding.Message
        }
    }
}
