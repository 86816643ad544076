import * as t from 'io-ts'

export const Shell = t.keyof({ bash: null, zsh: null, fish: null, powershell: null }, 'Shell')
export type Shell = t.TypeOf<typeof Shell>

/**
 * The script that teaches a shell to ask `lethe __complete`. It is told the word at the cursor in `--at=`, which is there even
 * where the word is empty, and the words before it. It answers a line for each candidate, with a tab before its description,
 * or `:files` where files are meant.
 */
export const scriptFor = (shell: Shell): string => {
  switch (shell) {
    case 'bash':
      return bash
    case 'zsh':
      return zsh
    case 'fish':
      return fish
    case 'powershell':
      return powershell
  }
}

/** readline breaks words at `=` and `:`, too: they are put together again, and what is before the part at the cursor is left out of the answers. */
const bash = `# lethe completion for bash
_lethe() {
  local line word at before current=\${COMP_WORDS[COMP_CWORD]} joins=
  local -a words=()
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ -n $word && -z \${word//[:=]/} ]]; then
      joins=next
    elif [[ $joins == next ]]; then
      joins=this
    else
      joins=
    fi
    if [[ -n $joins && \${#words[@]} -gt 0 ]]; then
      words[\${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
  done
  at=\${words[\${#words[@]} - 1]}
  [[ -z \${current//[:=]/} ]] && current=
  before=\${at%"$current"}
  while IFS= read -r line; do
    if [[ $line == ':files' ]]; then
      # bash 3 has no compopt.
      compopt -o default 2>/dev/null || while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
      return
    fi
    line=\${line%%$'\\t'*}
    COMPREPLY+=("\${line#"$before"}")
  done < <(lethe __complete "--at=$at" "\${words[@]:0:\${#words[@]} - 1}" 2>/dev/null)
}
complete -F _lethe lethe
`

const zsh = `#compdef lethe
_lethe() {
  local -a shown
  local line
  while IFS= read -r line; do
    if [[ $line == ':files' ]]; then
      compset -P 1 '--*='
      _files
      return
    fi
    shown+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done < <(lethe __complete "--at=$PREFIX" "\${(@)words[2,CURRENT-1]}" 2>/dev/null)
  _describe -V lethe shown
}
if [[ \${funcstack[1]} == _lethe ]]; then
  _lethe "$@"
else
  compdef _lethe lethe
fi
`

const fish = `# lethe completion for fish
function __lethe_complete
  set -l words (commandline -opc)
  set -l at (commandline -ct)
  set -e words[1]
  set -l lines (lethe __complete "--at=$at" $words 2>/dev/null)
  if test "$lines[1]" = ':files'
    set -l before (string match -r -- '^--[^=]+=' "$at")
    for path in (__fish_complete_path (string replace -r -- '^--[^=]+=' '' "$at"))
      printf '%s\\n' "$before$path"
    end
  else if test (count $lines) -gt 0
    printf '%s\\n' $lines
  end
end
complete -c lethe -f -a '(__lethe_complete)'
`

const powershell = `# lethe completion for PowerShell
Register-ArgumentCompleter -Native -CommandName lethe -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() -replace '["'']', '' })
  $at = $wordToComplete -replace '["'']', ''
  lethe __complete "--at=$at" @words 2>$null | Where-Object { $_ -ne ':files' } | ForEach-Object {
    $value, $description = $_ -split "\`t", 2
    if (-not $description) { $description = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
  }
}
`
