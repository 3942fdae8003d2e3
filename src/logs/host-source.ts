import type { LineHost } from '../shell/stream.ts'
import type { LogKeeper } from './keepers.ts'
import { type LogRecord, recordReader } from './record.ts'
import type { LogSource } from './source.ts'

/** Lines of one machine that may be out of order: several processes write there. */
const MOST_SORTED = 500

/** The log of whatever releases run, or ran, on a machine. */
export function hostSource(host: LineHost, keeper: LogKeeper, folder: string): LogSource {
  async function* records(since: Date | undefined, follow: boolean, signal: AbortSignal) {
    const recordOf = recordReader(host.name, follow)
    for await (const line of host.lines(keeper.script({ since, folder, follow }), signal)) {
      const record = recordOf(keeper.read(line))
      if (record) yield record
    }
  }
  return {
    name: host.name,
    read: (since, signal) => nearlySorted(records(since, false, signal)),
    async *follow(since, signal) {
      const from = since.toISOString()
      for await (const record of records(since, true, signal)) if (record.at >= from) yield record
    },
  }
}

/** Puts lines in order that are out of it by a few places. Where they break off, those that came are had first. */
async function* nearlySorted(lines: AsyncIterable<LogRecord>): AsyncGenerator<LogRecord, void> {
  const held: LogRecord[] = []
  let failure: { error: unknown } | undefined
  try {
    for await (const line of lines) {
      let place = held.length
      while (place > 0 && (held[place - 1]?.at ?? '') > line.at) place -= 1
      held.splice(place, 0, line)
      const first = held.length > MOST_SORTED ? held.shift() : undefined
      if (first) yield first
    }
  } catch (error) {
    failure = { error }
  }
  yield* held
  if (failure) throw failure.error
}
