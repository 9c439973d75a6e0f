BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.DisconnectContainerRegistryCommand'
}

AfterAll {
    $env:REGISTRY_AUTH_FILE = $null
}

Describe 'Disconnect-ContainerRegistry' {
    BeforeEach {
        $env:REGISTRY_AUTH_FILE = Get-NewPath 'auth.json'
        Write-JsonFile -Path $env:REGISTRY_AUTH_FILE -Value @{
            auths = [ordered]@{ 'a.com' = @{ auth = 'YW5uOng=' }; 'b.com:5000' = @{ auth = 'Ym9iOng=' }; 'b.com:5000/team' = @{ auth = 'YmVhOng=' } }
            kept = $true
        }
    }

    It 'takes <gone> away, by <what>' -ForEach @(
        @{ What = 'a name'; Act = { Disconnect-ContainerRegistry a.com }; Gone = 'a.com' }
        @{ What = 'a pattern'; Act = { Disconnect-ContainerRegistry b.* }; Gone = 'b.com:5000', 'b.com:5000/team' }
        @{ What = 'an object'; Act = { [pscustomobject]@{ Registry = 'a.com' } | Disconnect-ContainerRegistry }; Gone = 'a.com' }
        @{ What = 'a star'; Act = { Disconnect-ContainerRegistry * }; Gone = 'a.com', 'b.com:5000', 'b.com:5000/team' }
    ) {
        . $act | Should -BeNullOrEmpty
        $file = Get-Content -LiteralPath $env:REGISTRY_AUTH_FILE -Raw | ConvertFrom-Json
        $file.kept | Should -BeTrue
        $left = @($file.auths.PSObject.Properties | ForEach-Object Name)
        $gone | ForEach-Object { $left | Should -Not -Contain $_ }
        $left.Count | Should -Be (3 - @($gone).Count)
    }

    It 'emits by -PassThru what is no more, without its secret' {
        $login = Disconnect-ContainerRegistry a.com -PassThru
        $login.Registry | Should -Be 'a.com'
        $login.UserName | Should -Be 'ann'
        $login.PSObject.Properties.Name | Sort-Object | Should -Be 'AuthFile', 'Registry', 'UserName'
    }

    It 'says by -WhatIf what it would do' {
        Get-WhatIfLine { Disconnect-ContainerRegistry a.com -WhatIf } | Should -Be 'Performing the operation "Log out" on target "a.com".'
    }

    It 'finds no log-in that is not there' {
        { Disconnect-ContainerRegistry c.com } | Should -Throw -ErrorId "LoginNotFound,$command"
    }

    It 'offers by Tab what there is' {
        (Get-Completion 'Disconnect-ContainerRegistry b').CompletionText | Should -Be 'b.com:5000', 'b.com:5000/team'
    }

    It 'can be mocked' {
        Mock Disconnect-ContainerRegistry {}
        Disconnect-ContainerRegistry a.com
        Should -Invoke Disconnect-ContainerRegistry -ParameterFilter { $Registry -eq 'a.com' }
    }
}
