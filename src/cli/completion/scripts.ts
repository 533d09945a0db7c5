export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

/**
 * What a shell has to run once. Each asks `llm-bench complete` for lines of value, tab and description, and at last a line with what else
 * may be: `:files` (names of files too), `:open` (no space after it), `:` (nothing). Nothing of what is typed is ever evaluated.
 */
export const SCRIPTS: Readonly<Record<Shell, string>> = {
  // Bash 3.2 (macOS) has neither compopt nor mapfile. It takes = and : for ends of words, so that only what follows them is replaced.
  bash: `# bash completion for llm-bench
# try it:    source <(llm-bench completion bash)
# keep it:   llm-bench completion bash > ~/.local/share/bash-completion/completions/llm-bench
_llm_bench() {
  local line last=: IFS=$'\\n'
  COMPREPLY=()
  while read -r line; do
    if [[ $line == :* ]]; then last=$line; else COMPREPLY+=("\${line%%$'\\t'*}"); fi
  done < <(llm-bench complete --shell bash --line "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
  if type compopt >/dev/null 2>&1; then
    if [[ $last == :files ]]; then compopt -o default; else compopt +o default; fi
    if [[ $last == :open ]]; then compopt -o nospace; fi
  fi
}
complete -o default -F _llm_bench llm-bench`,
  zsh: `#compdef llm-bench
# zsh completion for llm-bench
# try it:    source <(llm-bench completion zsh)
# keep it:   llm-bench completion zsh > "\${fpath[1]}/_llm-bench"
_llm_bench() {
  local line about last=: tab=$'\\t'
  local -a described open
  for line in "\${(@f)$(llm-bench complete --shell zsh --line "\${(j: :)words[1,CURRENT-1]} \${words[CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == :* ]]; then last=$line; continue; fi
    about=\${line#*$tab}
    described+=("\${\${line%%$tab*}//:/\\\\:}\${about:+:$about}")
  done
  [[ $last == :open ]] && open=(-S '')
  (( \${#described} )) && _describe -t values 'llm-bench' described $open
  [[ $last == :files ]] && _files
  return 0
}
if [[ $funcstack[1] == _llm-bench ]]; then _llm_bench "$@"; else compdef _llm_bench llm-bench; fi`,
  fish: `# fish completion for llm-bench
# try it:    llm-bench completion fish | source
# keep it:   llm-bench completion fish > ~/.config/fish/completions/llm-bench.fish
function __llm_bench_complete
    set -l lines (llm-bench complete --shell fish -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)
    for line in $lines
        switch $line
            case ':files'
                __fish_complete_path (commandline -ct)
            case ':*'
            case '*'
                echo $line
        end
    end
end
complete -c llm-bench -f -a '(__llm_bench_complete)'`,
};
