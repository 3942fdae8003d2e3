import { readEnvText } from '../../config/layers/env-text.ts'
import { HelixError } from '../../errors.ts'
import { parseWebhook } from '../address.ts'
import { NOT_AN_ADDRESS } from './check.ts'
import { ROOMS } from './rooms.ts'

const SHARED = { channel: 'all', variable: 'DISCORD_WEBHOOK_URL' }

/**
 * Reads webhooks somebody made by hand: `<channel>=<address>` a line, the channel as `api`, `helix-api` or
 * `DISCORD_WEBHOOK_API`, `all` for every channel without one. Resolves to variable → address.
 * @throws HelixError `usage` naming the lines nobody can read; never what is in them
 */
export function readHanded(text: string): Map<string, string> {
  const { entries, problems } = readEnvText(text)
  const wrong = problems.map(({ line }) => `line ${line} is not <channel>=<address>`)
  const values = new Map<string, string>()
  for (const { name, value, line } of entries) {
    const variable = variableOf(name)
    if (variable === undefined) wrong.push(`line ${line} names no channel of Helix`)
    else if (!parseWebhook(value)) wrong.push(`line ${line}: ${NOT_AN_ADDRESS.problem}`)
    else values.set(variable, value)
  }
  if (wrong.length === 0 && values.size > 0) return values
  throw new HelixError('usage', wrong.length > 0 ? wrong.join('; ') : 'There is no webhook on stdin', {
    hint: `Write one a line, as in commands=https://discord.com/api/webhooks/…; channels are ${names()}.`,
  })
}

function variableOf(name: string): string | undefined {
  const wanted = name.toLowerCase().replace(/^(helix-|discord_webhook_)/, '')
  if (wanted === SHARED.channel || name === SHARED.variable) return SHARED.variable
  return ROOMS.find(({ channel }) => channel === wanted.replaceAll('_', '-'))?.variable
}

function names(): string {
  return [...ROOMS.map(({ channel }) => channel), SHARED.channel].join(', ')
}
