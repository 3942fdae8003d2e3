import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Problem } from '../../src/contract/problem.ts'
import { type Engine, startTestGateway, type TestGateway, type Visitor } from '../support/gateway.ts'
import { helix } from '../support/host.ts'
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
    let environment: Record<string, string>
    /** How many intents Discord had each time Claude was asked. */
    const known: number[] = []
    beforeAll(async () => {
      discord = await startDiscord()
      const channel = discord.addChannel('helix-api')
      channelId = channel.id
      environment = strictly(discord)
      environment.DISCORD_WEBHOOK_API = discord.addressOf(discord.addWebhook(channel))
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

    const kindsIn = (name: string) => posted(discord, name).map(({ kind }) => kind)
    const emailOf = async ({ userId }: Visitor) => {
      const [row] = await gateway.db.query<{ email: string }>('select email from auth.users where id = $1', [
        userId,
      ])
      return row?.email ?? ''
    }
    const nameCreator = async (who: Visitor) =>
      helix(['user', 'creator', await emailOf(who), '--yes'], {
        environment: { ...environment, DATABASE_URL: gateway.databaseUrl },
      })

    it('acts of the server and of commands beside it wait as well', async () => {
      const leaving = await gateway.signUp()
      expect((await leaving.request('/api/account', { method: 'DELETE', body: DELETE_ME })).ok).toBe(true)
      expect(kindsIn('helix-api')).toContain('account.delete.request')
      if (engine === 'pglite') return
      expect(await nameCreator(visitor)).toMatchObject({ exit: 0 })
      expect(kindsIn('helix-commands')).toContain('user.creator.start')
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
      const alerts = async () => {
        const raised = await gateway.db.query<{ alert: string }>(
          `select data ->> 'alert' as alert from public.audit_entries where kind = 'alert.raised'`,
        )
        return raised.map(({ alert }) => alert)
      }
      // An alert is raised beside the answer, not before it.
      await expect.poll(alerts).toContain('audit_unavailable')
      expect(await alerts()).not.toContain('upstream_failed')
      const health = (await (await fetch(`${gateway.url}/health`)).json()) as { checks: { claude: string } }
      expect(health.checks.claude).toBe('ok')
    })

    it('nor is anything else done that announces itself', async () => {
      const leaving = await gateway.signUp()
      const answer = await leaving.request('/api/account', { method: 'DELETE', body: DELETE_ME })
      expect([answer.status, ((await answer.json()) as Problem).code]).toEqual([503, 'audit_unavailable'])
      expect((await leaving.request('/api/profile')).status).toBe(200)
      const refused = await gateway.db.query(
        `select data from public.audit_entries where kind = 'account.delete.response' order by seq desc limit 1`,
      )
      expect(refused).toMatchObject([{ data: { outcome: 'refused', code: 'audit_unavailable' } }])
      if (engine === 'pglite') return
      const ran = await nameCreator(leaving)
      expect(ran).toMatchObject({ exit: 1, stderr: expect.stringContaining('HELIX_AUDIT_MODE=durable') })
      const [creator] = await gateway.db.query(`select value from public.settings where key = 'creator_id'`)
      expect(creator).toEqual({ value: visitor.userId })
    }, 30_000)

    it('once Discord is back, so are the replies', async () => {
      await discord.listen()
      await expect
        .poll(async () => (await say('and now?')).status, { timeout: 45_000, interval: 500 })
        .toBe(200)
    }, 60_000)
  })
}

describe.skipIf(postgresUnavailable)('HELIX_AUDIT_MODE=strict without a gateway', () => {
  it('a command posts its intents itself, and what became of them', async () => {
    const gateway = await startTestGateway({ engine: 'postgres' })
    const discord = await startDiscord()
    onTestFinished(async () => {
      await gateway.close()
      await discord.close()
    })
    const { userId } = await gateway.signUp()
    const [row] = await gateway.db.query<{ email: string }>('select email from auth.users where id = $1', [
      userId,
    ])
    await gateway.running.close()
    const ran = await helix(['user', 'creator', row?.email ?? '', '--yes'], {
      environment: { ...strictly(discord), DATABASE_URL: gateway.databaseUrl },
    })
    expect(ran).toMatchObject({ exit: 0, stderr: '' })
    const entries = posted(discord, 'helix-commands')
    expect(entries.map(({ kind }) => kind).filter((kind) => kind.startsWith('user.'))).toEqual([
      'user.creator.start',
      'user.creator.end',
    ])
  })
})

const DELETE_ME = { confirm: 'delete my account' }

/** The environment of one for whom every act waits for this Discord. */
function strictly(discord: StrictDiscord): Record<string, string> {
  const address = (name: string) => discord.addressOf(discord.addWebhook(discord.addChannel(`helix-${name}`)))
  return {
    ...{ HELIX_AUDIT_MODE: 'strict', HELIX_DISCORD_API: discord.api },
    ...{
      DISCORD_WEBHOOK_COMMANDS: address('commands'),
      DISCORD_WEBHOOK_FILE_CHANGES: address('file-changes'),
    },
    ...{ DISCORD_WEBHOOK_API: address('unused') },
  }
}

function posted(discord: StrictDiscord, name: string): { kind: string }[] {
  return discord
    .channels()
    .filter((channel) => channel.name === name)
    .flatMap(({ messages }) => messages.flatMap(({ attachments }) => attachments))
    .flatMap(({ bytes }) => bytes.toString().trim().split('\n'))
    .map((line) => JSON.parse(line))
}
