import type { Database, Row } from '../db/database.ts'

/** A gateway that was heard from lately. */
export interface Present {
  instance: string
  release: string
  startedAt: Date
  heardAt: Date
  openStreams: number
  openReplies: number
  memoryBytes: number
}

interface PresenceDeps {
  db: Database
  instance: string
  release: string
  openStreams: () => number
  openReplies: () => number
  /** Told once of a database that does not take it, until it does again. */
  onError: (error: unknown) => void
  beatMs?: number
}

/** Without a sign of life for this long a gateway is not there any more, in ms. */
const SILENCE_MS = 30_000

/** Shows every few seconds that this gateway is there. Resolves once it was shown for the first time. */
export async function showPresence(deps: PresenceDeps) {
  const { db, instance, release, openStreams, openReplies, onError, beatMs = 5_000 } = deps
  const startedAt = new Date()
  let told = false

  async function show(): Promise<void> {
    const facts = [openStreams(), openReplies(), process.memoryUsage.rss()]
    await db.query(SHOW, [instance, release, startedAt, ...facts])
  }
  const beat = () =>
    show().then(
      () => {
        told = false
      },
      (error: unknown) => {
        if (!told) onError(error)
        told = true
      },
    )

  await beat()
  const timer = setInterval(beat, beatMs)
  timer.unref()
  return {
    async close(): Promise<void> {
      clearInterval(timer)
      await db.query('delete from public.gateways where instance = $1', [instance]).catch(() => {})
    },
  }
}

/** Those that were heard from within the last half minute, longest running first. */
export async function presentGateways(db: Database): Promise<Present[]> {
  const rows = await db.query<PresentRow>(PRESENT, [SILENCE_MS])
  return rows.map((row) => ({
    instance: row.instance,
    release: row.release,
    startedAt: row.started_at,
    heardAt: row.heard_at,
    openStreams: row.open_streams,
    openReplies: row.open_replies,
    memoryBytes: row.memory_bytes,
  }))
}

interface PresentRow extends Row {
  instance: string
  release: string
  started_at: Date
  heard_at: Date
  open_streams: number
  open_replies: number
  memory_bytes: number
}

const SHOW = `
  insert into public.gateways as g (instance, release, started_at, open_streams, open_replies, memory_bytes)
  values ($1, left($2, 100), $3, $4, $5, $6)
  on conflict (instance) do update set heard_at = now(), open_streams = excluded.open_streams,
    open_replies = excluded.open_replies, memory_bytes = excluded.memory_bytes`

const PRESENT = `
  select instance, release, started_at, heard_at, open_streams, open_replies, memory_bytes
  from public.gateways where heard_at > now() - $1 * interval '1 ms' order by started_at, instance`
