import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendEntries, auditHead } from '../../src/audit/append.ts'
import { CHANNELS, type Channel } from '../../src/audit/entry.ts'
import { type Engine, startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { type StrictDiscord, startDiscord } from './discord.ts'

const ENGINES: readonly Engine[] = ['pglite', 'postgres']

/** An entry as a stranger reads it in Discord. */
interface Line {
  seq: number
  kind: string
  hash: string
  data: Record<string, unknown>
}

for (const engine of ENGINES) {
  const missing = engine === 'postgres' ? postgresUnavailable : null
  describe.skipIf(missing)(`a gateway that Discord follows on ${engine}`, () => {
    let discord: StrictDiscord
    let gateway: TestGateway
    let visitor: Visitor
    const ids = new Map<Channel, string>()

    beforeAll(async () => {
      discord = await startDiscord()
      const environment: Record<string, string> = { HELIX_DISCORD_API: discord.api }
      for (const channel of CHANNELS) {
        const made = discord.addChannel(`helix-${channel}`)
        ids.set(channel, made.id)
        const name = `DISCORD_WEBHOOK_${channel.toUpperCase().replace('-', '_')}`
        const hook = discord.addWebhook(made)
        environment[name] = discord.addressOf(hook)
        if (channel === 'commands') discord.remove(hook)
      }
      gateway = await startTestGateway({ engine, environment, settings: { thresholds: { responseMs: 100 } } })
      visitor = await gateway.signUp()
    })
    afterAll(async () => {
      await gateway?.close()
      await discord?.close()
    })

    const linesOf = (channel: Channel): Line[] =>
      discord
        .messages(ids.get(channel) ?? '')
        .flatMap(({ attachments }) => attachments)
        .filter(({ filename }) => filename.endsWith('.jsonl'))
        .flatMap(({ bytes }) => bytes.toString().trim().split('\n'))
        .map((line) => JSON.parse(line))
    const kinds = (channel: Channel) => linesOf(channel).map(({ kind }) => kind)
    const say = (message: string) =>
      visitor.request('/api/chat/message', { method: 'POST', body: { message } })
    const health = async () => (await fetch(`${gateway.url}/health`)).json()

    it('shows a call within 10 s, intent before outcome, and nothing of what was said', async () => {
      expect((await say('the canary sings')).status).toBe(200)
      await expect
        .poll(() => kinds('api'), { timeout: 10_000 })
        .toEqual(expect.arrayContaining(['claude.request', 'claude.response']))
      await expect.poll(() => kinds('heartbeat'), { timeout: 10_000 }).toContain('gateway.started')
      const [first, second] = linesOf('api').filter(({ kind }) => kind.startsWith('claude.'))
      expect(second?.data.intent).toBe(first?.seq)
      const all = JSON.stringify([...ids.values()].map((id) => discord.messages(id)))
      expect(all).not.toContain('canary')
      expect(discord.pings).toEqual([])
      const { hash, ...body } = first as Line
      expect(createHash('sha256').update(canonical(body)).digest('hex')).toBe(hash)
    })

    it('alerts of a failed call, of the answer and of a slow reply, once each', async () => {
      for (let i = 0; i < 3; i += 1) await say(`${i} [[fault:bad-key]]`)
      await say('slow [[wait:300]]')
      const alerts = () => linesOf('alerts').map(({ data }) => data.alert)
      await expect
        .poll(alerts, { timeout: 15_000 })
        .toEqual(expect.arrayContaining(['upstream_failed', 'http_5xx', 'reply_slow']))
      expect(alerts().filter((alert) => alert === 'upstream_failed')).toHaveLength(1)
    })

    it('tells the operators of maintenance, and which mode Helix is in', async () => {
      const { maintenance } = gateway.running.services
      const off = { active: false, until: null, readOnly: false, allow: [] }
      await maintenance.set({ ...off, active: true, message: 'A larger database' }, 'cli:test')
      await maintenance.set(off, 'cli:test')
      const told = (channel: Channel) =>
        linesOf(channel)
          .filter(({ kind, data }) => kind.startsWith('maintenance.') || data.what === 'service')
          .map(({ kind, data }) => [kind, data.message ?? data.to ?? null])
      await expect
        .poll(() => told('alerts'), { timeout: 15_000 })
        .toEqual([
          ['maintenance.on', 'A larger database'],
          ['maintenance.off', null],
        ])
      await expect
        .poll(() => told('consciousness'), { timeout: 15_000 })
        .toEqual([
          ['mode.changed', 'maintenance'],
          ['mode.changed', 'normal'],
        ])
    })

    it('signs the chain for Discord, too', async () => {
      const files = () =>
        discord.messages(ids.get('hash-chain') ?? '').flatMap(({ attachments }) => attachments)
      await expect
        .poll(() => files().map(({ filename }) => filename), { timeout: 20_000 })
        .toContainEqual(expect.stringMatching(/^helix-.*-checkpoint-\d+\.txt$/))
    })

    it('stops at a webhook that is gone, and says so', async () => {
      const { db } = gateway
      const [{ log } = { log: '' }] = await db.query<{ log: string }>(
        'select log_id as log from public.audit_head',
      )
      const entry = { channel: 'commands', kind: 'test.noted', actor: 'cli:test', data: {} } as const
      await appendEntries(db, [auditHead(log, entry, new Date())])
      await expect
        .poll(() => linesOf('alerts').map(({ data }) => data.alert), { timeout: 15_000 })
        .toContain('webhook_dead_commands')
      expect(await health()).toMatchObject({ status: 'degraded', checks: { discord: 'degraded' } })
      expect(discord.counters.deadUses).toBe(0)
    })

    it('was never told to slow down', () => {
      expect(discord.counters.rateLimited).toEqual({ webhook: 0, channel: 0, global: 0, route: 0 })
    })
  })
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join()}}`
}
