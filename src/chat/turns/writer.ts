import type { Database } from '../../db/database.ts'
import type { LiveReply } from './live.ts'

/** How long deltas may wait for the next write, in ms: the most that a crash can take from a reader's screen. */
const TICK_MS = 40
/** The same while the database is away. */
const FAILING_TICK_MS = 500
const NOTICE_BYTES = 7_500

/** A run of deltas that is not stored yet: events `firstSeq`..`lastSeq`. */
export interface Unwritten {
  firstSeq: number
  lastSeq: number
  deltas: string[]
}

interface WriterOptions {
  /** Whether other instances share the database and must be woken. */
  announce: boolean
  /** Told how long each write took, in ms. */
  onTick?: ((ms: number) => void) | undefined
  onError: (error: unknown) => void
}

/**
 * Makes the one writer of a process: every tick, the new deltas of all replies in one statement.
 * */
export function createEventWriter(db: Database, { announce, onTick, onError }: WriterOptions) {
  const written = new Map<LiveReply, number>()
  const dirty = new Set<LiveReply>()
  const ended = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let flushing: Promise<void> | undefined
  let failing = false

  // One flush at a time: a second one beside it could overtake it and store the shorter run last.
  function schedule(): void {
    if (timer || flushing) return
    timer = setTimeout(begin, failing ? FAILING_TICK_MS : TICK_MS)
  }

  function begin(): void {
    timer = undefined
    flushing = flush().finally(() => {
      flushing = undefined
      if (dirty.size > 0 || ended.size > 0) schedule()
    })
  }

  async function flush(): Promise<void> {
    const replies = [...dirty]
    const runs = replies.map((reply) => unwritten(reply))
    const endings = [...ended]
    const startedAt = performance.now()
    dirty.clear()
    ended.clear()
    try {
      const kept = await write(replies, runs, endings)
      onTick?.(performance.now() - startedAt)
      failing = false
      replies.forEach((reply, place) => {
        if (!kept.has(reply.generationId)) reply.abandon()
        else written.set(reply, runs[place]?.lastSeq ?? 1)
      })
    } catch (error) {
      // What is unwritten stays so and goes with a later tick; leases decide how long. One outage is told once.
      if (!failing) onError(error)
      failing = true
      for (const reply of replies) if (written.has(reply)) dirty.add(reply)
      for (const generationId of endings) ended.add(generationId)
    }
  }

  async function write(replies: LiveReply[], runs: Unwritten[], endings: string[]): Promise<Set<string>> {
    const ids = replies.map(({ generationId }) => generationId)
    const rows = await db.query<{ id: string }>(
      'select * from helix.write_events($1, $2, $3, $4, $5, $6) as id',
      [
        ids,
        replies.map(({ leaseToken }) => leaseToken),
        runs.map(({ firstSeq }) => firstSeq),
        runs.map(({ lastSeq }) => lastSeq),
        runs.map(({ deltas }) => JSON.stringify(deltas)),
        announce ? noticeOf([...ids, ...endings]) : null,
      ],
    )
    return new Set(rows.map(({ id }) => id))
  }

  function unwritten(reply: LiveReply): Unwritten {
    const from = written.get(reply) ?? 1
    return { firstSeq: from + 1, lastSeq: reply.seq, deltas: reply.deltas.slice(from - 1) }
  }

  return {
    /** Says that `reply` has deltas to store. */
    mark(reply: LiveReply): void {
      if (!written.has(reply)) written.set(reply, 1)
      dirty.add(reply)
      schedule()
    },

    /** Takes `reply` out of the writer and answers what is still unwritten, null when nothing is. */
    async take(reply: LiveReply): Promise<Unwritten | null> {
      dirty.delete(reply)
      await flushing
      const rest = unwritten(reply)
      dirty.delete(reply)
      written.delete(reply)
      return rest.deltas.length > 0 ? rest : null
    },

    /** Wakes other instances' readers of a reply that has ended. */
    announceEnd(generationId: string): void {
      if (!announce) return
      ended.add(generationId)
      schedule()
    },

    /** Writes what is left and stops. */
    async close(): Promise<void> {
      clearTimeout(timer)
      timer = undefined
      await flushing
      clearTimeout(timer)
      if (dirty.size > 0 || ended.size > 0) await flush()
    },
  }
}

export type EventWriter = ReturnType<typeof createEventWriter>

/** The ids, or `*` where they would not fit into one NOTIFY. */
function noticeOf(ids: string[]): string {
  const listed = ids.join(' ')
  return listed.length > NOTICE_BYTES ? '*' : listed
}
