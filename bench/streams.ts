/**
 * Row 3: what a thousand open replies cost, and how late an event of the feed comes at another gateway.
 *
 *   node bench/streams.ts [--force] [--json]
 */
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent, type Dispatcher } from 'undici'
import type { FeedEvent } from '../src/contract/feed.ts'
import { type BenchGateway, startHelix } from './support/helix.ts'
import { now, PACE_MS, readStamped, type Stream, startPaced, TOKENS } from './support/paced.ts'
import { signInPeople } from './support/people.ts'
import { type Figure, type Row, runRow, type Tools } from './support/row.ts'
import { median, percentile } from './support/statistics.ts'
import { startUpstream } from './support/upstream.ts'

const STREAMS = 1_000
/** Streams opened a second. */
const RAMP = 100
const SETTLE_MS = 2_000
const FEED_TURNS = 400
const FEED_PACE_MS = 50

const MESSAGE = JSON.stringify({ message: 'Tell me about the weather in Lyon.' })
const DIRECT = JSON.stringify({ model: 'claude-sonnet-5-5', max_tokens: 1024, stream: true, messages: [] })

interface Crowd {
  jitter: number[]
  errors: number
  /** The most memory seen while they were open, in MiB. */
  peak: number
}

/** Opens every stream, a few at a time, and reads all to their ends. Jitter counts while all of them are open. */
async function crowd(
  open: (place: number, measuring: () => boolean) => Promise<Stream>,
  memory: () => number,
  note: Tools['note'],
): Promise<Crowd> {
  const allOpenAt = performance.now() + (STREAMS / RAMP) * 1_000 + SETTLE_MS
  const firstEndsAt = performance.now() + PACE_MS * TOKENS
  const measuring = () => performance.now() > allOpenAt && performance.now() < firstEndsAt
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, memory())
  }, 250)
  const failures: string[] = []
  const streams: Promise<Stream | undefined>[] = []
  for (let place = 0; place < STREAMS; place += 1) {
    streams.push(open(place, measuring).catch((error: unknown) => void failures.push(String(error))))
    await sleep(1_000 / RAMP - 1)
  }
  const ended = await Promise.all(streams)
  clearInterval(watch)
  const short = ended.filter((stream) => stream && stream.tokens < TOKENS)
  for (const failure of new Set(failures)) note(`failed: ${failure}`)
  if (short.length > 0) note(`${short.length} ended early, the first after ${short[0]?.tokens} tokens`)
  const whole = ended.filter((stream) => stream?.tokens === TOKENS)
  return { jitter: ended.flatMap((stream) => stream?.jitter ?? []), errors: STREAMS - whole.length, peak }
}

async function bodyOf(agent: Agent, options: Dispatcher.RequestOptions & { origin: string }) {
  const { statusCode, body } = await agent.request(options)
  if (statusCode !== 200) throw new Error(`${options.path} answered ${statusCode}: ${await body.text()}`)
  return body
}

/** Resident memory of a process, in MiB. */
function residentMiB(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1_024
}

async function replies({ resources, note }: Tools, agent: Agent): Promise<Figure[]> {
  const upstream = resources.keep(await startPaced(), (running) => running.stop())
  const { url } = upstream.ready
  const post = { method: 'POST' as const, headersTimeout: 60_000, bodyTimeout: 60_000 }
  const json = { 'content-type': 'application/json' }
  const direct = await crowd(
    async (_place, measuring) =>
      readStamped(
        await bodyOf(agent, { ...post, origin: url, path: '/v1/messages', headers: json, body: DIRECT }),
        measuring,
      ),
    () => 0,
    note,
  )
  note(`direct: jitter p99 ${percentile(direct.jitter, 0.99).toFixed(1)} ms, ${direct.errors} errors`)

  const gateway = await startHelix(resources, url)
  const tokens = await signInPeople(gateway, STREAMS)
  const before = residentMiB(gateway.pid)
  const helix = await crowd(
    async (place, measuring) => {
      const headers = { ...json, accept: 'text/event-stream', authorization: `Bearer ${tokens[place]}` }
      const request = { ...post, origin: gateway.url, path: '/api/chat/message', headers, body: MESSAGE }
      return readStamped(await bodyOf(agent, request), measuring)
    },
    () => residentMiB(gateway.pid),
    note,
  )
  note(
    `Helix: jitter p99 ${percentile(helix.jitter, 0.99).toFixed(1)} ms, ${helix.errors} errors, ${helix.peak.toFixed(0)} MiB`,
  )
  return [
    {
      what: `memory of the gateway with ${STREAMS} open replies`,
      value: helix.peak,
      unit: 'MiB',
      digits: 0,
      bar: { most: 400 },
      detail: `the most seen; ${before.toFixed(0)} MiB before`,
    },
    { what: 'streams that were refused or cut', value: helix.errors, unit: '', digits: 0, bar: { most: 0 } },
    {
      what: 'jitter added between tokens, p99',
      value: percentile(helix.jitter, 0.99) - percentile(direct.jitter, 0.99),
      unit: 'ms',
      bar: { most: 50 },
      detail: 'through Helix, less without',
    },
    jitterFigure('through Helix', helix.jitter),
    jitterFigure('without', direct.jitter),
  ]
}

function jitterFigure(what: string, jitter: readonly number[]): Figure {
  const spread = `of ${jitter.length}; median ${median(jitter).toFixed(2)} ms`
  return { what: `jitter ${what}, p99`, value: percentile(jitter, 0.99), unit: 'ms', detail: spread }
}

/** Follows a person's feed; `told` is called with each event as it arrives. */
async function follow(
  agent: Agent,
  { url }: BenchGateway,
  token: string,
  told: (event: FeedEvent['event'], at: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const body = await bodyOf(agent, {
    origin: url,
    path: '/api/events',
    method: 'GET',
    headers: { authorization: `Bearer ${token}` },
    bodyTimeout: 60_000,
    signal,
  })
  void (async () => {
    let rest = ''
    for await (const chunk of body) {
      const arrived = now()
      const parts = (rest + chunk).split('\n\n')
      rest = parts.pop() ?? ''
      for (const part of parts) {
        const [, name] = /^event: (.*)$/m.exec(part) ?? []
        const [, at] = /"at":"([^"]+)"/.exec(part) ?? []
        if (name && at) told(name as FeedEvent['event'], arrived - Date.parse(at))
      }
    }
  })().catch(() => {})
}

async function feeds({ resources, note }: Tools, agent: Agent): Promise<Figure[]> {
  const upstream = resources.keep(await startUpstream(), (running) => running.stop())
  const here = await startHelix(resources, upstream.ready.url)
  const there = await startHelix(resources, upstream.ready.url, { beside: here })
  const tokens = await signInPeople(here, STREAMS)
  const late: number[] = []
  const ended = new AbortController()
  await Promise.all(
    tokens.map((token) => follow(agent, there, token, (_event, ms) => late.push(ms), ended.signal)),
  )
  await sleep(SETTLE_MS)
  const sent: Promise<unknown>[] = []
  for (let turn = 0; turn < FEED_TURNS; turn += 1) {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${tokens[turn % STREAMS]}` }
    const request = {
      origin: here.url,
      path: '/api/chat/message',
      method: 'POST' as const,
      headers,
      body: MESSAGE,
    }
    sent.push(bodyOf(agent, request).then((body) => body.dump()))
    await sleep(FEED_PACE_MS - 1)
  }
  await Promise.all(sent)
  await sleep(SETTLE_MS)
  const memory = residentMiB(there.pid)
  ended.abort()
  const missing = FEED_TURNS * 4 - late.length
  note(`feeds: p99 ${percentile(late, 0.99).toFixed(1)} ms, ${missing} missing, ${memory.toFixed(0)} MiB`)
  return [
    {
      what: 'an event at another gateway, p99',
      value: percentile(late, 0.99),
      unit: 'ms',
      digits: 1,
      bar: { most: 250 },
      detail: `from the beginning of its transaction, of ${late.length}; median ${median(late).toFixed(1)} ms`,
    },
    { what: 'events that did not come', value: missing, unit: '', digits: 0, bar: { most: 0 } },
    {
      what: `memory of that gateway with ${STREAMS} open feeds`,
      value: memory,
      unit: 'MiB',
      digits: 0,
    },
  ]
}

async function measure(tools: Tools): ReturnType<Row['measure']> {
  const agent = tools.resources.keep(new Agent({ connections: STREAMS + 50, pipelining: 1 }), (open) =>
    open.destroy(),
  )
  return [...(await replies(tools, agent)), ...(await feeds(tools, agent))]
}

await runRow({
  row: 3,
  title: `${STREAMS.toLocaleString('en')} open streams`,
  conditions: [
    'Client, gateways, PostgreSQL and the upstream share the machine; loopback.',
    `Replies: ${STREAMS} people, one streamed reply each, a token every ${PACE_MS} ms for ${(PACE_MS * TOKENS) / 1_000} s; all stored as they come. Each token says when the upstream sent it; jitter is by how much its distance to the one before changed on the way to the client.`,
    `Feeds: ${STREAMS} people follow theirs at one gateway, while ${1_000 / FEED_PACE_MS} turns a second are sent to another on the same database.`,
  ],
  measure,
})
