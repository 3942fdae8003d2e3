/**
 * The load generator: its rate against autocannon's, and what it says of a server that takes 100 ms.
 *
 *   node bench/load.ts [--rounds 9] [--force] [--json]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import autocannon from 'autocannon'
import { runLoad } from '../src/load/run.ts'
import { readScript } from '../src/load/script/read.ts'
import { type Row, runRow, type Tools } from './support/row.ts'
import { median } from './support/statistics.ts'

const CONNECTIONS = 10
/** How long as many as go are sent: a short test is mostly its own beginning and end. */
const FAST_SECONDS = 8
/** What that is about, for each of ten users. */
const EACH = 80_000
const SECONDS = 3
const RATES = [10, 100, 500]
/** It knows how long it took itself: on a machine that others use, a timer of 100 ms fires later. */
const SERVER = `
const { createServer } = require('node:http')
let took = []
const server = createServer((request, response) => {
  if (request.url === '/') return response.end('ok')
  if (request.url === '/took') {
    response.end(JSON.stringify(took))
    took = []
    return
  }
  const began = performance.now()
  setTimeout(() => {
    took.push(performance.now() - began)
    response.end('ok')
  }, 100)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

interface Pair {
  ours: number
  theirs: number
}

async function measure({ resources, rounds, note }: Tools): ReturnType<Row['measure']> {
  const target = await startServer(resources)
  const pairs: Pair[] = []
  for (let round = 0; round < rounds(9); round += 1) {
    const pair = await inTurn(target, round % 2 === 0)
    pairs.push(pair)
    note(`round ${round + 1}: ${pair.ours.toFixed(0)}/s, autocannon ${pair.theirs.toFixed(0)}/s`)
  }
  const told: { told: number; own: number }[] = []
  for (const rate of RATES) told.push(await toldOf(target, rate))
  const ratios = pairs.map(({ ours, theirs }) => ours / theirs)
  return [
    {
      what: 'requests a second, by autocannon’s of the same round',
      value: median(ratios),
      unit: '×',
      digits: 2,
      bar: { least: 1 },
      detail: `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}; half of the rounds reach ${median(pairs.map(({ ours }) => ours)).toFixed(0)}/s, autocannon’s ${median(pairs.map(({ theirs }) => theirs)).toFixed(0)}/s`,
    },
    ...told.map(({ told, own }, place) => ({
      what: `a server of 100 ms at ${RATES[place]}/s: off by`,
      value: Math.abs(told / own - 1) * 100,
      unit: '%',
      digits: 2,
      bar: { most: 2 },
      detail: `told as ${told.toFixed(1)} ms, half within; it took ${own.toFixed(1)} ms by its own clock`,
    })),
  ]
}

/** One round of each, every other time the other way round: what is around changes from round to round. */
async function inTurn(target: string, theirsFirst: boolean): Promise<Pair> {
  const before = theirsFirst ? await theirRate(target) : undefined
  const ours = await fastest(target)
  return { ours, theirs: before ?? (await theirRate(target)) }
}

async function theirRate(target: string): Promise<number> {
  const { requests } = await autocannon({ url: target, connections: CONNECTIONS, duration: FAST_SECONDS })
  return requests.average
}

async function startServer(resources: Tools['resources']): Promise<string> {
  const child = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
  resources.keep(child, () => void child.kill())
  const [port] = await once(child.stdout, 'data')
  return `http://127.0.0.1:${String(port).trim()}`
}

/** As many as go: so many users, each of whom asks again at once. */
async function fastest(target: string): Promise<number> {
  const { rate } = await load(
    target,
    `
config: { phases: [{ arrivalCount: ${CONNECTIONS}, duration: 1ms }] }
scenarios: [{ flow: [{ loop: [{ get: { url: / } }], count: ${EACH} }] }]`,
  )
  return rate.reached
}

/** What is said of the server, and what it says itself; half of each within. */
async function toldOf(target: string, rate: number): Promise<{ told: number; own: number }> {
  const { times } = await load(
    target,
    `
config: { phases: [{ arrivalRate: ${rate}, duration: ${SECONDS} }] }
scenarios: [{ flow: [{ get: { url: /slow } }] }]`,
  )
  const own = (await (await fetch(`${target}/took`)).json()) as number[]
  return { told: times.response?.p50 ?? Number.NaN, own: median(own) }
}

function load(target: string, yaml: string) {
  const script = readScript(yaml, 'bench.yml')
  return runLoad({
    name: 'bench',
    script,
    phases: script.config.phases ?? [],
    target,
    mayReach: () => true,
    people: [],
    simulated: null,
    environment: {},
    signal: new AbortController().signal,
    log: () => {},
  })
}

await runRow({
  row: 8,
  title: 'The load generator',
  conditions: [
    `${CONNECTIONS} connections to a Node server in another process, which answers at once; rounds of ${FAST_SECONDS} s with autocannon in turn, each first every other time.`,
    'Then a server that waits 100 ms, asked at fixed rates; from when each request was meant to go out to its last byte, against the time the server took by its own clock.',
  ],
  measure,
})
