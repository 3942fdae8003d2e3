/**
 * Row 4: what starting the CLI costs, against an empty Node process. Whole processes, from spawn to exit.
 *
 *   node bench/start-up.ts [--rounds 40] [--force] [--json]
 */
import { spawnSync } from 'node:child_process'
import { builtLauncher } from './support/helix.ts'
import { type Row, runRow, type Tools } from './support/row.ts'
import { median, middleHalf } from './support/statistics.ts'

const ROUNDS = 40
const WARM_UP_ROUNDS = 3

/** Milliseconds from spawn to exit. */
function time(args: string[]): number {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - started
}

async function measure({ rounds }: Tools): ReturnType<Row['measure']> {
  const launcher = builtLauncher()
  const programs = { empty: ['-e', '0'], version: [launcher, '--version'], help: [launcher, '--help'] }
  const taken = { empty: [] as number[], version: [] as number[], help: [] as number[] }
  for (let index = -WARM_UP_ROUNDS; index < rounds(ROUNDS); index += 1) {
    const names = Object.keys(programs) as (keyof typeof programs)[]
    for (const [place] of names.entries()) {
      const name = names[(place + index + WARM_UP_ROUNDS) % names.length] ?? 'empty'
      const ms = time(programs[name])
      if (index >= 0) taken[name].push(ms)
    }
  }
  const ratio = (name: 'version' | 'help') => median(taken[name]) / median(taken.empty)
  const spread = (name: keyof typeof taken) =>
    `median ${median(taken[name]).toFixed(1)} ms, middle half ${middleHalf(taken[name], 1)} ms`
  return [
    {
      what: '--version against node -e 0',
      value: ratio('version'),
      unit: '×',
      bar: { most: 1.3 },
      detail: spread('version'),
    },
    {
      what: '--help against node -e 0',
      value: ratio('help'),
      unit: '×',
      bar: { most: 1.6 },
      detail: spread('help'),
    },
    { what: 'node -e 0', value: median(taken.empty), unit: 'ms', digits: 1, detail: spread('empty') },
  ]
}

await runRow({
  row: 4,
  title: 'start-up of the CLI',
  conditions: [
    'Each program in turn, in rotating order; medians of whole processes, with Node’s compile cache warm as after any first use.',
  ],
  measure,
})
