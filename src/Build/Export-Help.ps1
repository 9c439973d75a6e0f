<#
.SYNOPSIS
    Makes what Get-Help reads of the Markdown in a folder: MAML of the cmdlets' pages, plain text of the about topics.

.DESCRIPTION
    Needs Microsoft.PowerShell.PlatyPS, imported. The same Markdown gives the same bytes each time.

    PlatyPS leaves code among the words around it, paragraphs in one piece, and default values out. What it wrote is put right
    here, so that Get-Help shows examples as examples.

.PARAMETER Path
    The folder with the Markdown; what is made is written there, too.
#>
[CmdletBinding()]
param([Parameter(Mandatory = $true)] [string] $Path)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$utf8 = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false
$utf8WithMark = New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $true
$namespaces = @{
    maml = 'http://schemas.microsoft.com/maml/2004/10'
    command = 'http://schemas.microsoft.com/maml/dev/command/2004/10'
    dev = 'http://schemas.microsoft.com/maml/dev/2004/10'
}

# The words without the marks of Markdown.
function ConvertTo-PlainText([string] $Markdown) {
    $Markdown -replace '`([^`]+)`', '$1' -replace '\*\*([^*]+)\*\*', '$1' -replace '\[([^\]]+)\]\([^)]*\)', '$1'
}

# Markdown as pieces: each has a Kind (Text, Item, Code, Heading) and its Text; of code it is the lines as they are, of the
# others one line. Level is that of a heading; Mark is what an item begins with.
function Get-MarkdownPiece([string] $Markdown) {
    $piece = $null
    $isFenced = $false
    foreach ($line in ($Markdown -replace "`r", '').Split("`n")) {
        if ($line -match '^```') {
            if ($piece) { $piece }
            $isFenced = -not $isFenced
            $piece = if ($isFenced) { @{ Kind = 'Code'; Text = '' } } else { $null }
        }
        elseif ($isFenced) {
            $piece.Text += "$line`n"
        }
        elseif ($line -match '^    \S' -and (-not $piece -or $piece.Kind -eq 'Code')) {
            if (-not $piece) { $piece = @{ Kind = 'Code'; Text = '' } }
            $piece.Text += "$($line.Substring(4))`n"
        }
        elseif ($line -match '^ {5,}\S' -and $piece -and $piece.Kind -eq 'Code') {
            $piece.Text += "$($line.Substring(4))`n"
        }
        elseif ($line.Trim() -eq '') {
            # Code that goes on after an empty line is one piece.
            if ($piece -and $piece.Kind -eq 'Code') { $piece.Text += "`n" }
            elseif ($piece) { $piece; $piece = $null }
        }
        elseif ($line -match '^(#+) (.+)$') {
            if ($piece) { $piece; $piece = $null }
            @{ Kind = 'Heading'; Level = $Matches[1].Length; Text = $Matches[2] }
        }
        elseif ($line -match '^(- |\d+\. )(.+)$') {
            if ($piece) { $piece }
            $piece = @{ Kind = 'Item'; Mark = $Matches[1]; Text = $Matches[2] }
        }
        elseif ($piece -and $piece.Kind -ne 'Code') {
            $piece.Text += " $($line.Trim())"
        }
        else {
            if ($piece) { $piece }
            $piece = @{ Kind = 'Text'; Text = $line }
        }
    }

    if ($piece) { $piece }
}

function Add-Element([System.Xml.XmlElement] $Parent, [string] $Name, [string] $Text) {
    $prefix = $Name.Split(':')[0]
    $element = $Parent.OwnerDocument.CreateElement($prefix, $Name.Split(':')[1], $namespaces[$prefix])
    if ($Text) { $element.InnerText = $Text }
    $Parent.AppendChild($element)
}

# A paragraph for each piece.
function Write-Paragraph([System.Xml.XmlElement] $Parent, [string] $Markdown) {
    $Parent.RemoveAll()
    foreach ($piece in Get-MarkdownPiece -Markdown $Markdown) {
        $text = switch ($piece.Kind) {
            'Code' { $piece.Text.TrimEnd("`n") }
            'Item' { $piece.Mark + (ConvertTo-PlainText -Markdown $piece.Text) }
            default { ConvertTo-PlainText -Markdown $piece.Text }
        }
        Add-Element -Parent $Parent -Name maml:para -Text $text | Out-Null
    }
}

# What stands before the first code is its introduction, all code together the code, the rest the remarks.
function Write-Example([System.Xml.XmlElement] $Element, $Example) {
    $text = $Example.Remarks -replace "`r", ''
    $code = [regex]::Matches($text, '(?ms)^```powershell\n(.*?)\n```')
    if ($code.Count -eq 0) {
        throw "Example '$($Example.Title)' has no code."
    }

    $end = $code[$code.Count - 1]
    $parts = @{
        introduction = $text.Substring(0, $code[0].Index)
        remarks = $text.Substring($end.Index + $end.Length)
    }
    foreach ($part in $parts.Keys) {
        Write-Paragraph -Parent $Element.SelectSingleNode("*[local-name()=`"$part`"]") -Markdown $parts[$part]
    }

    $Element.SelectSingleNode('*[local-name()="code"]').InnerText = ($code | ForEach-Object { $_.Groups[1].Value }) -join "`n"
}

function Complete-Maml([xml] $Maml, $Help) {
    $byName = @{}
    $Help | ForEach-Object { $byName[$_.Title] = $_ }
    $names = New-Object -TypeName System.Xml.XmlNamespaceManager -ArgumentList $Maml.NameTable
    $namespaces.Keys | ForEach-Object { $names.AddNamespace($_, $namespaces[$_]) }
    foreach ($command in $Maml.DocumentElement.SelectNodes('command:command', $names)) {
        $page = $byName[$command.SelectSingleNode('command:details/command:name', $names).InnerText]
        Write-Paragraph -Parent $command.SelectSingleNode('command:details/maml:description', $names) -Markdown $page.Synopsis
        Write-Paragraph -Parent $command.SelectSingleNode('maml:description', $names) -Markdown $page.Description
        Write-Paragraph -Parent $command.SelectSingleNode('maml:alertSet/maml:alert', $names) -Markdown $page.Notes
        foreach ($type in $command.SelectNodes('.//maml:description[../dev:type and not(../maml:name)]', $names)) {
            Write-Paragraph -Parent $type -Markdown $type.InnerText
        }

        foreach ($parameter in $page.Parameters) {
            $element = $command.SelectSingleNode("command:parameters/command:parameter[maml:name='$($parameter.Name)']", $names)
            Write-Paragraph -Parent $element.SelectSingleNode('maml:description', $names) -Markdown $parameter.Description
            if ($parameter.DefaultValue) {
                Add-Element -Parent $element -Name dev:defaultValue -Text $parameter.DefaultValue | Out-Null
            }
        }

        $elements = @($command.SelectNodes('command:examples/command:example', $names))
        for ($i = 0; $i -lt $elements.Count; $i++) {
            Write-Example -Element $elements[$i] -Example $page.Examples[$i]
        }

        # PlatyPS adds the online version by itself; other pages are known to Get-Help by their names.
        $links = $command.SelectSingleNode('command:relatedLinks', $names)
        $links.RemoveChild($links.FirstChild) | Out-Null
        foreach ($uri in $links.SelectNodes('maml:navigationLink/maml:uri[not(starts-with(., "http"))]', $names)) {
            $uri.InnerText = ''
        }
    }
}

function Export-Maml {
    $pages = Get-ChildItem -Path "$Path/*-*.md" | Sort-Object -Property Name | ForEach-Object { $_.FullName }
    $help = @(Import-MarkdownCommandHelp -Path $pages)
    $folder = Join-Path -Path ([System.IO.Path]::GetTempPath()) -ChildPath ([System.IO.Path]::GetRandomFileName())
    try {
        $file = $help | Export-MamlCommandHelp -OutputFolder $folder
        $maml = New-Object -TypeName System.Xml.XmlDocument
        $maml.Load($file.FullName)
    }
    finally {
        Remove-Item -LiteralPath $folder -Recurse -Force
    }

    Complete-Maml -Maml $maml -Help $help
    $settings = New-Object -TypeName System.Xml.XmlWriterSettings -Property @{ Indent = $true; NewLineChars = "`n"; Encoding = $utf8 }
    $writer = [System.Xml.XmlWriter]::Create("$Path/$($file.Name)", $settings)
    try { $maml.Save($writer) } finally { $writer.Dispose() }
    [System.IO.File]::AppendAllText("$Path/$($file.Name)", "`n", $utf8)
}

# Words in lines of at most 80 columns.
function Format-Paragraph([string] $Text, [string] $First, [string] $Indent) {
    $line = $First
    $isEmpty = $true
    foreach ($word in (ConvertTo-PlainText -Markdown $Text).Split(' ')) {
        if (-not $isEmpty -and $line.Length + 1 + $word.Length -gt 80) {
            $line
            $line = $Indent
            $isEmpty = $true
        }

        $line += if ($isEmpty) { $word } else { " $word" }
        $isEmpty = $false
    }

    $line
}

function Export-Topic([System.IO.FileInfo] $Page) {
    $lines = New-Object -TypeName System.Collections.Generic.List[string]
    $indent = '    '
    $last = ''
    foreach ($piece in Get-MarkdownPiece -Markdown ([System.IO.File]::ReadAllText($Page.FullName))) {
        # Items stand close together, and all else has an empty line before it.
        $isClose = $last -eq 'Item' -and $piece.Kind -eq 'Item' -or $last -eq 'Heading'
        if ($lines.Count -gt 0 -and -not $isClose) { $lines.Add('') }
        switch ($piece.Kind) {
            'Heading' {
                $indent = if ($piece.Level -eq 4) { '      ' } else { '    ' }
                switch ($piece.Level) {
                    1 { $lines.Add('TOPIC'); $lines.Add($indent + $piece.Text) }
                    2 { $lines.Add($piece.Text.ToUpperInvariant()) }
                    3 { $lines.Add('  ' + $piece.Text) }
                    default { $lines.Add('    ' + $piece.Text) }
                }
            }
            'Code' {
                $piece.Text.TrimEnd("`n").Split("`n") | ForEach-Object { $lines.Add("$indent  $_".TrimEnd()) }
            }
            'Item' {
                Format-Paragraph -Text $piece.Text -First ($indent + $piece.Mark) -Indent ($indent + ' ' * $piece.Mark.Length) |
                    ForEach-Object { $lines.Add($_) }
            }
            default {
                Format-Paragraph -Text $piece.Text -First $indent -Indent $indent | ForEach-Object { $lines.Add($_) }
            }
        }

        $last = if ($piece.Kind -eq 'Heading' -and $piece.Level -eq 1) { 'Title' } else { $piece.Kind }
    }

    $text = ($lines -join "`n") + "`n"

    # Windows PowerShell takes what has no mark for the system's own encoding.
    $encoding = if ($text -match '[^\x00-\x7f]') { $utf8WithMark } else { $utf8 }
    [System.IO.File]::WriteAllText("$Path/$($Page.BaseName).help.txt", $text, $encoding)
}

Export-Maml
Get-ChildItem -Path "$Path/about_*.md" | ForEach-Object { Export-Topic -Page $_ }
