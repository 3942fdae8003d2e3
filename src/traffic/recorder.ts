import type { Database } from '../db/database.ts'
import { type Buckets, count } from './histogram.ts'

const MINUTE_MS = 60_000
/** Minutes kept for a database that is away. */
const MOST_UNWRITTEN = 120

interface Minute {
  minute: string
  requests: number
  errors: number
  response: Buckets
  firstToken: Buckets
  openStreams: number
}

/** What is counted of a request; `route` is a pattern. */
interface TrafficRequest {
  route: string
  status: number
  durationMs: number
  stream: boolean
}

interface RecorderDeps {
  db: Database
  instance: string
  onError: (error: unknown) => void
  now?: () => number
}

/** Counts what this gateway answers. */
export interface TrafficRecorder {
  /** Event streams that are open. */
  openStreams(): number
  streamBegan(): void
  ended(request: TrafficRequest): void
  /** The first token of a reply came after this long, in ms. */
  firstToken(ms: number): void
  /** Writes the minutes that are over; rejects where the database does not take them, which loses none. */
  flush(): Promise<void>
  /** Writes all there is. */
  close(): Promise<void>
}

/** Requests that somebody waits for; not those of process managers, pages and their files. */
const COUNTED = /^\/(?:api|auth)\//

/** Counts what this gateway answers, and writes one row a minute. */
export function createTrafficRecorder({
  db,
  instance,
  onError,
  now = Date.now,
}: RecorderDeps): TrafficRecorder {
  let current = begin(now())
  let unwritten: Minute[] = []
  let openStreams = 0
  let writing: Promise<void> = Promise.resolve()

  /** The minute that is running; the one before is over. */
  function running(): Minute {
    if (minuteOf(now()) !== current.minute) {
      unwritten = [...unwritten, { ...current, openStreams }].slice(-MOST_UNWRITTEN)
      current = begin(now())
    }
    return current
  }

  async function write(): Promise<void> {
    const minutes = unwritten
    if (minutes.length === 0) return
    await db.query(WRITE, [instance, JSON.stringify(minutes)])
    unwritten = unwritten.filter((minute) => !minutes.includes(minute))
  }

  function flush(): Promise<void> {
    running()
    writing = writing.catch(() => {}).then(write)
    return writing
  }

  const timer = setInterval(() => flush().catch(onError), 5_000)
  timer.unref()

  return {
    openStreams: () => openStreams,
    streamBegan(): void {
      openStreams += 1
    },
    ended({ route, status, durationMs, stream }: TrafficRequest): void {
      if (stream) openStreams -= 1
      if (!COUNTED.test(route)) return
      const minute = running()
      minute.requests += 1
      if (status >= 500) minute.errors += 1
      if (!stream) count(minute.response, durationMs)
    },
    firstToken(ms: number): void {
      count(running().firstToken, ms)
    },
    flush,
    async close(): Promise<void> {
      clearInterval(timer)
      running()
      unwritten = [...unwritten, { ...current, openStreams }]
      current = begin(now())
      writing = writing.catch(() => {}).then(write)
      await writing.catch(onError)
    },
  }
}

const WRITE = `
  insert into public.traffic_minutes (minute, instance, requests, errors, response, first_token, open_streams)
  select m.minute, $1, m.requests, m.errors, m.response, m."firstToken", m."openStreams"
  from jsonb_to_recordset($2::jsonb) as m (
    minute timestamptz, requests integer, errors integer, response jsonb, "firstToken" jsonb, "openStreams" integer)
  on conflict (minute, instance) do nothing`

function minuteOf(at: number): string {
  return new Date(Math.floor(at / MINUTE_MS) * MINUTE_MS).toISOString()
}

function begin(at: number): Minute {
  return { minute: minuteOf(at), requests: 0, errors: 0, response: {}, firstToken: {}, openStreams: 0 }
}
