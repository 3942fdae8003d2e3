import type { Database, Row } from '../../db/database.ts'
import { type Ending, INTERRUPTED_PROBLEM } from './close.ts'
import type { LiveReply } from './live.ts'
import { settleUsage } from './usage.ts'

const RENEW_MS = 3_000
const MOST_AT_ONCE = 50
/** Event numbers a takeover skips, so that an id which was shown but never stored is never given out again. */
const SEQ_GAP = 100_000

interface Orphan extends Row {
  id: string
  user_id: string
  lease_token: number
  intent_seq: number
  model: string
  simulated: boolean
  content_key: Uint8Array
  actor: string | null
  prompt_characters: number
  partial: string
  last_seq: number
}

interface LeaseDeps {
  db: Database
  instance: string
  /** Every generation this process holds. */
  held: () => LiveReply[]
  close: (ending: Ending) => Promise<boolean>
  onEnded: (generationId: string) => void
  onError: (error: unknown) => void
}

/** Keeps this process's generations its own, and ends those whose process is gone. */
export function createLeases(deps: LeaseDeps) {
  let timer: NodeJS.Timeout | undefined
  let beat: Promise<void> = Promise.resolve()

  const schedule = () => {
    timer = setTimeout(() => {
      beat = renewThenReclaim(deps).catch(deps.onError).finally(schedule)
    }, RENEW_MS)
  }

  return {
    start: schedule,
    /** Ends orphans now; with `everything`, also those whose lease still runs (an embedded database's owner). */
    reclaim: (everything: boolean) => reclaim(deps, everything),
    async stop(): Promise<void> {
      clearTimeout(timer)
      await beat
      clearTimeout(timer)
    },
  }
}

/** Renewing comes first: after an outage a lease of ours that nobody took is still ours. */
async function renewThenReclaim(deps: LeaseDeps): Promise<void> {
  await renew(deps)
  await reclaim(deps, false)
}

async function renew({ db, held }: LeaseDeps): Promise<void> {
  const replies = held()
  if (replies.length === 0) return
  const rows = await db.query<{ id: string; stop: boolean }>('select * from helix.renew_leases($1, $2)', [
    replies.map(({ generationId }) => generationId),
    replies.map(({ leaseToken }) => leaseToken),
  ])
  const kept = new Map(rows.map(({ id, stop }) => [id, stop]))
  const stillHeld = new Set(held())
  for (const reply of replies.filter((one) => stillHeld.has(one))) {
    const stop = kept.get(reply.generationId)
    if (stop) reply.end('stopped')
    // A reply that is just being closed here is no longer renewable, yet not lost: its own close will tell.
    else if (stop === undefined && !reply.terminal && !reply.closing) reply.abandon()
  }
}

async function reclaim(deps: LeaseDeps, everything: boolean): Promise<void> {
  for (;;) {
    const orphans = await deps.db.query<Orphan>('select * from helix.reclaim_generations($1, $2, $3)', [
      deps.instance,
      everything,
      MOST_AT_ONCE,
    ])
    await Promise.all(
      orphans.map(async (orphan) => {
        if (await deps.close(toEnding(orphan))) deps.onEnded(orphan.id)
      }),
    )
    if (orphans.length < MOST_AT_ONCE) return
  }
}

function toEnding(orphan: Orphan): Ending {
  const usage = settleUsage({
    model: orphan.model,
    at: new Date(),
    meter: { tokens: NOTHING_COUNTED, final: false, requestId: null },
    worked: true,
    promptCharacters: orphan.prompt_characters,
    replyCharacters: orphan.partial.length,
  })
  return {
    generationId: orphan.id,
    userId: orphan.user_id,
    leaseToken: orphan.lease_token,
    intentSeq: orphan.intent_seq,
    actor: orphan.actor ?? 'unknown',
    model: orphan.model,
    simulated: orphan.simulated,
    contentKey: orphan.content_key,
    state: 'interrupted',
    content: orphan.partial,
    stopReason: null,
    terminalSeq: orphan.last_seq + SEQ_GAP,
    problem: INTERRUPTED_PROBLEM,
    unwritten: null,
    usage,
    overheadMs: null,
  }
}

const NOTHING_COUNTED = {
  inputTokens: 0,
  cacheCreation5mInputTokens: 0,
  cacheCreation1hInputTokens: 0,
  cacheReadInputTokens: 0,
  outputTokens: 0,
}
