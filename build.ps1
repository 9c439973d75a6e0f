<#
.SYNOPSIS
    Builds, tests, analyzes and installs the ContainerImages module.

.DESCRIPTION
    A wrapper around dotnet, Pester and PSScriptAnalyzer. Tasks are done in the order given, and the first that fails ends
    the script with an error. A task whose tool is missing says which one, and how to get it.

    Clean     Deletes output/ and every bin/ and obj/ folder of the projects.
    Build     Builds the whole solution. Part of every build is staging: the importable module is laid out in
              output/ContainerImages/<version>/, whatever the configuration.
    Stage     Builds the module alone, and so stages it: all that is needed to import it, and quicker than Build.
    Test      Runs the tests of all projects (dotnet test), in the configuration given. Tests that talk to podman, skopeo,
              umoci and the like are skipped where these are missing.
    Pester    Stages the module, and runs tests/pester with Pester 5 (5.3 or later) in a new process of this PowerShell, so that no
              assembly stays locked.
    Analyze   Runs PSScriptAnalyzer over the scripts and the staged manifest, by PSScriptAnalyzerSettings.psd1.
    Benchmark Measures the module beside podman and skopeo, in the Release configuration; all of it, which takes long, or what
              -Measurement says.
    Help      Makes of the Markdown in en-US what Get-Help reads, MAML and plain text, with PlatyPS 1.x. It is checked in, and
              changes only where the Markdown does.
    Package   Stages the module, and makes of it output/ContainerImages.<version>.nupkg, which Publish-PSResource -NupkgPath and
              Publish-Module take to a gallery. No network is used.
    Install   Packages the module, and unpacks the package into the current user's module folder, from where Import-Module
              finds it. The same version that is there already is replaced.

    The version stands in Directory.Build.props; assemblies, manifest and package are stamped with it.

    All tasks were run in PowerShell 7.6 on Linux. The script is written for Windows PowerShell 5.1 and for PowerShell 7.4
    and later on Windows, Linux and macOS; there it was not run.

.PARAMETER Task
    What to do, one or more of Clean, Build, Stage, Test, Pester, Analyze, Benchmark, Help, Package and Install. If not given:
    Build and Test.

.PARAMETER Configuration
    Debug or Release. If not given: Release.

.PARAMETER Destination
    The folder of modules to install into, instead of the current user's.

.PARAMETER Measurement
    The names of what to measure, or how they begin, instead of everything.

.EXAMPLE
    ./build.ps1

    Builds everything and runs the tests of all projects.

.EXAMPLE
    ./build.ps1 -Task Pester, Analyze

.EXAMPLE
    ./build.ps1 -Task Install
    Import-Module ContainerImages

.EXAMPLE
    pwsh -NoProfile -File ./build.ps1 Clean Build Test

    From another shell, tasks are separated by spaces: there is nothing that would make a list of "Clean,Build".
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0, ValueFromRemainingArguments = $true)]
    [ValidateSet('Clean', 'Build', 'Stage', 'Test', 'Pester', 'Analyze', 'Benchmark', 'Help', 'Package', 'Install')]
    [string[]] $Task = @('Build', 'Test'),

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    [Alias('ModulePath')]
    [ValidateNotNullOrEmpty()]
    [string] $Destination,

    [ValidateNotNullOrEmpty()]
    [string[]] $Measurement = @()
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot

function Invoke-Dotnet([string[]] $Argument) {
    $sdk = (Get-Content -LiteralPath "$root/global.json" -Raw | ConvertFrom-Json).sdk.version
    $get = "Get it from https://dotnet.microsoft.com/download, or from your system's package manager."
    if (-not (Get-Command -Name dotnet -CommandType Application -ErrorAction Ignore)) {
        throw "The .NET SDK $sdk or a later one of the same major version is needed, and there is no 'dotnet' on the path. $get"
    }

    # From the root on, so that global.json is found whatever the current folder is.
    Push-Location -LiteralPath $root
    try {
        & dotnet --version | Out-Null
        if ($LASTEXITCODE -ne 0) {
            throw "No .NET SDK that fits global.json ($sdk or a later one of the same major version) is installed. $get"
        }

        & dotnet @Argument
        if ($LASTEXITCODE -ne 0) {
            throw "'dotnet $Argument' failed with exit code $LASTEXITCODE."
        }
    }
    finally {
        Pop-Location
    }
}

# The path of the newest version of a module that is installed, without importing it.
function Get-ToolModule([string] $Name, [version] $Minimum) {
    $found = Get-Module -Name $Name -ListAvailable |
        Where-Object { $_.Version -ge $Minimum } |
        Sort-Object -Property Version -Descending |
        Select-Object -First 1
    if (-not $found) {
        $get = "Install-Module $Name -MinimumVersion $Minimum -Scope CurrentUser"
        throw "The module $Name $Minimum or later is needed. Get it by '$get'; Windows PowerShell wants -SkipPublisherCheck too."
    }

    $found.Path
}

function Get-StagedFolder {
    $properties = [xml](Get-Content -LiteralPath "$root/Directory.Build.props" -Raw)
    $version = $properties.SelectSingleNode('/Project/PropertyGroup/Version').InnerText
    Join-Path -Path $root -ChildPath "output/ContainerImages/$version"
}

function Get-UserModulePath {
    if ($PSVersionTable.PSEdition -eq 'Desktop') {
        Join-Path -Path ([Environment]::GetFolderPath('MyDocuments')) -ChildPath 'WindowsPowerShell/Modules'
    }
    elseif ($IsWindows) {
        Join-Path -Path ([Environment]::GetFolderPath('MyDocuments')) -ChildPath 'PowerShell/Modules'
    }
    elseif ($env:XDG_DATA_HOME) {
        Join-Path -Path $env:XDG_DATA_HOME -ChildPath 'powershell/Modules'
    }
    else {
        Join-Path -Path $HOME -ChildPath '.local/share/powershell/Modules'
    }
}

function Invoke-Clean {
    $projects = Get-ChildItem -Path "$root/src/*/*.csproj", "$root/tests/*/*.csproj"
    $folders = @("$root/output") + @($projects | ForEach-Object { "$($_.DirectoryName)/bin", "$($_.DirectoryName)/obj" })
    $folders | Where-Object { Test-Path -LiteralPath $_ } | Remove-Item -Recurse -Force
}

function Invoke-Stage {
    Invoke-Dotnet -Argument build, src/ContainerImages/ContainerImages.csproj, --configuration, $Configuration, --nologo
    Write-Host "Staged: $(Get-StagedFolder)"
}

function Invoke-PesterSuite {
    $pester = Get-ToolModule -Name Pester -Minimum 5.3
    Invoke-Stage
    $file = if ($PSVersionTable.PSEdition -eq 'Desktop') { 'powershell.exe' } elseif ($IsWindows) { 'pwsh.exe' } else { 'pwsh' }
    $program = Join-Path -Path $PSHOME -ChildPath $file

    # The paths go by the environment, where no quoting can hurt them.
    $env:CONTAINERIMAGES_PESTER = $pester
    $env:CONTAINERIMAGES_PESTER_TESTS = "$root/tests/pester"
    try {
        & $program -NoProfile -NonInteractive -Command {
            Import-Module -Name $env:CONTAINERIMAGES_PESTER
            Invoke-Pester -Configuration @{
                Run = @{ Path = $env:CONTAINERIMAGES_PESTER_TESTS; Exit = $true }
                Output = @{ Verbosity = 'Normal' }
            }
        }
        if ($LASTEXITCODE -ne 0) {
            throw "$LASTEXITCODE of the Pester tests failed."
        }
    }
    finally {
        Remove-Item -Path Env:CONTAINERIMAGES_PESTER, Env:CONTAINERIMAGES_PESTER_TESTS
    }
}

# On a busy machine PSScriptAnalyzer trips over its own threads now and then, and is right when it is asked again.
function Get-Finding([string] $Path) {
    for ($try = 1; ; $try++) {
        try {
            return Invoke-ScriptAnalyzer -Path $Path -Settings "$root/PSScriptAnalyzerSettings.psd1"
        }
        catch {
            if ($try -eq 5) {
                throw
            }
        }
    }
}

function Invoke-Analyze {
    Import-Module -Name (Get-ToolModule -Name PSScriptAnalyzer -Minimum 1.21)

    # The manifest as it was staged: beside the source of it, the files that it names are not.
    $files = @(
        "$root/build.ps1"
        "$root/PSScriptAnalyzerSettings.psd1"
        Get-ChildItem -Path "$root/src/Build/*.ps1", "$root/tests/pester/*.ps1", "$root/tests/pester/Runbook/*.ps1", "$root/tests/ContainerImages.Tour/*.ps1" | ForEach-Object { $_.FullName }
        "$(Get-StagedFolder)/ContainerImages.psd1" | Where-Object { Test-Path -LiteralPath $_ }
    )
    $findings = @($files | ForEach-Object { Get-Finding -Path $_ })
    $findings | Format-Table -Property ScriptName, Line, Severity, RuleName, Message -AutoSize -Wrap | Out-Host
    if ($findings.Count -gt 0) {
        throw "PSScriptAnalyzer has $($findings.Count) findings."
    }

    Write-Host "PSScriptAnalyzer has no findings in $($files.Count) files."
}

function Invoke-Benchmark([string[]] $Name) {
    $run = 'run', '--configuration', 'Release', '--project', 'tests/ContainerImages.Benchmarks', '--'
    Invoke-Dotnet -Argument ($run + @($Name | ForEach-Object { '--only', $_ }))
}

function Invoke-Help {
    Import-Module -Name (Get-ToolModule -Name Microsoft.PowerShell.PlatyPS -Minimum 1.0)
    & "$root/src/Build/Export-Help.ps1" -Path "$root/en-US"
    Write-Host "Written: $root/en-US/*.xml and *.txt"
}

function Invoke-Package {
    # What dotnet writes is not what this gives.
    Invoke-Stage | Out-Host
    $package = & "$root/src/Build/New-ModulePackage.ps1" -Path (Get-StagedFolder) -Destination "$root/output"
    Write-Host "Packaged: $package"
    $package
}

function Invoke-Install([string] $Folder) {
    $package = Invoke-Package
    $installed = & "$root/src/Build/Install-ModulePackage.ps1" -Path $package -Destination $Folder
    Write-Host "Installed: $installed"
    $paths = $env:PSModulePath.Split([IO.Path]::PathSeparator) | ForEach-Object { $_.TrimEnd('/', '\') }
    if ($paths -notcontains $Folder.TrimEnd('/', '\')) {
        Write-Warning "'$Folder' is not in `$env:PSModulePath: import the module by its path, or add the folder."
    }
}

$moduleFolder = if ($Destination) { $PSCmdlet.GetUnresolvedProviderPathFromPSPath($Destination) } else { Get-UserModulePath }
foreach ($name in $Task) {
    Write-Host "== $name"
    switch ($name) {
        'Clean' { Invoke-Clean }
        'Build' { Invoke-Dotnet -Argument build, ContainerImages.sln, --configuration, $Configuration, --nologo }
        'Stage' { Invoke-Stage }
        'Test' { Invoke-Dotnet -Argument test, ContainerImages.sln, --configuration, $Configuration, --nologo }
        'Pester' { Invoke-PesterSuite }
        'Analyze' { Invoke-Analyze }
        'Benchmark' { Invoke-Benchmark -Name $Measurement }
        'Help' { Invoke-Help }
        'Package' { $null = Invoke-Package }
        'Install' { Invoke-Install -Folder $moduleFolder }
    }
}
