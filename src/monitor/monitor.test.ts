import { expect, it, vi } from 'vitest'
import { createColour } from '../ui/colour.ts'
import { watchHost } from './host-watch.ts'
import { layOut } from './layout.ts'
import type { Numbers, Picture } from './picture.ts'
import { numbersOf, readingOf } from './reading.ts'
import { parseMetrics } from './scrape.ts'
import { sparkline } from './sparkline.ts'

const metrics = (requests: number, slow: number, cost: number) =>
  readingOf(
    parseMetrics(`# HELP helix_http_requests_total Requests answered.
helix_http_requests_total{method="GET",route="/api/profile",status="200"} ${requests}
helix_http_requests_total{method="GET",route="/api/profile",status="503"} ${requests / 10}
helix_http_requests_total{method="GET",route="/health",status="200"} 99999
helix_http_requests_total{method="GET",route="/health/probe/:token",status="200"} ${requests * 9}
helix_http_requests_total{method="GET",route="/health/probe",status="200"} ${requests * 9}
helix_http_requests_total{method="GET",route="/api/admin/overview",status="200"} 99999
helix_http_request_duration_seconds_bucket{le="0.1",method="GET",route="/api/profile"} ${requests}
helix_http_request_duration_seconds_bucket{le="0.25",method="GET",route="/api/profile"} ${requests + slow}
helix_http_request_duration_seconds_bucket{le="+Inf",method="GET",route="/api/profile"} ${requests + slow}
helix_http_open_streams{route="/api/events"} 3
helix_http_open_streams{route="/a \\"b\\", c"} 4
helix_cost_usd_total{model="claude-sonnet-5-5",simulated="false"} ${cost}
helix_cost_usd_total{model="claude-sonnet-5-5",simulated="true"} ${cost * 1_000}
helix_db_connections{state="open"} 9
helix_db_connections{state="waited_for"} 2
nonsense {`),
    requests === 0 ? 0 : 30_000,
  )

it('counts what happened between two readings, without probes and its own questions', () => {
  const numbers = numbersOf([{ first: metrics(0, 0, 1), last: metrics(100, 100, 1.5) }])
  expect(numbers).toMatchObject({
    requestsPerMinute: 220,
    openStreams: 7,
    costPerHourUsd: 60,
    databaseQueue: 2,
    ttftMs: { p50: null, p95: null },
  })
  expect(numbers.errorRate).toBeCloseTo(10 / 110)
  expect(numbers.responseMs.p50).toBeCloseTo(100)
  expect(numbers.responseMs.p95).toBeCloseTo(235)
})

it('tells of no rates after one look, and of none where nothing happened', () => {
  const one = metrics(100, 0, 1)
  expect(numbersOf([{ first: one, last: one }])).toMatchObject({
    ...{ requestsPerMinute: null, errorRate: null, costPerHourUsd: null, openStreams: 7 },
    responseMs: { p50: null, p95: null },
  })
})

it('compares with the look before, however long ago that was', async () => {
  let requests = 0
  const fetch: typeof globalThis.fetch = async (url) => {
    if (String(url).endsWith('/metrics')) requests += 100
    return new Response(
      `helix_http_requests_total{method="GET",route="/api/profile",status="200"} ${requests}`,
    )
  }
  const { signal } = new AbortController()
  const look = watchHost({
    host: 'http://gateway',
    token: 'x',
    timeoutMs: 1_000,
    slowMs: 1_000,
    fetch,
    signal,
  })
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    await look()
    vi.advanceTimersByTime(600_000)
    const { pair } = await look()
    expect(pair && numbersOf([pair]).requestsPerMinute).toBeCloseTo(10)
  } finally {
    vi.useRealTimers()
  }
})

it('adds several gateways up', () => {
  const pair = { first: metrics(0, 0, 1), last: metrics(100, 100, 1.5) }
  const both = numbersOf([pair, pair])
  expect(both).toMatchObject({ requestsPerMinute: 440, openStreams: 14, costPerHourUsd: 120 })
  expect(both.responseMs.p95).toBeCloseTo(235)
})

it('draws a course from zero to its highest point, with gaps', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], 9)).toBe('▁▂▃▄▅▆▇██')
  expect(sparkline([null, 5, null, 0], 6)).toBe('   █ ▁')
  expect(sparkline([0, 0], 3)).toBe(' ▁▁')
  expect(sparkline([9, 1, 2], 2)).toBe('▅█')
})

const NUMBERS: Numbers = {
  ...{ requestsPerMinute: 120, errorRate: 0.021, openStreams: 12, openReplies: 3, costPerHourUsd: 1.234 },
  ...{
    responseMs: { p50: 4.21, p95: 1_240 },
    ttftMs: { p50: 390, p95: null },
    outboxAgeSeconds: 7.6,
    databaseQueue: 0,
  },
}
const PICTURE: Picture = {
  at: '2026-11-25T12:00:00.000Z',
  env: 'production',
  hosts: [
    {
      ...{ host: 'https://api.example.com', ok: true, status: 'ok', problems: [], release: '1.2.3' },
      ...{ simulated: false, uptimeSeconds: 7_300, checks: { database: 'ok' }, numbers: NUMBERS },
    },
    {
      ...{ host: 'http://10.0.0.6:3000', ok: false, status: 'unreachable', release: null, simulated: null },
      ...{
        problems: ['gateway unreachable: \u001b[2Jno answer'],
        uptimeSeconds: null,
        checks: {},
        numbers: null,
      },
    },
  ],
  sum: { up: 1, numbers: NUMBERS, provedRestoreAt: null, checks: { database: 'ok', discord: 'down' } },
  courses: {
    ...{ responseP95Ms: [1, 2], ttftP95Ms: [null, 3], requests: [0, 9], errorRate: [0, 0.5] },
    ...{ openStreams: [1, 1], costUsd: [0, 0] },
  },
  stepMinutes: 1,
  alerts: [
    {
      at: '2026-11-25T11:59:01.000Z',
      alert: 'http_5xx',
      severity: 'critical',
      state: 'raised',
      message: 'An answer was 503',
    },
    {
      at: '2026-11-25T11:58:01.000Z',
      alert: 'reply_slow',
      severity: 'warning',
      state: 'recovered',
      message: '',
    },
  ],
  notes: [],
}
const lines = (picture: Picture) =>
  layOut(picture, { colour: createColour(false), width: 120, footer: 'q quit' })

it('shows each gateway, all together, courses, parts, what was never proved, and alerts', () => {
  expect(lines(PICTURE).join('\n')).toMatchInlineSnapshot(`
    "Helix  production  ● not well  1 of 2 up

    gateway          state        release  up         response 50/95  first words 50/95  errors  streams    $/h
    api.example.com  ok           1.2.3    2 h 2 min  4.2 ms / 1.2 s         390 ms / –   2.1 %       12  $1.23
    10.0.0.6:3000    unreachable  –        –                       –                  –       –        –      –
      gateway unreachable: [2Jno answer
    all                                               4.2 ms / 1.2 s         390 ms / –   2.1 %       12  $1.23

    the last 31 minutes
    response p95                                   ▅█    1.2 s   first words p95                                 █        –
    requests a minute                              ▁█      120   errors                                         ▁█    2.1 %
    open streams                                   ██       12   cost an hour                                   ▁▁    $1.23

    database ok · discord down
    replies being made 3 · waiting for the database 0 · oldest for Discord 8 s · last proved restore never

    latest alerts (UTC)
    11-25 11:59:01 ✖ http_5xx  An answer was 503
    11-25 11:58:01 ✔ reply_slow is over

    q quit"
  `)
})

it('shows the same for the same, though time goes on', () => {
  const [host, other] = PICTURE.hosts
  if (!host || !other) throw new Error('no hosts')
  const later = { ...PICTURE, at: 'later', hosts: [{ ...host, uptimeSeconds: 7_310 }, other] }
  expect(lines(later)).toEqual(lines(PICTURE))
})
