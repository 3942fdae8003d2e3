import { z } from 'zod'
import { argument, defineCommand } from './define.ts'
import { GLOBAL_OPTIONS } from './globals.ts'
import type { Table } from './table.ts'

export default defineCommand({
  examples: [
    ['source <(helix completion bash)', 'complete in this bash'],
    ['helix completion zsh > ~/.zfunc/_helix', 'complete in every zsh'],
    ['helix completion fish > ~/.config/fish/completions/helix.fish', 'complete in every fish'],
  ],
  arguments: {
    shell: argument('<shell>', 'bash, zsh or fish', z.enum(['bash', 'zsh', 'fish'])),
  },
  run: ({ shell }, context) => ({ shell, script: SCRIPTS[shell](context.table) }),
  view: ({ script }) => script,
})

const SCRIPTS = { bash, zsh, fish }

// Word → the words that may follow it; the empty word stands for `helix` itself.
function followers(table: Table): Map<string, string[]> {
  const result = new Map<string, string[]>([['', []]])
  for (const [path, { hidden }] of Object.entries(table)) {
    if (hidden) continue
    const [noun = '', verb] = path.split(' ')
    const key = verb === undefined ? '' : noun
    result.set(key, [...(result.get(key) ?? []), verb ?? noun])
  }
  return result
}

function flags(): string[] {
  return [...GLOBAL_OPTIONS.map(([option]) => option.split(' ')[0] ?? ''), '--help']
}

function bash(table: Table): string {
  const cases = [...followers(table)].map(([noun, words]) => `    "${noun}") words="${words.join(' ')}" ;;`)
  return `_helix() {
  local words="" current="\${COMP_WORDS[COMP_CWORD]}" noun=""
  if [ "$COMP_CWORD" -eq 2 ]; then noun="\${COMP_WORDS[1]}"; fi
  if [ "$COMP_CWORD" -le 2 ]; then case "$noun" in
${cases.join('\n')}
  esac; fi
  COMPREPLY=($(compgen -W "$words ${flags().join(' ')}" -- "$current"))
}
complete -F _helix helix
`
}

function zsh(table: Table): string {
  return `#compdef helix
autoload -U +X bashcompinit && bashcompinit
${bash(table)}`
}

function fish(table: Table): string {
  const lines = Object.entries(table)
    .filter(([, { hidden }]) => !hidden)
    .map(([path, { summary }]) => {
      const [noun, verb] = path.split(' ')
      const when = verb === undefined ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${noun}`
      return `complete -c helix -f -n '${when}' -a ${verb ?? noun} -d '${summary.replaceAll("'", '')}'`
    })
  const options = flags().map((flag) => `complete -c helix -l ${flag.slice(2)}`)
  return `${[...lines, ...options].join('\n')}\n`
}
