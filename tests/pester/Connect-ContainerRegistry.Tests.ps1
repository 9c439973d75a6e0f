BeforeAll {
    . "$PSScriptRoot/Common.ps1"
    $command = 'ContainerImages.Commands.ConnectContainerRegistryCommand'
    $secret = [securestring]::new()
    'not-a-secret'.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }
    $credential = [pscredential]::new('ann', $secret)
}

AfterAll {
    $env:REGISTRY_AUTH_FILE = $null
}

Describe 'Connect-ContainerRegistry' {
    BeforeEach {
        $env:REGISTRY_AUTH_FILE = Get-NewPath 'auth.json'
    }

    It 'says by -WhatIf what it would do, by <what>' -ForEach @(
        @{ What = 'a credential'; Act = { Connect-ContainerRegistry registry.example.com $credential -WhatIf }; As = 'Log in as ann' }
        @{ What = 'a piped secret'; Act = { 'x' | Connect-ContainerRegistry registry.example.com -UserName ci -WhatIf }; As = 'Log in as ci' }
        @{ What = 'an identity token'; Act = { Connect-ContainerRegistry registry.example.com -IdentityToken $secret -WhatIf }; As = 'Log in by an identity token' }
    ) {
        Get-WhatIfLine $act | Should -Be "Performing the operation `"$as`" on target `"registry.example.com`"."
        $env:REGISTRY_AUTH_FILE | Should -Not -Exist
    }

    It 'keeps nothing for <registry>' -ForEach @(
        @{ Registry = 'team'; Id = 'InvalidReference' }
        @{ Registry = 'http://registry.example.com'; Id = 'InvalidReference' }
        @{ Registry = '127.0.0.1:9'; Id = 'RegistryUnreachable' }
    ) {
        { Connect-ContainerRegistry $registry $credential } | Should -Throw -ErrorId "$id,$command"
        $env:REGISTRY_AUTH_FILE | Should -Not -Exist
    }

    It 'refuses a secret without an account' {
        (Get-Command Connect-ContainerRegistry).ParameterSets.Name | Sort-Object | Should -Be 'Credential', 'IdentityToken', 'Secret'
        (Get-Command Connect-ContainerRegistry).Parameters['UserName'].ParameterSets['Secret'].IsMandatory | Should -BeTrue
    }
}
