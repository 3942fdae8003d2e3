import type { LogRecord } from './record.ts'
import type { LogSource } from './source.ts'

/** Told of a place that cannot be read; the others go on. */
export type OnLost = (source: LogSource, error: unknown) => void

/** How long lines are held back so that those of slower machines find their place, in ms. */
const HOLD_MS = 400
/** So many lines held back are let go early; until they are taken, no more are read. */
const MOST_HELD = 10_000

/** What is in all places, in order of time. Only one line a place is held at a time. */
export async function* mergeKept(
  sources: readonly LogSource[],
  { since, signal, onLost }: { since: Date | undefined; signal: AbortSignal; onLost: OnLost },
): AsyncGenerator<LogRecord, void> {
  const open = sources.map((source) => ({
    source,
    lines: source.read(since, signal)[Symbol.asyncIterator](),
  }))
  type Open = (typeof open)[number]
  const next = async (one: Open) => {
    const { value, done } = await one.lines.next().catch((error: unknown) => {
      signal.throwIfAborted()
      onLost(one.source, error)
      return { value: undefined, done: true as const }
    })
    return done || !value ? undefined : { one, record: value as LogRecord }
  }
  try {
    let heads = (await Promise.all(open.map(next))).filter((head) => head !== undefined)
    while (heads.length > 0) {
      const first = heads.reduce((one, other) => (other.record.at < one.record.at ? other : one))
      yield first.record
      const following = await next(first.one)
      heads = heads.flatMap((head) => (head === first ? (following ? [following] : []) : [head]))
    }
  } finally {
    await Promise.all(open.map(({ lines }) => lines.return?.()))
  }
}

/**
 * What comes in all places, in order of time as far as it comes within {@link HOLD_MS}. Ends when all have. While nobody
 * takes it, a bounded number of lines is held.
 */
export async function* mergeLive(
  sources: readonly LogSource[],
  { since, signal, onLost }: { since: Date; signal: AbortSignal; onLost: OnLost },
): AsyncGenerator<LogRecord, void> {
  let held: { record: LogRecord; arrived: number }[] = []
  let open = sources.length
  let wake = () => {}
  const taken = createBell()
  signal.addEventListener('abort', taken.ring, { once: true })
  const readers = sources.map(async (source) => {
    try {
      for await (const record of source.follow(since, signal)) {
        held.push({ record, arrived: performance.now() })
        wake()
        while (held.length >= MOST_HELD && !signal.aborted) await taken.rung()
      }
    } catch (error) {
      if (!signal.aborted) onLost(source, error)
    } finally {
      open -= 1
      wake()
    }
  })
  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  while (open > 0 || held.length > 0) {
    const ripe = performance.now() - HOLD_MS
    const all = open === 0 || signal.aborted || held.length >= MOST_HELD
    const ready = held.filter(({ arrived }) => all || arrived <= ripe)
    held = held.filter(({ arrived }) => !all && arrived > ripe)
    taken.ring()
    for (const { record } of ready.sort(byTime)) yield record
    if (held.length > 0) await pause(HOLD_MS / 4)
    else if (open > 0) await sleep(60_000)
  }
  await Promise.all(readers)
}

/** Wakes whoever waits until something happens. */
function createBell() {
  let { promise, resolve } = Promise.withResolvers<void>()
  return {
    rung: () => promise,
    ring(): void {
      resolve()
      ;({ promise, resolve } = Promise.withResolvers<void>())
    },
  }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function byTime(one: { record: LogRecord }, other: { record: LogRecord }): number {
  return one.record.at < other.record.at ? -1 : one.record.at > other.record.at ? 1 : 0
}
