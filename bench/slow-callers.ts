/**
 * How long people wait while 800 callers hold connections and send or read next to nothing.
 *
 *   node bench/slow-callers.ts [--rounds N] [--force] [--json]
 */
import { Client } from 'undici'
import { slowCallers } from '../test/support/slow-callers.ts'
import { startHelix } from './support/helix.ts'
import { signInPeople } from './support/people.ts'
import { type Figure, type Row, runRow, type Tools } from './support/row.ts'
import { median, percentile } from './support/statistics.ts'
import { startUpstream } from './support/upstream.ts'

const EACH = 200
const ROUNDS = 5
const REQUESTS = 200
const PATHS = ['/health/live', '/api/conversations', '/api/profile']

/** How long each of a mix of requests took, one after the other, in ms. */
async function sample(client: Client, authorization: string): Promise<number[]> {
  const took: number[] = []
  for (let asked = 0; asked < REQUESTS; asked += 1) {
    const path = PATHS[asked % PATHS.length] ?? '/'
    const began = performance.now()
    const { statusCode, body } = await client.request({ path, method: 'GET', headers: { authorization } })
    await body.dump()
    if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}`)
    took.push(performance.now() - began)
  }
  return took
}

/** A reply that has ended, for those who ask for it and never read it. */
async function finishedReply(client: Client, authorization: string): Promise<string> {
  const { body } = await client.request({
    path: '/api/chat/message',
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'Hello' }),
  })
  const { message } = (await body.json()) as { message: { generationId: string } }
  return message.generationId
}

async function measure({ resources, rounds, note }: Tools): ReturnType<Row['measure']> {
  const upstream = resources.keep(await startUpstream(), (running) => running.stop())
  const gateway = await startHelix(resources, upstream.ready.url)
  const count = rounds(ROUNDS)
  const tokens = await signInPeople(gateway, 2 * (count + 1))
  const client = resources.keep(new Client(gateway.url), (open) => open.close())
  const quiet: number[] = []
  const busy: number[] = []
  for (let round = -1; round < count; round += 1) {
    const [person = '', slow = ''] = tokens.splice(0, 2)
    const alone = await sample(client, `Bearer ${person}`)
    const finished = await finishedReply(client, `Bearer ${slow}`)
    const callers = await slowCallers(gateway.url, { each: EACH, token: slow, finished })
    const beside = await sample(client, `Bearer ${person}`)
    callers.end()
    if (round < 0) continue
    quiet.push(...alone)
    busy.push(...beside)
    note(
      `round ${round + 1}: p99 ${percentile(alone, 0.99).toFixed(1)} ms, ${percentile(beside, 0.99).toFixed(1)} ms`,
    )
  }
  return [figure('beside 800 slow callers', busy, 100), figure('with nobody slow', quiet)]
}

function figure(when: string, took: readonly number[], most?: number): Figure {
  return {
    what: `an answer ${when}, p99`,
    value: percentile(took, 0.99),
    unit: 'ms',
    ...(most === undefined ? {} : { bar: { most } }),
    detail: `of ${took.length}; median ${median(took).toFixed(2)} ms`,
  }
}

await runRow({
  row: null,
  title: 'what others notice of slow callers',
  conditions: [
    `${EACH} connections each that never end their headers, never end a body, stay idle, and never read an answer.`,
    'One person asks for health, conversations and profile in turn; the gateway, PostgreSQL and all callers share the machine.',
  ],
  measure,
})
