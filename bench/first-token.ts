/**
 * Row 1: what Helix adds to the time to the first token. Each pair is one streamed call to the stub and one through
 * Helix, one after the other, in changing order; each side carries on a conversation of its own.
 *
 *   node bench/first-token.ts [--rounds 20] [--force] [--json]
 */
import { Client } from 'undici'
import { startHelix } from './support/helix.ts'
import { signInPeople } from './support/people.ts'
import { type Row, runRow, type Tools } from './support/row.ts'
import { median, middleHalf, percentile } from './support/statistics.ts'
import { helixTalk, messagesTalk, type Talk } from './support/talk.ts'
import { startUpstream } from './support/upstream.ts'

const ROUNDS = 20
const WARM_UP_ROUNDS = 20
const PAIRS = 25

/** One side of a pair: where it goes, and what its first token looks like on the wire. */
interface Side {
  client: Client
  marker: string
}

interface Round {
  direct: number[]
  helix: number[]
}

/** Milliseconds from sending to the first token; reads the reply to its end. */
async function firstToken({ client, marker }: Side, talk: Talk): Promise<number> {
  const call = talk.next()
  const started = performance.now()
  const { body } = await client.request(call)
  let answer = ''
  let arrived = Number.NaN
  for await (const chunk of body) {
    answer += chunk
    if (Number.isNaN(arrived) && answer.includes(marker)) arrived = performance.now() - started
  }
  talk.heard(answer)
  return arrived
}

async function round(direct: Side, helix: Side, token: string): Promise<Round> {
  const talks = { direct: messagesTalk({}, { stream: true }), helix: helixTalk(token, { stream: true }) }
  const taken: Round = { direct: [], helix: [] }
  const callDirect = async () => taken.direct.push(await firstToken(direct, talks.direct))
  const callHelix = async () => taken.helix.push(await firstToken(helix, talks.helix))
  for (let pair = 0; pair < PAIRS; pair += 1) {
    for (const call of pair % 2 === 0 ? [callDirect, callHelix] : [callHelix, callDirect]) await call()
  }
  return taken
}

async function measure({ resources, rounds, note }: Tools): ReturnType<Row['measure']> {
  const upstream = resources.keep(await startUpstream(), (running) => running.stop())
  const gateway = await startHelix(resources, upstream.ready.url)
  const open = (url: string) => resources.keep(new Client(url), (client) => client.close())
  const direct = { client: open(upstream.ready.url), marker: '"text_delta"' }
  const helix = { client: open(gateway.url), marker: 'event: delta' }
  const tokens = await signInPeople(gateway, WARM_UP_ROUNDS + rounds(ROUNDS))
  const taken: Round[] = []
  for (const [index, token] of tokens.entries()) {
    const one = await round(direct, helix, token)
    if (index < WARM_UP_ROUNDS) continue
    taken.push(one)
    note(
      `round ${taken.length}: direct ${median(one.direct).toFixed(2)} ms, Helix ${median(one.helix).toFixed(2)} ms`,
    )
  }
  return figures(taken)
}

function figures(taken: readonly Round[]): Awaited<ReturnType<Row['measure']>> {
  const perRound = taken.map(({ direct, helix }) => median(helix) - median(direct))
  const perPair = taken.flatMap(({ direct, helix }) =>
    helix.map((ms, place) => ms - (direct[place] ?? Number.NaN)),
  )
  const all = (side: keyof Round) => taken.flatMap((one) => one[side])
  return [
    {
      what: 'added to the first token, median',
      value: median(perRound),
      unit: 'ms',
      bar: { most: 3 },
      detail: `median of ${taken.length} rounds' differences, middle half ${middleHalf(perRound)}`,
    },
    {
      what: 'added to the first token, p99',
      value: percentile(perPair, 0.99),
      unit: 'ms',
      bar: { most: 10 },
      detail: `of ${perPair.length} pairs' differences`,
    },
    { what: 'direct call', value: median(all('direct')), unit: 'ms', detail: spread(all('direct')) },
    { what: 'through Helix', value: median(all('helix')), unit: 'ms', detail: spread(all('helix')) },
  ]
}

function spread(values: readonly number[]): string {
  const [p95, p99] = [0.95, 0.99].map((share) => percentile(values, share).toFixed(2))
  return `median; p95 ${p95} ms, p99 ${p99} ms`
}

await runRow({
  row: 1,
  title: 'added time to first token',
  conditions: [
    'Client, Helix, PostgreSQL and the stub (@copilotkit/aimock, no delay) share the machine; loopback, one call at a time.',
    'Helix as `helix gateway start`: signed in, PostgreSQL with fsync, every turn and its audit entries committed before the call.',
    `Conversations of ${PAIRS} turns; ${WARM_UP_ROUNDS} rounds of them warm up, as a service is.`,
  ],
  measure,
})
