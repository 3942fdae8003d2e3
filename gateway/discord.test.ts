import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { createAlerts } from '../src/alerts/alerts.ts'
import { Secret } from '../src/config/secret.ts'
import { createMetrics } from '../src/metrics/metrics.ts'
import { startTestGateway, type TestGateway } from '../test/support/gateway.ts'
import { followInDiscord } from './discord.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ engine: 'pglite' })
})
afterAll(() => gateway?.close())

function follow(webhook?: string) {
  const { db } = gateway
  const { audit, log, instance } = gateway.running.services
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  const alerts = createAlerts({ append: audit.append, actor: 'gateway:test', onError })
  const metrics = createMetrics({ release: '1', mode: 'embedded', exposed: false })
  const discord = {
    webhook: webhook ? new Secret(webhook) : undefined,
    webhooks: {} as never,
    botToken: undefined,
    api: undefined,
  }
  const following = followInDiscord({
    config: { discord, audit: { mode: 'durable', key: undefined } },
    readConfig: async () => ({ discord }),
    ...{ db, audit, alerts, metrics: metrics.discord, log, instance, release: '9.9.9', sole: true },
    ...{ openStreams: () => 3, heartbeatMs: 50, onError },
  })
  onTestFinished(async () => {
    await following.stop()
    alerts.close()
  })
  return { following, errors }
}

it('shows on the chain that somebody is there, also without Discord, and what a reader needs', async () => {
  const { following, errors } = follow()
  const heartbeats = () =>
    gateway.db.query(`select data, channel from public.audit_entries where kind = 'gateway.heartbeat'`)
  await expect.poll(heartbeats, { timeout: 5_000 }).not.toEqual([])
  const [first] = await heartbeats()
  expect(first).toMatchObject({
    channel: 'heartbeat',
    data: { release: '9.9.9', openStreams: 3, queueAgeSeconds: 0, uptimeSeconds: expect.any(Number) },
  })
  expect((first?.data as object) ?? {}).toHaveProperty('checkpoint')
  expect(following.state()).toBe('off')
  expect(errors).toEqual([])
})

it('sends nothing to what is no webhook of Discord, and says so without showing it', () => {
  const { following, errors } = follow('https://example.com/api/webhooks/1/secret-token')
  expect(following.state()).toBe('off')
  expect(errors).toHaveLength(7)
  expect(String(errors)).not.toContain('secret-token')
})
