import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Problem } from '../../src/contract/problem.ts'
import { type Engine, startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { postgresUnavailable } from '../support/postgres.ts'
import { type StrictDiscord, startDiscord } from './discord.ts'

const ENGINES: readonly Engine[] = ['pglite', 'postgres']

for (const engine of ENGINES) {
  const missing = engine === 'postgres' ? postgresUnavailable : null
  describe.skipIf(missing)(`HELIX_AUDIT_MODE=strict on ${engine}`, () => {
    let discord: StrictDiscord
    let gateway: TestGateway
    let visitor: Visitor
    let channelId: string
    /** How many intents Discord had each time Claude was asked. */
    const known: number[] = []
    beforeAll(async () => {
      discord = await startDiscord()
      const channel = discord.addChannel('helix-api')
      channelId = channel.id
      const environment = {
        HELIX_AUDIT_MODE: 'strict',
        HELIX_DISCORD_API: discord.api,
        DISCORD_WEBHOOK_API: discord.addressOf(discord.addWebhook(channel)),
      }
      gateway = await startTestGateway({
        ...{ engine, environment },
        stub: {
          behave() {
            known.push(inDiscord().filter(({ kind }) => kind === 'claude.request').length)
            return undefined
          },
        },
      })
      visitor = await gateway.signUp()
    })
    afterAll(async () => {
      await gateway?.close()
      await discord?.close()
    })

    const say = (message: string) =>
      visitor.request('/api/chat/message', { method: 'POST', body: { message } })
    const inDiscord = () =>
      discord
        .messages(channelId)
        .flatMap(({ attachments }) => attachments)
        .flatMap(({ bytes }) => bytes.toString().trim().split('\n'))
        .map((line) => JSON.parse(line))

    it('Claude is asked only once Discord has the intent, for several at a time', async () => {
      const answers = await Promise.all([1, 2, 3].map((n) => say(`hello ${n}`)))
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
      expect(known.length).toBeGreaterThanOrEqual(3)
      for (const [asked, intents] of known.entries()) expect(intents).toBeGreaterThan(asked)
    })

    it('without Discord nothing is asked, the sender is told, and the log says refused', async () => {
      await discord.refuse()
      const before = gateway.stub.requests.length
      const started = performance.now()
      const answer = await say('is anybody there?')
      expect(answer.status).toBe(503)
      expect((await answer.json()) as Problem).toMatchObject({ code: 'audit_unavailable' })
      expect(performance.now() - started).toBeLessThan(7_000)
      expect(gateway.stub.requests.length).toBe(before)
      const [outcome] = await gateway.db.query(
        `select data from public.audit_entries where kind = 'claude.response' order by seq desc limit 1`,
      )
      expect(outcome).toMatchObject({
        data: { outcome: 'refused', code: 'audit_unavailable', costNanoUsd: 0 },
      })
      const alerts = await gateway.db.query<{ alert: string }>(
        `select data ->> 'alert' as alert from public.audit_entries where kind = 'alert.raised'`,
      )
      expect(alerts.map(({ alert }) => alert)).toContain('audit_unavailable')
      expect(alerts.map(({ alert }) => alert)).not.toContain('upstream_failed')
      const health = (await (await fetch(`${gateway.url}/health`)).json()) as { checks: { claude: string } }
      expect(health.checks.claude).toBe('ok')
    })

    it('once Discord is back, so are the replies', async () => {
      await discord.listen()
      await expect
        .poll(async () => (await say('and now?')).status, { timeout: 45_000, interval: 500 })
        .toBe(200)
    }, 60_000)
  })
}
