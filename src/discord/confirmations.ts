import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel } from '../audit/entry.ts'
import type { Queryable } from '../db/database.ts'
import { HelixError } from '../errors.ts'
import { isUndeliverable } from './undeliverable.ts'

/** How long an act waits for Discord to have its intent, in ms. */
const WAIT_MS = 5_000
const POLL_MS = 100

interface ConfirmationDeps {
  db: Queryable
  log: string
  waitMs?: number
}

/**
 * Resolves once Discord has confirmed, with the id of a message, the channel's entry `seq`; whichever process sent it.
 * @throws HelixError `audit_unavailable` when it has not within 5 s or would not take it, or `signal`'s reason
 */
export type Confirm = (seq: number, signal?: AbortSignal) => Promise<void>

/** Makes the one for each channel. All who wait for a channel share one look at what was confirmed. */
export function createConfirmations(deps: ConfirmationDeps): (channel: Channel) => Confirm {
  const made = new Map<Channel, Confirm>()
  return (channel) => {
    const confirm = made.get(channel) ?? confirmationsOf(channel, deps)
    made.set(channel, confirm)
    return confirm
  }
}

function confirmationsOf(channel: Channel, { db, log, waitMs = WAIT_MS }: ConfirmationDeps): Confirm {
  let looking: Promise<number> | undefined
  let confirmed = 0

  async function look(): Promise<number> {
    const [row] = await db.query<{ last: number | null }>(
      `select max(last_seq) as last from public.discord_outbox
       where log_id = $1 and channel = $2 and what = 'entries'`,
      [log, channel],
    )
    confirmed = Math.max(confirmed, row?.last ?? 0)
    return confirmed
  }

  return async function confirm(seq, signal) {
    const deadline = performance.now() + waitMs
    while (confirmed < seq) {
      looking ??= look().finally(() => {
        looking = undefined
      })
      if ((await looking.catch(() => 0)) >= seq) break
      if (performance.now() >= deadline) throw unconfirmed()
      await sleep(POLL_MS, undefined, signal && { signal })
    }
    // What Discord refused is left out, and said so before anything that follows is sent.
    if (await isUndeliverable(db, { log, seq })) throw unconfirmed()
  }
}

function unconfirmed(): HelixError {
  return new HelixError('audit_unavailable', 'Discord does not have the intent, so nothing was done', {
    hint: 'Try again; see the Discord check of /health. HELIX_AUDIT_MODE=durable does not wait for Discord.',
    // What was never sent upstream costs nothing.
    details: { reason: 'unconfirmed' },
  })
}
