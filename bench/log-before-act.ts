/**
 * Log before act, under every fault there is: requests that reach Claude against what the chain announced before.
 *
 *   node bench/log-before-act.ts [--strict yes] [--force] [--json]
 */
import { runFaults } from '../test/faults/run.ts'
import { type Row, runRow, type Tools } from './support/row.ts'

const CALLS = 10_000
const GATEWAYS = 2
const PEOPLE = 24
/** In strict mode every call waits for Discord, which takes a post in two seconds. */
const STRICT_PEOPLE = 96

async function measure({ note, option }: Tools): ReturnType<Row['measure']> {
  const seed = Date.now() % 1_000_000
  note(`seed ${seed}`)
  const strict = option('strict') === 'yes'
  const people = strict ? STRICT_PEOPLE : PEOPLE
  const run = await runFaults({ calls: CALLS, seed, gateways: GATEWAYS, people, strict, note })
  const harms = [...run.harms].map(([name, times]) => `${name} ${times} ×`).toSorted()
  if (run.unannounced.length > 0) note(JSON.stringify(run.unannounced.slice(0, 10)))
  if (strict && run.unposted.length > 0) note(JSON.stringify(run.unposted.slice(0, 10)))
  if (run.findings.length > 0) note(JSON.stringify(run.findings.slice(0, 10)))
  const none = { most: 0 }
  return [
    {
      what: 'requests that reached Claude',
      value: run.reached,
      unit: '',
      digits: 0,
      bar: { least: CALLS },
      detail: `of ${run.sent} messages sent; ${harms.join(', ')}`,
    },
    {
      what: 'of these without an intent committed before',
      value: run.unannounced.length,
      unit: '',
      digits: 0,
      bar: none,
      detail: `${run.intents} intents; times of commit as PostgreSQL keeps them`,
    },
    ...(strict
      ? [
          {
            what: 'of these without an intent on Discord before (strict mode)',
            value: run.unposted.length,
            unit: '',
            digits: 0,
            bar: none,
            detail: 'times by the clock of Discord',
          },
        ]
      : []),
    {
      what: 'until every intent was closed, after the last fault',
      value: run.settledMs / 1_000,
      unit: 's',
      digits: 1,
      bar: { most: 60 },
    },
    {
      what: 'findings of `audit verify` afterwards',
      value: run.findings.length,
      unit: '',
      digits: 0,
      bar: none,
      detail: `${run.entries} entries, no intent left open`,
    },
  ]
}

await runRow({
  row: null,
  title: 'log before act, while everything fails',
  conditions: [
    `${GATEWAYS} gateways over one PostgreSQL, ${PEOPLE} people (${STRICT_PEOPLE} in strict mode) who send without a pause; Claude is the strict stub, Discord the strict local one.`,
    'In turn, at random moments: PostgreSQL loses all connections, crashes and recovers, has the chain or the replies locked, also until a lock timeout; a gateway is killed with -9; Discord is away, answers 500 or 429, or loses its answers.',
    'One call in eight meets a fault of Claude: reset, silence, 529, 500, 429, malformed, cut off, empty.',
  ],
  options: ['strict'],
  measure,
})
