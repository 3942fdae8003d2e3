import { beforeAll, describe, expect, it } from 'vitest'
import { AdminOverview, Series } from '../../src/contract/admin/overview.ts'
import { AdminPeoplePage, AdminPerson } from '../../src/contract/admin/people.ts'
import {
  AdminFeedbackPage,
  AdminSettings,
  AdminUsage,
  ClientErrorPage,
} from '../../src/contract/admin/reports.ts'
import type { SendResponse } from '../../src/contract/chat.ts'
import { Usages } from '../../src/contract/usage.ts'
import { keptMails } from '../../src/signin/mail/folder.ts'
import { tokenOf } from '../support/access-tokens.ts'
import { signUpCreator } from '../support/creator.ts'
import { onEachGateway } from '../support/each-gateway.ts'
import type { Visitor } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'

onEachGateway('the administration', (gateway) => {
  let creator: Visitor
  beforeAll(async () => {
    creator = await signUpCreator(gateway())
  })

  const get = async (path: string) => (await creator.request(`/api/admin/${path}`)).json()
  const change = (userId: string, body: unknown) =>
    creator.request(`/api/admin/users/${userId}`, { method: 'PATCH', body })
  const say = (visitor: Visitor, message = 'Hello') =>
    visitor.request('/api/chat/message', { method: 'POST', body: { message } })
  const lastEntries = async (kind: string) =>
    gateway().db.query<{ seq: number; kind: string; actor: string; data: Record<string, unknown> }>(
      'select seq, kind, actor, data from public.audit_entries where kind like $1 order by seq desc limit 2',
      [kind],
    )

  it('is open to no access token, not even the creator’s with every scope', async () => {
    const { token } = await tokenOf(creator, ['read', 'chat', 'account'])
    const answer = await fetch(`${gateway().url}/api/admin/overview`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(await expectProblem(answer, 'overview')).toBe('scope_missing')
  })

  describe('people', () => {
    it('are found by address, name and id, page by page, without a word of theirs', async () => {
      const ada = await gateway().signUp()
      await ada.request('/api/profile', { method: 'PATCH', body: { displayName: 'Zoë of the Lake' } })
      await say(ada, 'a very private word')
      const found = AdminPeoplePage.parse(await get('users?search=OF%20the%20lake'))
      expect(found).toMatchObject({ total: 1, before: null })
      expect(found.users[0]).toMatchObject({
        userId: ada.userId,
        displayName: 'Zoë of the Lake',
        creator: false,
        suspended: false,
        quota: null,
        messagesToday: 1,
      })
      expect(JSON.stringify(found)).not.toContain('private word')
      expect(AdminPeoplePage.parse(await get(`users?search=${ada.userId}`)).total).toBe(1)
      const { email } = AdminPerson.parse(await get(`users/${ada.userId}`))
      expect(AdminPeoplePage.parse(await get(`users?search=${email}`)).total).toBe(1)
      expect(AdminPeoplePage.parse(await get('users?search=%25')).total).toBe(0)

      const all: string[] = []
      let before: string | null = null
      do {
        const page = AdminPeoplePage.parse(await get(`users?limit=2${before ? `&before=${before}` : ''}`))
        all.push(...page.users.map(({ userId }) => userId))
        before = page.before
      } while (before)
      expect(new Set(all).size).toBe(all.length)
      expect(all).toEqual(expect.arrayContaining([ada.userId, creator.userId]))
    })

    it('who are suspended lose requests and sign-in within five seconds, and get them back', async () => {
      const ada = await gateway().signUp()
      expect((await ada.request('/api/profile')).status).toBe(200)
      expect(AdminPerson.parse(await (await change(ada.userId, { suspended: true })).json()).suspended).toBe(
        true,
      )
      const status = async () => (await ada.request('/api/profile')).status
      await expect.poll(status, { timeout: 5_000 }).toBeGreaterThanOrEqual(401)
      const [end, start] = await lastEntries('user.change.%')
      expect(start).toMatchObject({ kind: 'user.change.start', data: { suspended: true } })
      expect(end).toMatchObject({ data: { intent: start?.seq, outcome: 'ok' } })
      expect(start?.actor).toMatch(/^person:/)
      expect(start?.data.person).toMatch(/^person:/)
      const { suspended } = AdminPerson.parse(await (await change(ada.userId, { suspended: false })).json())
      expect(suspended).toBe(false)
      await expect.poll(status, { timeout: 5_000 }).toBe(200)
    })

    it('are given another trust, and the creator is left alone', async () => {
      const ada = await gateway().signUp()
      await change(ada.userId, { trustLevel: 0.9 })
      expect(await (await ada.request('/api/profile')).json()).toMatchObject({ trustLevel: 0.9 })
      for (const body of [{ suspended: true }, { trustLevel: 0 }])
        expect(await expectProblem(await change(creator.userId, body), 'creator')).toBe('creator_account')
      expect((await change(creator.userId, { quota: null })).status).toBe(200)
    })

    it('are held to a quota of their own from the next message on', async () => {
      const ada = await gateway().signUp()
      expect((await say(ada)).status).toBe(200)
      await change(ada.userId, { quota: 1 })
      expect(await expectProblem(await say(ada), 'over quota')).toBe('budget_exhausted')
      const { budget } = Usages.parse(await (await ada.request('/api/usage')).json())
      expect(budget.limitNanoUsd).toBe(1)
      await change(ada.userId, { quota: 5_000_000_000 })
      expect((await say(ada)).status).toBe(200)
      await change(ada.userId, { quota: null })
      expect((await say(ada)).status).toBe(200)
    })

    it('who are nobody are not found', async () => {
      for (const id of ['6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01', 'nothing'])
        expect(await expectProblem(await change(id, { trustLevel: 1 }), id)).toBe('not_found')
    })

    it('are invited by mail, again while they have not come, and not once they have', async () => {
      const email = `guest-${Math.random().toString(36).slice(2)}@example.com`
      const invite = () => creator.request('/api/admin/invites', { method: 'POST', body: { email } })
      const first = await invite()
      expect(first.status).toBe(201)
      const { userId } = (await first.json()) as { userId: string }
      expect(AdminPerson.parse(await get(`users/${userId}`))).toMatchObject({ email, confirmed: false })
      const [mail] = await keptMails(gateway().dataDir, email)
      expect(mail?.kind).toBe('invite')
      expect((await fetch(mail?.link ?? '', { redirect: 'manual' })).status).toBe(303)
      expect(await expectProblem(await invite(), 'invited twice')).toBe('account_exists')
      expect(JSON.stringify(await lastEntries('user.invite.%'))).not.toContain(email)
    })
  })

  it('sees what everyone used, and what they think of it', async () => {
    const ada = await gateway().signUp()
    const { message } = (await (await say(ada)).json()) as SendResponse
    const rate = (rating: string | null, comment?: string) =>
      ada.request('/api/feedback', { method: 'POST', body: { messageId: message.id, rating, comment } })
    await rate('down', 'not quite')
    const page = AdminFeedbackPage.parse(await get('feedback?limit=1'))
    expect(page.feedback).toMatchObject([{ userId: ada.userId, rating: 'down', comment: 'not quite' }])
    const [given] = await lastEntries('feedback.given')
    expect(given?.data).toEqual({ rating: 'down', commented: true })
    await rate('up')
    const mine = await (await ada.request(`/api/feedback?sessionKey=${message.sessionKey}`)).json()
    expect(mine).toMatchObject({ feedback: [{ rating: 'up', comment: null }] })
    expect(await (await rate(null)).json()).toEqual({ feedback: null })
    const usage = AdminUsage.parse(await get('usage'))
    expect(usage.users.map(({ userId }) => userId)).toContain(ada.userId)
    expect(usage.days).toHaveLength(usage.totals.length)
  })

  it('sees the failures of clients, those of a kind together, without what must not be kept', async () => {
    const report = (message: string) =>
      fetch(`${gateway().url}/api/client-errors`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          message,
          stack: `TypeError: x\n    at send (https://helix.example.com/assets/app.js?token=abc:1:2)`,
          page: '/c/6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01?x=1#y',
        }),
      })
    for (const n of [1, 2, 3])
      expect((await report(`No reply ${n} sk-ant-api03-${'a'.repeat(90)}`)).status).toBe(204)
    await report('Something else')
    const { errors } = ClientErrorPage.parse(await get('client-errors'))
    expect(errors.map(({ count }) => count)).toEqual([1, 3])
    expect(errors[1]?.page).toBe('/c/:id')
    expect(JSON.stringify(errors)).not.toMatch(/sk-ant|token=abc|6f1f2a52/)
    const long = await fetch(`${gateway().url}/api/client-errors`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'x', stack: 'x'.repeat(20_000) }),
    })
    expect(await expectProblem(long, 'too long')).toBe('body_too_large')
  })

  it('shows the configuration without a secret', async () => {
    const { settings } = AdminSettings.parse(await get('settings'))
    expect(settings.find(({ key }) => key === 'claude.apiKey')?.value).toBe('[REDACTED]')
    expect(JSON.stringify(settings)).not.toContain('sk-ant-test-key')
  })

  it('shows how everything stands, and the traffic by the minute', async () => {
    const overview = AdminOverview.parse(await get('overview'))
    expect(overview.gateways).toMatchObject([{ instance: gateway().running.services.instance }])
    expect(overview.today.messages).toBeGreaterThan(0)
    expect(overview.people.total).toBeGreaterThan(1)
    const series = Series.parse(await get('series?minutes=10080'))
    expect(series.points.length).toBeLessThanOrEqual(360)
    expect(Series.parse(await get('series?minutes=5')).points).toHaveLength(5)
  })
})
