import { asHelixError, HelixError } from '../src/errors.ts'
import { wanted } from '../src/logs/filter.ts'
import { mergeKept, mergeLive, type OnLost } from '../src/logs/merge.ts'
import type { LogRecord } from '../src/logs/record.ts'
import type { LogSource } from '../src/logs/source.ts'
import type { Context } from './context.ts'
import { defineCommand } from './define.ts'
import { actorOf } from './logs/actor.ts'
import { logOptions } from './logs/options.ts'
import { linePrinter } from './logs/printed.ts'
import { logSources } from './logs/sources.ts'

/** What is shown where nothing says since when. */
const RECENT_MS = 3_600_000
const RECENT_LINES = 200
/** Clocks of machines may differ by so much, and lines be late. */
const OVERLAP_MS = 5_000

export default defineCommand({
  examples: [
    ['helix logs', 'the last hour of the helix up on this machine'],
    ['helix logs --env production --follow', 'all machines of the deploy, and what comes'],
    ['helix logs --env production --since 2h --level error', 'what went wrong'],
    ['helix logs --user ada@example.com --status 4xx 5xx', 'what one person was refused'],
    ['helix logs --request 0b6c0a9e --json', 'everything about one request, for a program'],
  ],
  description:
    'Shows the logs of gateways: of `helix up` from the file it keeps, of machines from their journal, Docker or PM2 over ' +
    'SSH. Lines of several machines are in order of time. Secrets and addresses are taken out once more, and nothing in a ' +
    'line can control the terminal. Without --since: the last hour, at most 200 lines. With --json one object a line.',
  options: logOptions,
  streams: true,
  async run({ follow, lines, user, here, host, file, ...given }, context) {
    const actor = user === undefined ? undefined : await actorOf(context, user)
    const sources = await logSources(context, { here, host, file })
    const since = given.since ?? new Date(Date.now() - RECENT_MS)
    const most = lines ?? (given.since ? undefined : RECENT_LINES)
    const { until, level, request, grep } = given
    const statuses = given.status.filter((range) => range !== undefined)
    const fits = wanted({ since, until, level, request, grep, statuses, actor })
    const print = linePrinter(
      context,
      sources.map(({ name }) => name),
    )
    const lost = losses(context)
    const began = new Date(Date.now() - OVERLAP_MS)
    const kept = mergeKept(sources, { since, signal: context.signal, onLost: lost.note })
    const seen = await show(kept, { fits, print, most, keepFrom: began })
    if (lost.count() === sources.length) throw lost.first()
    if (follow && !context.signal.aborted)
      await goOn(sources, { since: began, fits, print, seen, onLost: lost.note }, context)
    lost.end()
  },
})

interface Showing {
  fits: (record: LogRecord) => boolean
  print: (record: LogRecord) => Promise<void>
}

/** Prints what is there; resolves to the newest lines, which come once more where it goes on. */
async function show(
  records: AsyncIterable<LogRecord>,
  { fits, print, most, keepFrom }: Showing & { most: number | undefined; keepFrom: Date },
): Promise<ReadonlySet<string>> {
  const from = keepFrom.toISOString()
  const seen = new Set<string>()
  const last: LogRecord[] = []
  for await (const record of records) {
    if (record.at >= from) seen.add(JSON.stringify(record))
    if (!fits(record)) continue
    if (most === undefined) await print(record)
    else if (last.push(record) > most) last.shift()
  }
  for (const record of last) await print(record)
  return seen
}

async function goOn(
  sources: readonly LogSource[],
  { since, fits, print, seen, onLost }: Showing & { since: Date; seen: ReadonlySet<string>; onLost: OnLost },
  { signal, note }: Context,
): Promise<void> {
  note('Following what comes; Ctrl-C ends it.')
  for await (const record of mergeLive(sources, { since, signal, onLost }))
    if (fits(record) && !seen.has(JSON.stringify(record))) await print(record)
}

/** Says at once which machine has nothing to tell, and at the end that it was so. */
function losses({ note }: Context) {
  const errors: HelixError[] = []
  const names = new Set<string>()
  return {
    note(source: LogSource, error: unknown): void {
      const lost = asHelixError(error)
      errors.push(lost)
      names.add(source.name)
      note(`${source.name}: ${lost.message}`)
    },
    count: () => errors.length,
    first: () => errors[0] ?? new HelixError('not_found', 'There is no log', { hint: 'Run `helix up`.' }),
    end(): void {
      if (errors.length === 0) return
      throw new HelixError('host_failed', `Not everything was shown: ${[...names].join(', ')}`, {
        hint: errors[0]?.hint ?? 'Its failure is above.',
      })
    },
  }
}
