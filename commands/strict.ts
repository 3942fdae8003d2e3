import type { WaitFor } from '../src/audit/strict-place.ts'
import type { Config } from '../src/config/config.ts'
import type { Database } from '../src/db/database.ts'

const BEAT_MS = 200
/** What follows an act so closely is posted by the same one, its outcome for instance. */
const IDLE_MS = 3_000

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
  const { targetsOf } = await import('../src/discord/setup/targets.ts')
  const targets = targetsOf(config).flatMap(({ channel, address }) =>
    address ? [[channel, address] as const] : [],
  )
  const open = () => {
    const outbox = createOutbox({
      ...{
        db,
        addresses: new Map(targets),
        instance: `command-${process.pid}`,
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

/** Opens what posts when somebody waits, and lets a gateway have its place when nobody has for a while. */
function whileNeeded(wait: WaitFor, open: () => { stop(): Promise<void> }) {
  let opened: ReturnType<typeof open> | undefined
  let waiting = 0
  let idle: NodeJS.Timeout | undefined
  async function stop(): Promise<void> {
    clearTimeout(idle)
    const ending = opened
    opened = undefined
    await ending?.stop()
  }
  return {
    stop,
    async wait(...act: Parameters<WaitFor>): Promise<void> {
      clearTimeout(idle)
      waiting += 1
      opened ??= open()
      try {
        await wait(...act)
      } finally {
        waiting -= 1
        if (waiting === 0) idle = setTimeout(() => void stop(), IDLE_MS).unref()
      }
    },
  }
}
