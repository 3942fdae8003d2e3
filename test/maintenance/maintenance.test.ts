import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { operations } from '../../src/contract/api.ts'
import { BYPASS_HEADER, type ChangeMaintenance } from '../../src/contract/maintenance.ts'
import { inForce } from '../../src/maintenance/setting.ts'
import { onEachGateway } from '../support/each-gateway.ts'
import { readEvents, shownText } from '../support/events.ts'
import type { Visitor } from '../support/gateway.ts'
import { nameOf } from '../support/operations.ts'

const MESSAGE = 'A larger <database>'

/** What answers all the while. */
const OPEN = [
  'GET /api/admin/maintenance',
  ...operations.filter(({ path }) => path === '/api/status').map(nameOf),
  'GET /auth/v1/.well-known/jwks.json',
  'GET /auth/v1/health',
  'GET /auth/v1/settings',
  'GET /auth/v1/user',
  'GET /auth/v1/verify',
  'GET /config.json',
  'GET /health',
  'GET /health/live',
  'GET /health/probe',
  'GET /health/probe/{token}',
  'GET /health/ready',
  'GET /maintenance/{token}',
  'GET /metrics',
  'POST /auth/v1/factors/{id}/challenge',
  'POST /auth/v1/factors/{id}/verify',
  'POST /auth/v1/logout',
  'POST /auth/v1/magiclink',
  'POST /auth/v1/otp',
  'POST /auth/v1/token',
  'POST /auth/v1/verify',
  'POST /local/token',
  'PUT /api/admin/maintenance',
]

onEachGateway(
  'maintenance',
  (gateway) => {
    let visitor: Visitor
    let creator: Visitor
    beforeAll(async () => {
      visitor = await gateway().signUp()
      creator = await gateway().signUp()
      gateway().running.services.people.setCreator(creator.userId)
    })
    afterEach(async () => {
      await put({ active: false })
    })

    const put = (body: Partial<ChangeMaintenance>) =>
      creator.request('/api/admin/maintenance', { method: 'PUT', body })
    const on = async (body: Partial<ChangeMaintenance> = {}) => {
      const answer = await put({ active: true, message: MESSAGE, ...body })
      expect(answer.status).toBe(200)
      return (await answer.json()) as { bypass: { token: string; link: string } }
    }
    const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      fetch(gateway().url + path, { method, headers, redirect: 'manual' })
    const send = (message: string, more: Parameters<Visitor['request']>[1] = {}) =>
      visitor.request('/api/chat/message', { method: 'POST', body: { message }, ...more })

    it('answers 503 everywhere but where an operator and a watcher must get through', async () => {
      const params = { key: visitor.userId, id: visitor.userId, page: 'audit', token: 'x', factorId: 'x' }
      await on()
      const held: string[] = []
      for (const operation of operations) {
        const path = operation.path.replace(
          /\{(\w+)\}/g,
          (_, name: keyof typeof params) => params[name] ?? 'x',
        )
        const answer = await ask(path, {}, operation.method.toUpperCase())
        const told = await answer.text()
        if (answer.status === 503) {
          expect(JSON.parse(told), nameOf(operation)).toMatchObject({ code: 'maintenance', title: MESSAGE })
          held.push(operation.id)
        }
      }
      const passed = operations.filter(({ id }) => !held.includes(id)).map(nameOf)
      expect(passed.toSorted()).toEqual(OPEN)
    })

    it('looks at a token first, so that a bad one is refused for what it is', async () => {
      await on()
      const bad = await ask('/api/profile', { authorization: 'Bearer a.b.c' })
      expect(bad.status).toBe(401)
      const good = await visitor.request('/api/profile')
      expect([good.status, await good.json()]).toMatchObject([503, { code: 'maintenance' }])
    })

    it('takes nothing in: the same message is new when it is over', async () => {
      await on()
      const body = { message: 'once', clientMessageId: 'held-back' }
      const held = await visitor.request('/api/chat/message', { method: 'POST', body })
      expect(held.status).toBe(503)
      const calls = gateway().stub.requests.length
      await put({ active: false })
      const answer = await visitor.request('/api/chat/message', { method: 'POST', body })
      expect(answer.status).toBe(200)
      expect(gateway().stub.requests.length).toBe(calls + 1)
    })

    it('says so as a problem, a page or an event, by what the caller accepts', async () => {
      const until = new Date(Date.now() + 90_000).toISOString()
      await on({ until })
      const problem = await ask('/api/conversations', { accept: 'application/json' })
      expect(problem.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
      expect(Number(problem.headers.get('retry-after'))).toBeGreaterThan(80)
      expect(problem.headers.get('cache-control')).toBe('no-store')
      expect(await problem.json()).toMatchObject({ status: 503, until, readOnly: false, title: MESSAGE })

      const page = await ask('/', { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' })
      expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8'])
      expect(Number(page.headers.get('refresh'))).toBeLessThanOrEqual(30)
      expect(page.headers.get('retry-after')).not.toBeNull()
      const html = await page.text()
      expect(html).toContain('A larger &lt;database&gt;')
      expect(html).toContain(`datetime="${until}"`)

      const stream = await send('hello', { accept: 'text/event-stream' })
      expect(stream.status).toBe(503)
      expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
      expect(await stream.text()).toMatch(/^event: error\ndata: \{.*"code":"maintenance".*\}\n\n$/)
    })

    it('leaves the health at 200, and has it say so', async () => {
      const before = await (await ask('/health')).json()
      expect(before).toMatchObject({ status: 'ok', maintenance: null })
      await on({ readOnly: true })
      const health = await ask('/health')
      expect(health.status).toBe(200)
      const told = { message: MESSAGE, until: null, readOnly: true, revision: expect.any(String) }
      expect(await health.json()).toMatchObject({ status: 'maintenance', maintenance: told })
      expect((await ask('/health/ready')).status).toBe(200)
    })

    it('lets replies that are under way come to their end', async () => {
      const streams = await Promise.all(
        Array.from({ length: 5 }, (_, n) =>
          send(`under-way-${n} [[words:60]] [[pace:15]]`, { accept: 'text/event-stream' }),
        ),
      )
      const whole = send('whole [[words:40]] [[pace:15]]')
      await sleep(150)
      await on()
      for (const stream of streams) {
        const events = await readEvents(stream)
        expect(events.at(-1)?.event).toBe('done')
        expect(shownText(events).split(' ').length).toBeGreaterThanOrEqual(60)
      }
      expect((await whole).status).toBe(200)
    })

    it('has who only listens ask again, and so hear of it', async () => {
      const feed = await visitor.request('/api/events')
      const listened = readEvents(feed)
      await sleep(50)
      await on()
      expect((await listened).map(({ event }) => event)).toEqual(['ready', 'draining'])
      expect((await visitor.request('/api/events')).status).toBe(503)
    })

    it('lets reading go on where it is read-only, and refuses what changes something', async () => {
      await on({ readOnly: true })
      expect((await visitor.request('/api/conversations')).status).toBe(200)
      expect((await ask('/docs')).status).toBe(200)
      for (const [method, path] of [
        ['POST', '/api/chat/message'],
        ['PATCH', '/api/profile'],
        ['DELETE', '/api/account'],
        ['POST', '/auth/v1/signup'],
      ] as const) {
        const refused = await visitor.request(path, { method, body: {} })
        expect([path, refused.status, await refused.json()]).toMatchObject([path, 503, { readOnly: true }])
      }
    })

    it('lets a bypass through: by its link as a cookie, and by its header', async () => {
      const { bypass } = await on()
      const link = new URL(bypass.link)
      const followed = await ask(link.pathname)
      expect([followed.status, followed.headers.get('location')]).toEqual([303, '/'])
      const cookie = followed.headers.get('set-cookie') ?? ''
      expect(cookie).toMatch(/^helix_bypass=hxm_[^;]+; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/)
      expect((await ask('/', { cookie: cookie.split(';')[0] ?? '' })).status).toBe(200)
      const headers = { [BYPASS_HEADER]: bypass.token }
      expect((await visitor.request('/api/profile', { headers })).status).toBe(200)
      expect((await send('as an operator', { headers })).status).toBe(200)
    })

    it('refuses a bypass that is forged, cut, or of an earlier maintenance', async () => {
      const { bypass: earlier } = await on()
      await put({ active: false })
      const { bypass } = await on()
      const [expires = '', signature = ''] = bypass.token.slice(4).split('.')
      const later = (Number.parseInt(expires, 36) + 3600).toString(36)
      for (const token of [
        earlier.token,
        bypass.token.slice(0, -1),
        `hxm_${later}.${signature}`,
        `${bypass.token}x`,
        'hxm_',
        '',
        'x'.repeat(5_000),
      ]) {
        expect((await ask('/', { [BYPASS_HEADER]: token })).status, token.slice(0, 80)).toBe(503)
        expect((await ask('/', { cookie: `helix_bypass=${token}` })).status).toBe(503)
      }
      expect((await ask(`/maintenance/${earlier.token}`)).status).toBe(404)
      expect((await ask('/', { [BYPASS_HEADER]: bypass.token })).status).toBe(200)
    })

    it('keeps a bypass when what people are told is changed', async () => {
      const { bypass } = await on()
      await on({ message: 'It takes longer' })
      expect((await ask('/', { [BYPASS_HEADER]: bypass.token })).status).toBe(200)
    })

    it('lets networks through, and believes X-Forwarded-For from a trusted proxy alone', async () => {
      await on({ allow: ['203.0.113.0/24', '2001:db8::/32'] })
      expect((await ask('/docs')).status).toBe(503)
      // 127.0.0.1 is a trusted proxy of this gateway.
      for (const [forwarded, status] of [
        ['203.0.113.9', 200],
        ['2001:db8::1', 200],
        ['198.51.100.1', 503],
        ['203.0.113.9, 198.51.100.1', 503],
      ] as const) {
        const answer = await ask('/docs', { 'x-forwarded-for': forwarded })
        expect([forwarded, answer.status]).toEqual([forwarded, status])
      }
    })

    it('ends by itself when its time is over', async () => {
      await on({ until: new Date(Date.now() + 700).toISOString() })
      expect((await ask('/docs')).status).toBe(503)
      await sleep(900)
      expect((await ask('/docs')).status).toBe(200)
      await expect
        .poll(() => lastOf('alerts'))
        .toMatchObject({ kind: 'maintenance.off', data: { cause: 'time' } })
      const state = await creator.request('/api/admin/maintenance')
      expect(await state.json()).toMatchObject({ active: false, bypass: null })
    })

    it('is on the chain before it is done, and told to the operators and as a change of mode', async () => {
      await on()
      const rows = await gateway().db.query<{ channel: string; kind: string; data: Record<string, unknown> }>(
        `select channel, kind, data from public.audit_entries where kind like 'maintenance.%' or kind = 'mode.changed'
        order by seq desc limit 4`,
      )
      expect(rows.toReversed()).toMatchObject([
        { channel: 'commands', kind: 'maintenance.on.start', data: { message: MESSAGE } },
        { channel: 'alerts', kind: 'maintenance.on', data: { cause: 'asked', message: MESSAGE } },
        {
          channel: 'consciousness',
          kind: 'mode.changed',
          data: { what: 'service', from: 'normal', to: 'maintenance' },
        },
        { channel: 'commands', kind: 'maintenance.on.end', data: { outcome: 'ok' } },
      ])
      const text = JSON.stringify(rows)
      const setting = inForce(gateway().running.services.maintenance.current() ?? undefined, new Date())
      expect(setting?.key.length).toBeGreaterThan(40)
      expect(text).not.toContain(setting?.key)
    })

    it('raises no alert for what it holds back', async () => {
      await on()
      for (let n = 0; n < 5; n += 1) await ask('/docs')
      await sleep(100)
      expect(await lastOf('alerts')).toMatchObject({ kind: 'maintenance.on' })
    })

    it('is the creator’s alone to set, and says what is wrong with a wish', async () => {
      const other = await visitor.request('/api/admin/maintenance', { method: 'PUT', body: { active: true } })
      expect(other.status).toBe(403)
      for (const body of [
        { active: true, until: '2020-01-01T00:00:00Z' },
        { active: true, allow: ['everybody'] },
        { active: true, message: 'a\u0000b' },
        { active: true, message: 'x'.repeat(501) },
        {},
      ]) {
        const refused = await creator.request('/api/admin/maintenance', { method: 'PUT', body })
        expect([JSON.stringify(body).slice(0, 60), refused.status]).toMatchObject([expect.anything(), 400])
      }
      expect((await ask('/docs')).status).toBe(200)
    })

    async function lastOf(channel: string) {
      const [row] = await gateway().db.query(
        'select kind, data from public.audit_entries where channel = $1 order by seq desc limit 1',
        [channel],
      )
      return row
    }
  },
  { trustedProxies: ['127.0.0.1'] },
)
