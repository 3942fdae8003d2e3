import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AdminOverview, Series } from '../../src/contract/admin/overview.ts'
import { signUpCreator } from '../support/creator.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'

describe.skipIf(postgresUnavailable)(`two gateways on one database ${postgresUnavailable ?? ''}`, () => {
  let gateway: TestGateway
  let other: Awaited<ReturnType<TestGateway['another']>>
  let creator: Visitor
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'postgres' })
    other = await gateway.another()
    creator = await signUpCreator(gateway, [gateway.url, other.url])
  })
  afterAll(() => gateway?.close())

  it('are both heard from, and their open streams counted together', async () => {
    const accept = 'text/event-stream'
    const streams = await Promise.all(
      [gateway.url, other.url].map((at) => creator.request('/api/events', { at, accept })),
    )
    // Read, so that nothing takes them for left behind.
    const readers = streams.map(({ body }) => body?.getReader())
    for (const reader of readers) await reader?.read()
    await expect
      .poll(
        async () => {
          const overview = AdminOverview.parse(await (await creator.request('/api/admin/overview')).json())
          return [overview.gateways.length, overview.live.openStreams]
        },
        { timeout: 15_000, interval: 500 },
      )
      .toEqual([2, 2])
    for (const reader of readers) await reader?.cancel()
  }, 20_000)

  it('have one series, in which what each answered is added up', async () => {
    const { instance: one } = gateway.running.services
    const { instance: two } = other.running.services
    const minute = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 120_000)
    const write = (instance: string, requests: number, response: object, errors = 0) =>
      gateway.db.query(
        `insert into public.traffic_minutes (minute, instance, requests, errors, response, first_token, open_streams)
         values ($1, $2, $3, $4, $5::jsonb, $5::jsonb, 3) on conflict (minute, instance) do update
         set requests = excluded.requests, errors = excluded.errors, response = excluded.response,
           first_token = excluded.first_token, open_streams = 3`,
        [minute, instance, requests, errors, JSON.stringify(response)],
      )
    // Bucket 25 is about 10 ms, 49 about 100 ms, 73 about 1 s.
    await write(one, 98, { 25: 98 })
    await write(two, 102, { 49: 97, 73: 5 }, 4)
    const answer = await creator.request('/api/admin/series?minutes=10', { at: other.url })
    const { points, step } = Series.parse(await answer.json())
    const point = points.find(({ at }) => at === minute.toISOString())
    expect(step).toBe(1)
    expect(point).toMatchObject({ requests: 200, errors: 4, openStreams: 6 })
    expect(point?.responseMs.p50).toBeGreaterThan(90)
    expect(point?.responseMs.p50).toBeLessThan(110)
    expect(point?.responseMs.p99).toBeGreaterThan(900)
  })

  it('count what they answer themselves, and write it when they close', async () => {
    const third = await gateway.another()
    const before = third.running.services.instance
    for (let n = 0; n < 5; n += 1) await creator.request('/api/profile', { at: third.url })
    await creator.request('/health', { at: third.url })
    const said = await creator.request('/api/chat/message', {
      method: 'POST',
      at: third.url,
      body: { message: 'Hello' },
    })
    await said.text()
    await third.running.close()
    const rows = await gateway.db.query<{ requests: number; first_token: Record<string, number> }>(
      'select requests, first_token from public.traffic_minutes where instance = $1',
      [before],
    )
    expect(rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(6)
    expect(rows.flatMap(({ first_token }) => Object.values(first_token))).toEqual([1])
    const left = await gateway.db.query('select 1 as there from public.gateways where instance = $1', [
      before,
    ])
    expect(left).toEqual([])
  })

  it('both refuse whom one of them suspended, and end their streams, within five seconds', async () => {
    const ada = await gateway.signUp()
    const accept = 'text/event-stream'
    const streams = await Promise.all(
      [gateway.url, other.url].map((at) => ada.request('/api/events', { at, accept })),
    )
    const ended = Promise.all(streams.map((stream) => stream.text().catch(() => 'cut')))
    const startedAt = Date.now()
    await creator.request(`/api/admin/users/${ada.userId}`, { method: 'PATCH', body: { suspended: true } })
    await ended
    for (const at of [gateway.url, other.url])
      await expect.poll(async () => (await ada.request('/api/profile', { at })).ok).toBe(false)
    expect(Date.now() - startedAt).toBeLessThan(5_000)
  })
})
