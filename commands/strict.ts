import { randomUUID } from 'node:crypto'
import type { WaitFor } from '../src/audit/strict-place.ts'
import type { Config } from '../src/config/config.ts'
import type { Database } from '../src/db/database.ts'

const BEAT_MS = 200

/**
 * What acts of a command wait for with HELIX_AUDIT_MODE=strict: that Discord has their intents. A gateway that runs posts
 * them; where none does, on a database of its own, the command does so itself while it lasts.
 */
export async function waitForDiscord(
  db: Database,
  log: string,
  config: Config,
): Promise<{ wait: WaitFor; stop: () => Promise<void> }> {
  const { createConfirmations } = await import('../src/discord/confirmations.ts')
  const confirmations = createConfirmations({ db, log })
  const wait: WaitFor = (channel, seq) => confirmations(channel)(seq)
  // An embedded database that can be reached belongs to a gateway.
  if (db.engine !== 'postgres') return { wait, stop: async () => {} }
  const { createOutbox } = await import('../src/discord/outbox.ts')
  const { createSender } = await import('../src/discord/sender.ts')
  const { whileNeeded } = await import('../src/discord/while-needed.ts')
  const { targetsOf } = await import('../src/discord/setup/targets.ts')
  const targets = targetsOf(config).flatMap(({ channel, address }) =>
    address ? [[channel, address] as const] : [],
  )
  const open = () => {
    const outbox = createOutbox({
      ...{
        db,
        addresses: new Map(targets),
        instance: `command-${randomUUID()}`,
        sole: false,
        beatMs: BEAT_MS,
      },
      sender: createSender(),
      botToken: config.discord.botToken?.reveal(),
      // What is wrong shows in that the act is refused; whoever runs all the time tells more.
      ...{ onStopped: () => {}, onError: () => {} },
    })
    outbox.start()
    return outbox
  }
  return whileNeeded(wait, open)
}
