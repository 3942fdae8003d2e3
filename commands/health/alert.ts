import { hostname } from 'node:os'
import type { DiscordApi } from '../../src/discord/setup/api.ts'
import { NOT_AN_ADDRESS, postMessage } from '../../src/discord/setup/check.ts'
import { type Target, targetsOf } from '../../src/discord/setup/targets.ts'
import { asHelixError, HelixError } from '../../src/errors.ts'
import { alarmOf } from '../../src/health/alarm.ts'
import type { HostHealth } from '../../src/health/host-health.ts'
import {
  changesSince,
  type HealthChange,
  type Memory,
  memoryPath,
  readMemory,
  remember,
} from '../../src/health/told.ts'
import type { Context } from '../context.ts'
import { discordOf } from '../discord/api.ts'

/** What came of telling one change. */
export interface AlertSent {
  host: string
  messageId: string | null
  problem: string | null
}

/**
 * Posts to #helix-alerts what changed since it was last told. It goes in the journal of this machine first, so that
 * it depends on no database and no gateway. What could not be posted is posted by the next run.
 */
export async function tellChanges(seen: readonly HostHealth[], context: Context): Promise<AlertSent[]> {
  const config = await context.config()
  const target = targetsOf(config).find(({ channel }) => channel === 'alerts')
  if (!target || target.from === 'none') return []
  const path = memoryPath(config)
  let memory = await readMemory(path)
  const sent: AlertSent[] = []
  for (const change of changesSince(memory, seen)) {
    const one = await tell(change, target, context, discordOf(config, context))
    sent.push(one)
    if (one.problem === null) memory = await keep(remember(memory, change, new Date()), path, context)
  }
  return sent
}

async function tell(
  change: HealthChange,
  { address }: Target,
  context: Context,
  api: DiscordApi,
): Promise<AlertSent> {
  const { host, status, problems } = change.seen
  if (!address) return { host, messageId: null, problem: NOT_AN_ADDRESS.problem }
  const facts = { host, status, problems: problems.map(({ part, state }) => `${part}:${state}`) }
  const embeds = [alarmOf(change, { from: hostname(), now: new Date() })]
  const post = async () => {
    const sent = await postMessage(api, address, { embeds })
    if ('problem' in sent) throw new HelixError('discord_failed', sent.problem, { hint: sent.fix })
    return sent
  }
  try {
    const log = context.log('journal')
    const { messageId } = await log.act('health.alert.start', facts, post, ({ messageId }) => ({ messageId }))
    return { host, messageId, problem: null }
  } catch (thrown) {
    context.signal.throwIfAborted()
    return { host, messageId: null, problem: asHelixError(thrown).message }
  }
}

async function keep(memory: Memory, path: string, context: Context): Promise<Memory> {
  await context.log('journal').files.replace(path, `${JSON.stringify(memory)}\n`)
  return memory
}
