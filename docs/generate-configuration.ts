// Writes docs/configuration.md and .env.example from the settings; with --check only compares.
import type { KeyedSetting } from '../src/config/settings/setting.ts'
import { topics } from '../src/config/settings.ts'
import { ENV_HEAD, INTRODUCTION } from './configuration-text.ts'
import { writeOrCompare } from './generated.ts'

function manual(): string {
  const sections = topics.map(({ title, settings }) => {
    const inFile = settings.filter(({ env }) => env.length === 0)
    const parts = [`### ${title}`, variables(settings), keys(inFile)]
    return parts.filter((part) => part !== '').join('\n\n')
  })
  return `${INTRODUCTION}\n${sections.join('\n\n')}\n`
}

function variables(settings: readonly KeyedSetting[]): string {
  const rows = settings
    .filter(({ env }) => env.length > 0)
    .map((setting) => {
      const [name, ...aliases] = setting.env.map(code)
      const also = aliases.length > 0 ? ` (also ${aliases.join(', ')})` : ''
      return row(`${name}${also}`, place(setting), meaning(setting), fallback(setting))
    })
  return rows.length === 0 ? '' : table(['variable', 'in `helix.config.ts`', 'what', 'default'], rows)
}

function keys(settings: readonly KeyedSetting[]): string {
  const rows = settings.map((setting) =>
    row(code(setting.key), meaning(setting), fallback(setting), code(literal(setting.example))),
  )
  return rows.length === 0 ? '' : table(['in `helix.config.ts`', 'what', 'default', 'example'], rows)
}

function place({ key, kind, processOnly }: KeyedSetting): string {
  if (kind.secret) return 'no, it is a secret'
  return processOnly ? 'no' : code(key)
}

function meaning({ doc, kind, flag }: KeyedSetting): string {
  const asFlag = flag ? ` Flag: \`--${flag.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}\`.` : ''
  return `${doc} Takes ${kind.expects}.${asFlag}`
}

function fallback({ fallback: value, otherwise }: KeyedSetting): string {
  return otherwise ?? (value === undefined ? 'unset' : code(literal(value)))
}

function literal(value: unknown): string {
  const text = JSON.stringify(value)
    .replace(/"(\w+)":/g, '$1: ')
    .replace(/,(?=\S)/g, ', ')
    .replaceAll('"', "'")
  return text.replaceAll('{', '{ ').replaceAll('}', ' }')
}

function envExample(): string {
  const sections = topics.map(({ title, settings }) => {
    const entries = settings.filter(({ env }) => env.length > 0 && env[0] !== 'HELIX_ENV')
    const lines = entries.map(({ doc, env, example }) => `# ${doc}\n#${env[0]}=${example}`)
    return `# --- ${title} ---\n\n${lines.join('\n\n')}`
  })
  return `${ENV_HEAD}\n${sections.join('\n\n')}\n`
}

function table(head: readonly string[], rows: readonly string[]): string {
  return [row(...head), `|${'---|'.repeat(head.length)}`, ...rows].join('\n')
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function code(text: string): string {
  return `\`${text}\``
}

writeOrCompare('the settings', [
  { path: new URL('configuration.md', import.meta.url), text: manual() },
  { path: new URL('../.env.example', import.meta.url), text: envExample() },
])
