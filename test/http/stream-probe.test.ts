import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StreamPass } from '../../src/contract/health.ts'
import { streamPasses } from '../../src/release/stream-probe.ts'
import { readEvents } from '../support/events.ts'
import { startTestGateway, type TestGateway } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'

const TOKEN = 'a-long-random-text'

describe('the streamed reply a deploy asks for', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ engine: 'pglite', environment: { HELIX_METRICS_TOKEN: TOKEN } })
  })
  afterAll(() => gateway.close())

  const made = (authorization = `Bearer ${TOKEN}`) =>
    fetch(`${gateway.url}/health/probe`, { headers: { authorization } })
  const probe = (token: string) => fetch(`${gateway.url}/health/probe/${token}`)

  it('comes in pieces, says who answers, and leaves nothing behind', async () => {
    const rows = () =>
      gateway.db.query(
        'select (select count(*) from public.generations) as replies, (select seq from public.audit_head) as seq',
      )
    const before = await rows()
    const { token } = StreamPass.parse(await (await made()).json())
    const startedAt = performance.now()
    const answer = await probe(token)
    expect(answer.headers.get('x-accel-buffering')).toBe('no')
    const events = await readEvents(answer)
    expect(performance.now() - startedAt).toBeGreaterThan(1_000)
    expect(events.map(({ event }) => event)).toEqual(['start', ...Array(5).fill('delta'), 'done'])
    expect(events[0]?.data).toMatchObject({ release: gateway.running.release, pieces: 5 })
    expect(await rows()).toEqual(before)
  })

  it('is for nobody without a pass of this very release', async () => {
    const { token } = streamPasses(TOKEN, 'another release').make(new Date())
    const stale = streamPasses(TOKEN, gateway.running.release).make(new Date(Date.now() - 120_000))
    for (const given of [token, stale.token, 'x', `${token}x`])
      expect(await expectProblem(await probe(given))).toBe('not_found')
  })

  it('has passes for whoever has the token of the metrics alone', async () => {
    for (const given of ['', 'Bearer x', 'Bearer another-random-text'])
      expect(await expectProblem(await made(given))).toBe('unauthorized')
  })

  it('is there during maintenance, when a release is brought, too', async () => {
    await gateway.running.services.maintenance.set(
      { active: true, message: 'Soon.', until: null, allow: [], readOnly: false },
      'cli:ana',
    )
    const { token } = StreamPass.parse(await (await made()).json())
    const answer = await probe(token)
    expect(answer.status).toBe(200)
    await answer.body?.cancel()
  })
})
