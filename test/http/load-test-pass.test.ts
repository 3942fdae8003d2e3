import { expect, it, vi } from 'vitest'
import { Secret } from '../../src/config/secret.ts'
import type { LoadTestPeople } from '../../src/contract/admin/loadtest.ts'
import type { SendResponse } from '../../src/contract/chat.ts'
import { createTestPasses } from '../../src/people/test-passes.ts'
import { signUpCreator } from '../support/creator.ts'
import { onEachGateway } from '../support/each-gateway.ts'
import type { Visitor } from '../support/gateway.ts'

const STRANGERS = 20

onEachGateway(
  'the pass of a load test, where Claude itself answers others',
  (gateway, engine) => {
    let creator: Visitor | undefined
    async function begin(simulated: boolean, people = 1): Promise<LoadTestPeople> {
      creator ??= await signUpCreator(gateway())
      const body = { people, seconds: 60, simulated }
      return (await creator.request('/api/admin/loadtest', { method: 'POST', body })).json()
    }
    async function say(token: string, pass?: string, body: object = {}, at = gateway().url) {
      const response = await fetch(`${at}/api/chat/message`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          ...(pass !== undefined && { 'x-helix-load-test': pass }),
        },
        body: JSON.stringify({ message: 'Hello', ...body }),
      })
      expect(response.status).toBe(200)
      return (await response.json()) as SendResponse
    }
    /** Whether Claude was asked meanwhile. */
    async function asksClaude(send: () => Promise<SendResponse>): Promise<boolean> {
      const { stub } = gateway()
      const before = stub.requests.length
      const { usage } = await send()
      const asked = stub.requests.length > before
      expect(usage.simulated).toBe(!asked)
      return asked
    }

    it('has replies, titles and whatever else comes of them simulated, and recorded as that', async () => {
      const { db, stub, running } = gateway()
      const { tokens, passes } = await begin(true)
      const [token = '', pass = ''] = [tokens[0], passes[0]]
      const before = stub.requests.length
      const first = await say(token, pass, { clientMessageId: 'one' })
      const { sessionKey } = first
      await say(token, pass, { sessionKey })
      const mine = `select purpose, simulated, cost_nano_usd from public.usage_ledger where user_id =
        (select user_id from public.conversations where session_key = $1) order by purpose`
      const ledger = await vi.waitFor(async () => {
        const rows = await db.query(mine, [sessionKey])
        expect(rows.map(({ purpose }) => purpose)).toEqual(['reply', 'reply', 'title'])
        return rows
      }, 10_000)
      expect(ledger.every(({ simulated }) => simulated === true)).toBe(true)
      expect(stub.requests.length).toBe(before)

      const spent = await db.query(
        `select from public.budgets where user_id =
           (select user_id from public.conversations where session_key = $1)`,
        [sessionKey],
      )
      expect(spent, 'what was simulated costs nothing').toEqual([])
      const entries = await db.query<{ kind: string; simulated: string }>(
        `select kind, data ->> 'simulated' as simulated from public.audit_entries
         where kind like 'claude.%' and data ->> 'generation' in
           (select id::text from public.generations where session_key = $1)`,
        [sessionKey],
      )
      expect(entries).toHaveLength(6)
      expect(new Set(entries.map(({ simulated }) => simulated))).toEqual(new Set(['true']))
      const metrics = await (await fetch(running.metricsUrl ?? '')).text()
      expect(metrics).toMatch(/^helix_replies_total\{[^}]*simulated="true"[^}]*\} [1-9]/m)
      const again = await say(token, undefined, { clientMessageId: 'one' })
      expect(again.message.id, 'asked again without it, the same reply').toBe(first.message.id)
    })

    it('changes nothing for anybody else, whatever they bring', async () => {
      const { tokens, passes } = await begin(true, 2)
      const visitor = await gateway().signUp()
      const [pass = '', other = ''] = passes
      expect(await asksClaude(() => say(visitor.token))).toBe(true)
      for (const brought of [pass, other, 'simulated', `hxl_${'0'.repeat(32)}szzzzzz.${'x'.repeat(43)}`])
        expect(await asksClaude(() => say(visitor.token, brought))).toBe(true)
      expect(await asksClaude(() => say(tokens[0] ?? '', other)), 'the pass of another').toBe(true)
      expect(await asksClaude(() => say(tokens[0] ?? '', pass))).toBe(false)
      expect(await asksClaude(() => say(creator?.token ?? '', pass)), 'the creator, too').toBe(true)
    })

    it('asks for nothing simulated unless the test was begun so, or once it has ended', async () => {
      const { tokens, passes } = await begin(false)
      expect(await asksClaude(() => say(tokens[0] ?? '', passes[0]))).toBe(true)
      const visitor = await gateway().signUp()
      const { signin } = gateway().running.services
      const own = createTestPasses(signin?.keys.refreshSecret ?? new Secret(''))
      const made = (ms: number) =>
        own.make({ userId: visitor.userId, simulated: true, expiresAt: new Date(Date.now() + ms) })
      expect(await asksClaude(() => say(visitor.token, made(-1_000)))).toBe(true)
      expect(await asksClaude(() => say(visitor.token, made(60_000))), 'or this would prove nothing').toBe(
        false,
      )
    })

    it('is not in what may be said in a body', async () => {
      const visitor = await gateway().signUp()
      const body = { message: 'Hello', simulated: true }
      const response = await visitor.request('/api/chat/message', { method: 'POST', body })
      expect(response.status).toBe(400)
    })

    it('is that of no stranger, and good at every gateway', async () => {
      const { tokens, passes } = await begin(true)
      const health = async (headers: Record<string, string>) => {
        const seen = new Set<number>()
        for (let count = 0; count < STRANGERS * 2; count += 1)
          seen.add((await fetch(`${gateway().url}/openapi.json`, { headers })).status)
        return [...seen].sort()
      }
      expect(await health({ 'x-helix-load-test': passes[0] ?? '' })).toEqual([200])
      expect(await health({ 'x-helix-load-test': 'x' })).toEqual([200, 429])
      if (engine !== 'postgres') return
      const { url } = await gateway().another()
      expect(await asksClaude(() => say(tokens[0] ?? '', passes[0], {}, url))).toBe(false)
    })
  },
  { limits: { strangers: STRANGERS } },
  { HELIX_METRICS_PORT: '0' },
)
