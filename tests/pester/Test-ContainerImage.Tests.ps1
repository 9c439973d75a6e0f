BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.TestContainerImageCommand'
}

AfterAll {
    $env:CONTAINERIMAGES_STORE = $null
}

Describe 'Test-ContainerImage' {
    BeforeEach {
        $store = Enter-SampleStore
    }

    Context 'a sound image, and one that lacks a layer' {
        It 'says so by <what>' -ForEach @(
            @{ What = 'name'; Act = { Test-ContainerImage greeting @detailed } }
            @{ What = 'ID'; Act = { Test-ContainerImage -Id $sampleId.Substring(0, 6) @detailed } }
            @{ What = 'object'; Act = { Test-ContainerImage (Get-ContainerImage greeting) @detailed } }
            @{ What = 'object from the pipeline'; Act = { Get-ContainerImage | Test-ContainerImage @detailed } }
            @{ What = 'text from the pipeline'; Act = { 'greeting' | Test-ContainerImage @detailed } }
            @{ What = 'a deserialized object'; Act = { ConvertTo-Deserialized (Get-ContainerImage) | Test-ContainerImage @detailed } }
            @{ What = 'property Id'; Act = { [pscustomobject]@{ Id = $sampleId } | Test-ContainerImage @detailed } }
            @{ What = 'pattern'; Act = { Test-ContainerImage greet* @detailed } }
        ) {
            $detailed = @{}
            . $act | Should -BeTrue
            Hide-LargestBlob $store
            . $act | Should -BeFalse
            $detailed = @{ Detailed = $true }
            $finding = . $act
            $finding | Should -BeOfType ContainerImages.VerificationFinding
            $finding.Kind | Should -BeExactly 'BlobMissing'
            $finding.Id | Should -BeExactly $sampleId
            $finding.Reference | Should -BeExactly 'localhost/greeting:latest'
            "$finding" | Should -Match '^Layer sha256:[0-9a-f]{64} is missing\.'
        }

        It 'tells damage that keeps the length by hashing alone' {
            $file = Get-BlobFile $store | Sort-Object Length -Descending | Select-Object -First 1
            $bytes = [IO.File]::ReadAllBytes($file.FullName)
            $bytes[100] = $bytes[100] -bxor 1
            Remove-Item -LiteralPath $file.FullName -Force
            [IO.File]::WriteAllBytes($file.FullName, $bytes)
            Test-ContainerImage greeting | Should -BeFalse
            Test-ContainerImage greeting -SizeOnly | Should -BeTrue
        }

        It 'filters images' {
            $null = Import-ContainerImage (Write-ImageFolder @{ Name = 'localhost/other:1'; Layers = 3 })
            Hide-LargestBlob $store
            @(Get-ContainerImage | Where-Object { -not (Test-ContainerImage $_) }).Count | Should -Be 1
        }
    }

    Context 'what is not there' {
        It 'is false' {
            Test-ContainerImage missing:1 | Should -BeFalse
            Test-ContainerImage missing* | Should -BeFalse
            Test-ContainerImage greeting -Platform linux/s390x | Should -BeFalse
            $image = Get-ContainerImage greeting
            Remove-ContainerImage greeting
            $image | Test-ContainerImage | Should -BeFalse
        }

        It 'is a finding that names what to ask a registry for' {
            $finding = Test-ContainerImage missing:1 -Detailed
            $finding.Kind | Should -BeExactly 'ImageMissing'
            $finding.Reference | Should -BeExactly 'missing:1'
        }
    }

    Context 'several at once' {
        It 'answers each in its place' {
            Test-ContainerImage greeting, missing, greeting | Should -Be $true, $false, $true
        }

        It 'reports what makes no sense, and answers the others' {
            Test-ContainerImage 'Not a name', greeting -ErrorAction SilentlyContinue -ErrorVariable problem | Should -Be $true
            $problem[0].FullyQualifiedErrorId | Should -BeExactly "InvalidReference,$command"
        }
    }

    Context 'in a runbook' {
        It 'can be mocked' {
            Mock Test-ContainerImage { $false }
            Get-ContainerImage | Test-ContainerImage | Should -BeFalse
            Should -Invoke Test-ContainerImage -Times 1 -Exactly -ParameterFilter { $InputObject.Id -eq $sampleId }
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
            { Test-ContainerImage $text -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
            { $text | Test-ContainerImage -ErrorAction Stop } | Should -Throw '*begins with the transport*' -ErrorId "InvalidReference,$command"
        }
    }

    Context 'completion' {
        It 'offers names' {
            (Get-Completion 'Test-ContainerImage localhost/g').CompletionText | Should -Be 'localhost/greeting:latest'
        }
    }
}
