import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Config } from '../../src/config/config.ts'
import { DISCORD_API, parseWebhook } from '../../src/discord/address.ts'
import { type SeenWebhook, seeWebhook } from '../../src/discord/setup/check.ts'
import { readEntries, writeEntries } from '../../src/discord/setup/env-entries.ts'
import { readHanded } from '../../src/discord/setup/handed.ts'
import { HelixError } from '../../src/errors.ts'
import { safeText } from '../../src/ui/safe-text.ts'
import type { Context } from '../context.ts'
import { discordOf } from './api.ts'
import { overridden } from './overridden.ts'

/** Takes webhooks from stdin, asks Discord about each, and writes them down where all are good. */
export async function setUpByHand(config: Config, context: Context) {
  if (context.stdin.isTTY === true) throw nothingPiped()
  const handed = readHanded(await text(context.stdin))
  const file = join(config.root, `.env.${config.env}`)
  const entries = await readEntries(file)
  const webhooks = await checkAll(handed, config, context)
  const fresh = new Map([...handed].filter(([variable, value]) => entries.get(variable) !== value))
  const good = webhooks.every(({ problem }) => problem === null)
  const changed = good && fresh.size > 0 && !context.dryRun
  if (changed) {
    await context.consent({ act: `Write ${[...fresh.keys()].join(', ')} to ${file}` })
    await writeEntries(file, fresh, context.log().files)
  }
  const warnings = overridden(config, [...handed.keys()])
  return { by: 'hand' as const, file, webhooks, entries: [...fresh.keys()], changed, warnings }
}
type ByHand = Awaited<ReturnType<typeof setUpByHand>>

async function checkAll(handed: ReadonlyMap<string, string>, config: Config, context: Context) {
  const api = discordOf(config, context)
  const rows = []
  for (const [variable, value] of handed) {
    const address = parseWebhook(value, config.discord.api ?? DISCORD_API)
    const seen = address ? await seeWebhook(api, address) : { problem: 'it is no webhook', fix: '' }
    rows.push({
      variable,
      webhookId: address?.id ?? null,
      ...NOTHING_SEEN,
      problem: null,
      fix: null,
      ...seen,
    })
  }
  return rows
}

const NOTHING_SEEN: SeenWebhook = { name: null, channelId: null, guildId: null }

export function showByHand(result: ByHand, context: Context): string {
  const { file, webhooks, entries, changed, warnings } = result
  const { colour } = context
  const lines = webhooks.map(({ variable, webhookId, name, channelId, problem, fix }) =>
    problem === null
      ? `${colour.green('✔')} ${variable}: webhook ${webhookId} (${safeText(name ?? '')}) in channel ${channelId}`
      : `${colour.red('✖')} ${variable}: ${safeText(problem)}\n  ${fix}`,
  )
  const list = entries.join(', ')
  const place = safeText(file)
  if (changed) lines.push(`Wrote ${list} to ${place}. Next: helix discord test`)
  else if (entries.length === 0) lines.push(`${place} has them already; nothing was changed.`)
  else if (context.dryRun) lines.push(`Would write ${list} to ${place}.`)
  else lines.push('Nothing was written.')
  lines.push(...warnings.map((text) => `${colour.yellow('!')} ${text}`))
  return lines.join('\n')
}

export function byHandVerdict({ webhooks }: ByHand): HelixError | undefined {
  const bad = webhooks.filter(({ problem }) => problem !== null).map(({ variable }) => variable)
  if (bad.length === 0) return undefined
  return new HelixError('findings', `Of ${webhooks.length} webhooks these do not work: ${bad.join(', ')}`, {
    hint: 'Correct them and hand all over again.',
    details: { variables: bad },
  })
}

function nothingPiped(): HelixError {
  return new HelixError('needs_input', 'There are no webhooks on stdin', {
    hint: 'Put one a line into a file, as in commands=<address>, and run: helix discord setup --webhooks-stdin < file',
  })
}
