import { HelixError } from '../../errors.ts'
import { readEnvText } from './env-text.ts'

/**
 * The text of an env file with these variables set, each in double quotes: in place where it stands already, else at
 * the end. Every other byte stays.
 * @throws HelixError `precondition_failed` where the text would then say something else of another variable
 */
export function editEnvText(text: string, values: ReadonlyMap<string, string>): string {
  let edited = text
  for (const [name, value] of values) edited = setVariable(edited, name, value)
  assertOnly(text, edited, values)
  return edited
}

function setVariable(text: string, name: string, value: string): string {
  const before = String.raw`^(?:\uFEFF)?[^\S\r\n]*(?:export[^\S\r\n]+)?${name}[^\S\r\n]*=[^\S\r\n]*`
  const found = [...text.matchAll(new RegExp(`(${before})("[^"]*"|'[^']*'|\`[^\`]*\`|[^\n\r#]*)`, 'gm'))]
  // Of a name set twice the last counts.
  const last = found.at(-1)
  if (last === undefined) return append(text, `${name}="${value}"`)
  const [, head = '', written = ''] = last
  const start = last.index + head.length
  return `${text.slice(0, start)}"${value}"${text.slice(start + written.trimEnd().length)}`
}

function append(text: string, line: string): string {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  return `${text}${text === '' || text.endsWith('\n') ? '' : end}${line}${end}`
}

function assertOnly(before: string, after: string, values: ReadonlyMap<string, string>): void {
  const wanted = new Map(readEnvText(before).entries.map(({ name, value }) => [name, value]))
  for (const [name, value] of values) wanted.set(name, value)
  const got = readEnvText(after).entries
  if (got.length === wanted.size && got.every(({ name, value }) => wanted.get(name) === value)) return
  throw new HelixError(
    'precondition_failed',
    'The env file is written in a way that cannot be edited safely',
    {
      hint: `Correct its quotes, or add these by hand: ${[...values.keys()].join(', ')}.`,
    },
  )
}
