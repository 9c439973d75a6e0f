# The rules for the scripts of this repository: Invoke-ScriptAnalyzer -Settings ./PSScriptAnalyzerSettings.psd1
@{
    Severity = @('Error', 'Warning', 'Information')
    IncludeDefaultRules = $true
    Rules = @{
        PSUseCompatibleSyntax = @{
            Enable = $true
            TargetVersions = @('5.1', '7.4')
        }
        PSUseConsistentIndentation = @{
            Enable = $true
            IndentationSize = 4
            PipelineIndentation = 'IncreaseIndentationForFirstPipeline'
            Kind = 'space'
        }
        PSUseConsistentWhitespace = @{
            Enable = $true
            CheckPipe = $true
            CheckSeparator = $true
            CheckOperator = $true
            CheckInnerBrace = $true
            CheckOpenBrace = $true
            CheckOpenParen = $true
        }
        PSPlaceOpenBrace = @{
            Enable = $true
            OnSameLine = $true
            NewLineAfter = $true
            IgnoreOneLineBlock = $true
        }
        PSPlaceCloseBrace = @{
            Enable = $true
            NewLineAfter = $true
            IgnoreOneLineBlock = $true
            NoEmptyLineBefore = $true
        }
        PSUseCorrectCasing = @{
            Enable = $true
        }
    }

    ExcludeRules = @(
        # What a build script says is for a person at a console, and it has no output to mix it with.
        'PSAvoidUsingWriteHost'

        # Variables that a BeforeAll or BeforeEach of Pester sets are read in other script blocks, which the rule does not see.
        'PSUseDeclaredVarsMoreThanAssignments'
    )
}
