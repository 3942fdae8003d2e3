import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SendResponse } from '../../src/contract/chat.ts'
import { readPage } from '../docs/pages.ts'
import { readEvents } from '../support/events.ts'
import { startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'

const TOKEN = 'a-long-random-text'

describe('the metrics', () => {
  let gateway: TestGateway
  let visitor: Visitor
  beforeAll(async () => {
    gateway = await startTestGateway({
      engine: 'pglite',
      environment: { HELIX_METRICS_TOKEN: TOKEN, HELIX_METRICS_PORT: '0' },
      settings: { limits: { turnBurst: 1_000 } },
    })
    visitor = await gateway.signUp()
  })
  afterAll(() => gateway.close())

  const scrape = (authorization?: string) =>
    fetch(`${gateway.url}/metrics`, { headers: authorization ? { authorization } : {} })
  const text = async () => (await scrape(`Bearer ${TOKEN}`)).text()
  const send = (message: string, accept?: string) =>
    visitor.request('/api/chat/message', { method: 'POST', body: { message }, ...(accept ? { accept } : {}) })

  /** The value of a series, 0 when it is not there; `labels` in any order. */
  async function value(name: string, labels: Record<string, string> = {}): Promise<number> {
    const line = (await text()).split('\n').find((one) => {
      const [, series, shown = ''] = /^(\w+)(?:\{(.*)\})? /.exec(one) ?? []
      return (
        series === name && Object.entries(labels).every(([label, is]) => shown.includes(`${label}="${is}"`))
      )
    })
    return Number(line?.split(' ').at(-1) ?? 0)
  }

  it('are for whoever has the token', async () => {
    for (const authorization of [
      undefined,
      'Bearer x',
      `Bearer ${TOKEN}x`,
      `Basic ${TOKEN}`,
      `Bearer ${visitor.token}`,
    ]) {
      const answer = await scrape(authorization)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="helix metrics"')
      expect(await expectProblem(answer)).toBe('unauthorized')
    }
    const answer = await scrape(`Bearer ${TOKEN}`)
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(await answer.text()).toMatch(/^helix_build_info\{release="[^"]+",mode="embedded"\} 1$/m)
  })

  it('are on a port of their own that only this machine reaches, without a token and with nothing else', async () => {
    const url = gateway.running.metricsUrl ?? ''
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/)
    expect(await (await fetch(url)).text()).toContain('helix_http_requests_total')
    expect((await fetch(url.replace('/metrics', '/health'))).status).toBe(404)
  })

  it('count requests by the pattern of their route and status', async () => {
    const labels = { method: 'GET', route: '/api/conversations/:key', status: '404' }
    const before = await value('helix_http_requests_total', labels)
    for (let count = 0; count < 3; count += 1) await visitor.request(`/api/conversations/${randomUUID()}`)
    expect(await value('helix_http_requests_total', labels)).toBe(before + 3)
    const { status: _, ...timed } = labels
    expect(await value('helix_http_request_duration_seconds_count', timed)).toBe(before + 3)
  })

  it('tell what maintenance holds back from what fails', async () => {
    const labels = { route: '/api/profile', status: '503' }
    const before = await value('helix_http_requests_total', labels)
    const creator = await gateway.signUp()
    gateway.running.services.people.setCreator(creator.userId)
    const change = (active: boolean) =>
      creator.request('/api/admin/maintenance', { method: 'PUT', body: { active } })
    await change(true)
    const held = await visitor.request('/api/profile')
    expect(await held.json()).toMatchObject({ status: 503, code: 'maintenance' })
    await change(false)
    expect(await value('helix_http_requests_total', labels)).toBe(before + 1)
    expect(await value('helix_http_held_back_total', { route: '/api/profile' })).toBe(1)
  })

  it('count what replies cost, and what Helix added', async () => {
    const model = 'claude-sonnet-5-5'
    const outcome = { model, outcome: 'complete' }
    const before = await value('helix_replies_total', outcome)
    const spent = await value('helix_cost_usd_total', { model })
    const sent = (await (await send('[[words:10]] [[pace:20]]')).json()) as SendResponse
    expect(await value('helix_replies_total', outcome)).toBe(before + 1)
    expect(await value('helix_cost_usd_total', { model })).toBeCloseTo(
      spent + (sent.usage.costNanoUsd ?? 0) / 1e9,
      9,
    )
    expect(await value('helix_tokens_total', { model, kind: 'output' })).toBeGreaterThan(0)
    expect(await value('helix_overhead_seconds_count')).toBeGreaterThan(0)
    expect(await value('helix_claude_calls_total', { model })).toBeGreaterThan(0)
    expect(await value('helix_claude_first_token_seconds_count', { model })).toBeGreaterThan(0)
    expect(await value('helix_claude_longest_gap_seconds_count', { model })).toBeGreaterThan(0)
    expect(await value('helix_claude_longest_gap_seconds_sum', { model })).toBeGreaterThan(0)
    expect(await value('helix_writer_tick_seconds_count')).toBeGreaterThan(0)
    expect(await value('helix_db_seconds_count', { kind: 'query' })).toBeGreaterThan(0)
    expect(await value('helix_audit_head_seq')).toBeGreaterThan(2)
    expect(await text()).toMatch(/^helix_cache_hit_ratio (0|1|0\.\d+)$/m)
    expect(await text()).toContain('nodejs_eventloop_lag_p99_seconds')
  })

  it('count failures, repeated calls, stops and resumed readers', async () => {
    await send('[[fault:server-error-final]]')
    expect(await value('helix_claude_failures_total', { code: 'upstream_failed' })).toBe(1)
    await send('[[fault:overloaded*1]]')
    expect(await value('helix_claude_retries_total', { model: 'claude-sonnet-5-5' })).toBe(1)
    expect(await value('helix_reply_failures_total', { code: 'upstream_failed' })).toBe(1)
    expect(await value('helix_replies_total', { outcome: 'failed' })).toBe(1)

    const stream = await send('[[words:500]] [[pace:20]]', 'text/event-stream')
    const [start] = await readEvents(stream, ({ event }) => event === 'delta')
    const events = `/api/generations/${start?.data.generationId}/events`
    const resumed = await visitor.request(events, { headers: { 'last-event-id': '1' } })
    await readEvents(resumed, ({ event }) => event === 'delta')
    const attached = await visitor.request(events)
    await readEvents(attached, ({ event }) => event === 'snapshot')
    await visitor.request(events.replace('/events', '/stop'), { method: 'POST' })
    expect(await value('helix_replies_total', { outcome: 'stopped' })).toBe(1)
    expect(await value('helix_reply_reads_total', { from: 'resumed' })).toBe(1)
    expect(await value('helix_reply_reads_total', { from: 'snapshot' })).toBe(1)
  })

  it('know the streams that are open, and how they ended', async () => {
    const route = '/api/chat/message'
    const cutBefore = await value('helix_http_stream_duration_seconds_count', { route, ended: 'cut' })
    const stream = await send('[[words:500]] [[pace:20]]', 'text/event-stream')
    expect(await value('helix_http_open_streams', { route })).toBe(1)
    expect(await value('helix_open_replies')).toBe(1)
    await readEvents(stream, ({ event }) => event === 'delta')
    await until(async () => (await value('helix_http_open_streams', { route })) === 0)
    expect(await value('helix_http_stream_duration_seconds_count', { route, ended: 'cut' })).toBe(
      cutBefore + 1,
    )
    expect(await value('helix_open_replies'), 'hanging up does not stop a reply').toBe(1)
  })

  it('are those of docs/monitoring.md', async () => {
    const told = [...readPage('docs/monitoring.md').matchAll(/^\| `(helix_\w+)` \| (\w+) \|/gm)]
    const known = [...(await text()).matchAll(/^# TYPE (helix_\w+) (\w+)$/gm)]
    const names = (found: RegExpMatchArray[]) => found.map(([, name, type]) => `${name} ${type}`).sort()
    expect(names(told)).toEqual(names(known))
  })

  it('know of backups what one look at the database tells, and nothing before there are any', async () => {
    const backups = async () => (await text()).split('\n').filter((line) => /^helix_backup_\w+ /.test(line))
    expect(await backups()).toEqual([])
    const made = `insert into public.backup_records (id, made_at, place, bytes) values ($1, $2, 'x', 1)`
    await gateway.db.query(made, ['20231114T221320Z-0f0f0f', new Date(1_700_000_000_000)])
    expect(await backups()).toEqual(['helix_backup_made_timestamp_seconds 1700000000'])
    await gateway.db.query('update public.backup_records set proved_at = $1, restore_ms = 2500', [
      new Date(1_700_000_100_000),
    ])
    expect(await backups()).toEqual([
      'helix_backup_made_timestamp_seconds 1700000000',
      'helix_backup_proved_timestamp_seconds 1700000100',
      'helix_backup_restore_seconds 2.5',
    ])
    await gateway.db.query('delete from public.backup_records')
    expect(await backups()).toEqual([])
  })

  it('stay as few as they are, whatever callers send', async () => {
    // Alerts come and go with time, whoever calls; so do Node's own series of what is open.
    const series = async () =>
      (await text()).split('\n').filter((line) => /^helix_(?!alert_open)/.test(line)).length
    const odd = async () => {
      for (const path of ['/api/conversations/', '/', '/api/', '/auth/v1/', '/docs/']) {
        await (await visitor.request(`${path}${randomUUID()}?x=${randomUUID()}`)).text()
      }
      for (const method of ['PROPFIND', 'QUERY', 'PURGE', 'OPTIONS']) {
        await (await visitor.request(`/api/profile`, { method })).text()
      }
      const asked = { message: 'x', model: `model-${randomUUID()}` }
      await (await visitor.request('/api/chat/message', { method: 'POST', body: asked })).text()
    }
    await odd()
    const before = await series()
    for (let round = 0; round < 20; round += 1) await odd()
    expect(await series()).toBe(before)
    expect(before).toBeLessThan(1_500)
    const seen = await text()
    expect(seen).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/)
    expect(seen).not.toMatch(/@example\.com/)
  })
})

describe('the metrics on PostgreSQL', () => {
  it('know how busy the pool is', async () => {
    const gateway = await startTestGateway({
      engine: 'postgres',
      environment: { HELIX_METRICS_PORT: '0' },
    })
    try {
      const seen = await (await fetch(gateway.running.metricsUrl ?? '')).text()
      expect(Number(/^helix_db_connections\{state="open"\} (\d+)$/m.exec(seen)?.[1])).toBeGreaterThan(0)
      expect(seen).toMatch(/^helix_db_connections\{state="waited_for"\} \d+$/m)
      expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404)
    } finally {
      await gateway.close()
    }
  })
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await holds()) return
    await sleep(20)
  }
  throw new Error('it never came to hold')
}
