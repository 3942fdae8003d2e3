import { DISCORD_API } from '../../src/discord/address.ts'
import { createDiscordApi } from '../../src/discord/setup/api.ts'
import { targetsOf } from '../../src/discord/setup/targets.ts'
import { createFileReader } from '../../src/discord/verify/file-bytes.ts'
import { findRooms } from '../../src/discord/verify/rooms.ts'
import { type DiscordVerification, verifyDiscord } from '../../src/discord/verify/verify-discord.ts'
import { HelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { auditedDatabase } from './database.ts'

export interface AgainstDiscord {
  guildId: string | undefined
  ignored: readonly string[]
  lagMs: number
  since: number | undefined
  /** The public key (hex) that signatures must go back to. */
  anchor: string | undefined
}

const SAY_EVERY_MS = 5_000

/** Holds the log in the database to what stands in Discord, with the eyes of a bot that may read there. */
export async function verifyAgainstDiscord(
  { guildId, ignored, lagMs, since, anchor }: AgainstDiscord,
  context: Context,
): Promise<DiscordVerification> {
  const config = await context.config()
  const { botToken, api: place = DISCORD_API } = config.discord
  if (botToken === undefined) throw noBot()
  const { signal } = context
  const api = createDiscordApi({ api: place, botToken, fetch, signal })
  const q = await auditedDatabase(context)
  const targets = targetsOf(config)
  const rooms = await findRooms({ api, guildId, targets })
  context.note(`Reading ${rooms.map(({ name }) => `#${name}`).join(', ')} …`)
  let saidAt = performance.now()
  return verifyDiscord(
    {
      ...{ q, api, rooms, readFile: createFileReader({ fetch, signal, api: place }) },
      webhooks: targets.flatMap(({ address }) => (address ? [address.id] : [])),
    },
    {
      ...{ ignored, lagMs, since, anchor },
      onProgress(entries) {
        if (performance.now() - saidAt < SAY_EVERY_MS) return
        saidAt = performance.now()
        context.note(`${entries} entries compared …`)
      },
    },
  )
}

/** What was seen, beyond what is wrong, in lines for a person. */
export function seenInDiscord({ rooms, unposted, checkpoints, latestMs }: DiscordVerification): string[] {
  const sum = (count: (room: (typeof rooms)[number]) => number) =>
    rooms.reduce((all, room) => all + count(room), 0)
  const told: [string, number][] = [
    ['checkpoints compared', checkpoints],
    ['entries not there yet', sum(({ waiting }) => waiting)],
    ['entries there more than once, which is no finding', sum(({ repeated }) => repeated)],
    ['entries left by others as well, word for word', sum(({ copies }) => copies)],
    ['entries that Discord would not take, as the log says', sum(({ undeliverable }) => undeliverable)],
    ['entries of channels that are not in Discord, not compared', unposted],
  ]
  const lines = told.flatMap(([what, count]) => (count > 0 ? [`${what}: ${count}`] : []))
  const late = Math.round(latestMs / 1_000)
  return late > 60 ? [...lines, `the latest came ${late} s after it was made`] : lines
}

function noBot(): HelixError {
  return new HelixError('precondition_failed', 'There is no bot to read with: DISCORD_BOT_TOKEN is not set', {
    hint:
      'Make one that may View Channels and Read Message History, with Message Content Intent, and set its token in the ' +
      'environment of this command; best on another machine than the gateway’s. docs/audit.md tells how.',
  })
}
