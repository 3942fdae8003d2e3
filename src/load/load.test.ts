import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LoadTest } from './load-test.ts'
import type { LoadResult } from './result.ts'
import { runLoad } from './run.ts'
import { readScript } from './script/read.ts'

const CONSTANT_MS = 100
/** Longer than a limit of one second, which undici looks after every half second. */
const SILENCE_MS = 1_800
let server: Server
let target: string
/** What the server knows of its own time. */
let took: number[] = []
let seen: { authorization: string | undefined; pass: unknown; body: string }[] = []

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    const { authorization, 'x-helix-load-test': pass } = request.headers
    seen.push({ authorization, pass, body })
    if (request.url === '/refused') return response.writeHead(429).end()
    if (request.url === '/broken') return response.writeHead(500).end()
    if (request.url === '/half') return seen.length % 2 === 0 ? undefined : response.end()
    if (request.url === '/hang') return
    if (request.url?.startsWith('/stream')) return stream(request.url, response)
    const began = performance.now()
    await sleep(CONSTANT_MS)
    took.push(performance.now() - began)
    response.end('{"id":"one","deep":{"list":[7]}}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

async function stream(url: string, response: import('node:http').ServerResponse): Promise<void> {
  if (url === '/stream/thinking') await sleep(SILENCE_MS)
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write('event: start\ndata: {}\n\n')
  if (url === '/stream/thinking') await sleep(SILENCE_MS)
  for (let n = 0; n < 3; n += 1) {
    await sleep(40)
    response.write('event: delta\ndata: {"text":"word"}\n\n')
  }
  if (url === '/stream/cut') return void response.destroy()
  if (url === '/stream/open') {
    response.write('event: done\ndata: {}\n\n')
    const pings = setInterval(() => response.write(': ping\n\nevent: delta\ndata: {"text":"more"}\n\n'), 50)
    return void response.on('close', () => clearInterval(pings))
  }
  response.end(url === '/stream/failed' ? 'event: error\ndata: {}\n\n' : 'event: done\ndata: {}\n\n')
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

function load(yaml: string, given: Partial<LoadTest> = {}) {
  const script = readScript(yaml, 'test.yml')
  return runLoad({
    name: 'test',
    script,
    phases: script.config.phases ?? [],
    target,
    mayReach: () => true,
    people: [],
    simulated: null,
    environment: {},
    signal: new AbortController().signal,
    log: () => {},
    ...given,
  })
}

const get = (rate: number, seconds: number, path = '/') => `
config: { phases: [{ arrivalRate: ${rate}, duration: ${seconds} }] }
scenarios: [{ flow: [{ get: { url: ${path} } }] }]`

describe('a server that answers after 100 ms', () => {
  test.for([1, 20, 300])('is reported as that at %d requests a second', { timeout: 30_000 }, async (rate) => {
    const seconds = rate === 1 ? 3 : 2
    // A busy machine makes the server slow: it is compared with what it knows of itself, and a few times.
    for (let tries = 1; ; tries += 1) {
      took = []
      const { times, users, requests } = await load(get(rate, seconds))
      expect(users.ended).toBe(users.offered)
      expect(requests.answered).toBe(rate * seconds)
      const off = [times.response, times.service].map((time) => (time?.p50 ?? 0) / median(took) - 1)
      // `bench/load.ts` holds it to 2 % on a quiet machine; mistakes of method are off by half.
      if (off.every((share) => Math.abs(share) <= 0.1)) return
      if (tries === 5) expect(off).toEqual([0, 0])
    }
  })

  test('that answers one at a time is not spared those who waited', async () => {
    const one = `
config: { http: { pool: 1 }, phases: [{ arrivalRate: 20, duration: 2 }] }
scenarios: [{ flow: [{ get: { url: / } }] }]`
    const { times, rate, durationMs } = await load(one)
    // 40 requests of 100 ms, one after the other: the last one, due after two seconds, waited for two more.
    expect(times.response?.max).toBeGreaterThan(1_800)
    expect(rate.offered).toBeCloseTo(20)
    expect(rate.reached).toBeLessThan(11)
    expect(durationMs).toBeGreaterThan(3_900)
  })
})

test('what was offered and not begun is told', async () => {
  const { users, thresholds } = await load(`
config:
  phases: [{ arrivalRate: 40, duration: 1, maxVusers: 1 }]
  ensure: { maxErrorRate: 1 }
scenarios: [{ flow: [{ get: { url: / } }] }]`)
  expect(users.offered).toBe(40)
  expect(users.skipped).toBeGreaterThan(20)
  expect(users.started + users.skipped).toBe(users.offered)
  expect(thresholds).toMatchObject([{ ok: false }])
})

test('what a limit refuses is no failure of the target, and in no time', async () => {
  const { requests, times } = await load(get(10, 1, '/refused'))
  expect(requests).toMatchObject({ sent: 10, answered: 0, failed: 0, refused: 10, statuses: { 429: 10 } })
  expect(times.response).toBeNull()
  expect((await load(get(10, 1, '/broken'))).requests).toMatchObject({
    failed: 10,
    failures: { 'HTTP 500': 10 },
  })
})

describe('a server that hangs', () => {
  const answeredFor = ({ sent, answered, failed, refused }: LoadResult['requests']) =>
    sent === answered + failed + refused

  test('on every second request has the times of those who waited, and misses what was promised of it', async () => {
    const { requests, times, thresholds } = await load(`
config:
  http: { timeout: 1 }
  phases: [{ arrivalRate: 20, duration: 1 }]
  ensure: { thresholds: [{ response_time.p95: 500 }] }
scenarios: [{ flow: [{ get: { url: /half } }] }]`)
    expect(requests).toMatchObject({ sent: 20, answered: 10, failed: 10 })
    expect(answeredFor(requests)).toBe(true)
    expect(times.response?.count).toBe(20)
    expect(times.response?.p95).toBeGreaterThan(800)
    expect(times.service?.p95).toBeGreaterThan(800)
    expect(thresholds).toMatchObject([{ ok: false }])
  })

  test.for([
    ['get: { url: /hang }', 'response'],
    ['sse: { url: /hang }', 'firstToken'],
  ] as const)('until the test ends has failed with %s', async ([step, time]) => {
    const stop = new AbortController()
    setTimeout(() => stop.abort('SIGINT'), 1_000)
    const { requests, times } = await load(
      `
config: { phases: [{ arrivalCount: 5, duration: 500ms }] }
scenarios: [{ flow: [{ ${step} }] }]`,
      { signal: stop.signal },
    )
    expect(requests).toMatchObject({ sent: 5, failed: 5, failures: { 'no answer when the test ended': 5 } })
    expect(answeredFor(requests)).toBe(true)
    expect(times[time]?.count).toBe(5)
    expect(times[time]?.min).toBeGreaterThan(300)
  })
})

describe('a stream', () => {
  const sse = (path: string) => `
config: { goals: { firstToken: 70ms }, phases: [{ arrivalCount: 5, duration: 1 }] }
scenarios: [{ flow: [{ sse: { url: ${path}, method: POST, json: { message: hi } } }] }]`

  test('is told by its first words, the gaps between them, and its end', async () => {
    const { streams, times, goodput, requests } = await load(sse('/stream'))
    expect(streams).toMatchObject({ started: 5, complete: 5, cut: 0, failed: 0 })
    expect(times.firstToken?.count).toBe(5)
    expect(times.tokenGap?.count).toBe(10)
    expect(times.tokenGap?.p50).toBeGreaterThan(35)
    expect(requests.answered).toBe(5)
    expect(goodput.judged).toBe(5)
  })

  test('has ended with its last event, though the server keeps it open', async () => {
    const { streams, times, requests, goodput } = await load(
      sse('/stream/open').replace('70ms', '70ms, responseTime: 450ms'),
    )
    expect(streams).toMatchObject({ started: 5, complete: 5, cut: 0, failed: 0 })
    expect(requests).toMatchObject({ sent: 5, answered: 5, failed: 0 })
    expect(times.response).toMatchObject({ count: 5 })
    expect(times.response?.p50).toBeLessThan(450)
    expect(times.tokenGap?.count).toBe(10)
    expect(goodput.judged).toBe(5)
  })

  test('is ended by its own limits, not by that of all requests', async () => {
    const thinking = await load(
      sse('/stream/thinking').replace('config: {', 'config: { http: { timeout: 1 },'),
    )
    expect(thinking.requests).toMatchObject({ sent: 5, answered: 5 })
    const silent = await load(sse('/hang').replace('method', 'maxIdle: 300ms, method'))
    expect(silent.requests).toMatchObject({ sent: 5, failed: 5, failures: { IDLE: 5 } })
    expect(silent.times.firstToken?.count).toBe(5)
  })

  test('that breaks off or fails is counted as that, and as no answer', async () => {
    expect(await load(sse('/stream/cut'))).toMatchObject({
      streams: { complete: 0, cut: 5 },
      requests: { answered: 0, failed: 5 },
    })
    expect(await load(sse('/stream/failed'))).toMatchObject({
      streams: { failed: 5 },
      requests: { failures: { 'stream failed': 5 } },
    })
  })
})

test('what one request brings, the next one sends; a token and a pass go to the target alone', async () => {
  seen = []
  const elsewhere = target.replace('127.0.0.1', 'localhost')
  const { requests } = await load(
    `
config: { variables: { greeting: hello }, phases: [{ arrivalCount: 1, duration: 1 }] }
scenarios:
  - flow:
      - get: { url: /, capture: { json: "$.deep.list[0]", as: number } }
      - loop: [{ post: { url: /, json: { text: "{{ greeting }} {{ $loopCount }}", number: "{{ number }}" } } }]
        count: 2
      - get: { url: "${elsewhere}/" , ifTrue: "number == 7" }`,
    { people: [{ token: 'secret', pass: 'pass' }] },
  )
  expect(requests).toMatchObject({ answered: 4, failed: 0 })
  expect(seen.map(({ body }) => body)).toEqual([
    '',
    '{"text":"hello 1","number":7}',
    '{"text":"hello 2","number":7}',
    '',
  ])
  expect(seen.map(({ authorization }) => authorization)).toEqual([
    ...Array(3).fill('Bearer secret'),
    undefined,
  ])
  expect(seen.map(({ pass }) => pass)).toEqual([...Array(3).fill('pass'), undefined])
})

test('nothing is sent where nobody consented to, whatever variables make of an address', async () => {
  seen = []
  const elsewhere = target.replace('127.0.0.1', 'localhost')
  const { requests, users } = await load(
    `
config: { variables: { other: "${elsewhere}" }, phases: [{ arrivalCount: 2, duration: 500ms }] }
scenarios:
  - flow: [{ get: { url: / } }, { sse: { url: "{{ other }}/stream" } }]
  - flow: [{ get: { url: / } }, { post: { url: "{{ other }}/" } }]
  - flow: [{ get: { url: / } }, { get: { url: "http://{{ nobody }}:1/" } }]`,
    { mayReach: ({ origin }) => origin === target },
  )
  expect(users).toMatchObject({ ended: 2, failed: 2 })
  expect(requests).toMatchObject({ sent: 4, answered: 2, failed: 2 })
  for (const name of Object.keys(requests.failures))
    expect([`not sent: nobody consented to ${elsewhere}`, 'no address']).toContain(name)
  expect(seen).toHaveLength(2)
})

test('a test that is stopped tells what it has', async () => {
  const stop = new AbortController()
  setTimeout(() => stop.abort('SIGINT'), 600)
  const { stopped, users, durationMs } = await load(get(20, 30), { signal: stop.signal })
  expect(stopped).toBe(true)
  expect(users.offered).toBeLessThan(20)
  expect(durationMs).toBeLessThan(3_000)
})

describe('trouble in what comes after the test takes nothing of what was measured', () => {
  const after = (step: string) => `
config: { phases: [{ arrivalCount: 2, duration: 500ms }] }
scenarios: [{ flow: [{ get: { url: / } }] }]
after: { flow: [{ ${step} }] }`

  test.for([
    ['get: { url: "http://{{ nobody }}:1/" }', 'no address'],
    ['get: { url: /broken }', 'HTTP 500'],
  ] as const)('%s', async ([step, why]) => {
    const told: string[] = []
    const { requests, stopped } = await load(after(step), { log: (text) => told.push(text) })
    expect({ requests, stopped }).toMatchObject({ requests: { sent: 2, answered: 2 }, stopped: false })
    expect(told).toEqual([expect.stringMatching(`^after: .*${why}`)])
  })

  test('nor does a signal while it runs', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort('SIGINT'), 1_500)
    const told: string[] = []
    const given = { signal: stop.signal, log: (text: string) => void told.push(text) }
    const { requests, stopped, durationMs } = await load(after('think: 60'), given)
    expect({ requests, stopped }).toMatchObject({ requests: { answered: 2 }, stopped: false })
    expect(durationMs).toBeLessThan(1_500)
    expect(told).toHaveLength(1)
  })
})
