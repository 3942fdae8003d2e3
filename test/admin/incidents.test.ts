import { beforeAll, expect, it } from 'vitest'
import { AuditHead, AuditVerification } from '../../src/contract/admin/audit.ts'
import { Incident, IncidentPage } from '../../src/contract/incidents.ts'
import { PublicStatus } from '../../src/contract/status.ts'
import { signUpCreator } from '../support/creator.ts'
import { onEachGateway } from '../support/each-gateway.ts'
import type { Visitor } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'

onEachGateway('incidents and the log they are on', (gateway) => {
  let creator: Visitor
  beforeAll(async () => {
    creator = await signUpCreator(gateway())
  })

  const ask = (path: string, method = 'GET', body?: unknown) =>
    creator.request(`/api/admin/${path}`, { method, ...(body === undefined ? {} : { body }) })
  const status = async () => PublicStatus.parse(await (await fetch(`${gateway().url}/api/status`)).json())

  it('are opened, followed and resolved for everyone to see, each step on the chain of alerts before', async () => {
    const opened = Incident.parse(
      await (
        await ask('incidents', 'POST', {
          title: 'Replies are slow',
          severity: 'minor',
          message: 'We are looking into a private matter.',
        })
      ).json(),
    )
    expect(opened).toMatchObject({ status: 'investigating', resolvedAt: null, updates: [{}] })
    expect((await status()).incidents.map(({ id }) => id)).toContain(opened.id)
    await ask(`incidents/${opened.id}`, 'PATCH', { severity: 'critical' })
    const update = (status: string, message: string) =>
      ask(`incidents/${opened.id}/updates`, 'POST', { status, message })
    await update('identified', 'Found it.')
    const resolved = Incident.parse(await (await update('resolved', 'Mended.')).json())
    expect(resolved).toMatchObject({ status: 'resolved', severity: 'critical' })
    expect(resolved.resolvedAt).not.toBeNull()
    expect(resolved.updates.map(({ message }) => message)).toEqual([
      ...['Mended.', 'Found it.', 'We are looking into a private matter.'],
    ])
    expect((await status()).incidents.find(({ id }) => id === opened.id)?.status).toBe('resolved')
    const again = Incident.parse(await (await update('monitoring', 'Not quite.')).json())
    expect(again).toMatchObject({ status: 'monitoring', resolvedAt: null })

    const entries = await gateway().db.query<{
      kind: string
      channel: string
      data: Record<string, unknown>
    }>(`select kind, channel, data from public.audit_entries where kind like 'incident.%' order by seq`)
    expect(entries.map(({ kind }) => kind)).toEqual(
      ['open', 'change', 'update', 'resolve', 'update'].flatMap((what) => [
        `incident.${what}.start`,
        `incident.${what}.end`,
      ]),
    )
    expect(new Set(entries.map(({ channel }) => channel))).toEqual(new Set(['alerts']))
    expect(entries[0]?.data).toEqual({
      title: 'Replies are slow',
      severity: 'minor',
      status: 'investigating',
    })
    expect(JSON.stringify(entries)).not.toContain('private matter')
  })

  it('are not resolved while rows are lost, unless somebody consents to that, as on the command line', async () => {
    const owner = (sql: string) => gateway().db.transaction('owner', (tx) => tx.script(sql))
    const key = 'session_messages_conversation_fkey'
    const whole = `alter table public.session_messages add constraint ${key} foreign key (user_id, session_key)
      references public.conversations (user_id, session_key) on delete cascade`
    const { id } = Incident.parse(
      await (
        await ask('incidents', 'POST', { title: 'Rows went away', severity: 'major', message: 'We look.' })
      ).json(),
    )
    const resolve = (consent?: boolean) =>
      ask(`incidents/${id}/updates`, 'POST', { status: 'resolved', message: 'Over.', consent })
    const acts = () =>
      gateway().db.query(
        `select data from public.audit_entries where kind = 'incident.resolve.start' order by seq`,
      )
    const before = (await acts()).length
    await owner(`
      alter table public.session_messages drop constraint ${key};
      insert into public.session_messages (user_id, session_key, role, content)
        values ('${creator.userId}', 'gone', 'user', 'lost');
      ${whole} not valid`)
    try {
      for (const consent of [undefined, false]) {
        const refused = await resolve(consent)
        expect(refused.status).toBe(400)
        const problem = await refused.json()
        expect(problem).toMatchObject({
          code: 'consent_required',
          hint: expect.stringContaining('belong to none of conversations'),
          findings: [{ kind: 'orphan' }, { kind: 'constraint' }],
        })
        expect(JSON.stringify(problem)).toContain('although the database is not sound (2 findings)')
      }
      expect((await status()).incidents.find((one) => one.id === id)?.status).toBe('investigating')
      expect((await acts()).length).toBe(before)
      const goesOn = await ask(`incidents/${id}/updates`, 'POST', { status: 'monitoring', message: 'x' })
      expect(goesOn.status).toBe(201)
      expect(Incident.parse(await (await resolve(true)).json())).toMatchObject({ status: 'resolved' })
      const after = await acts()
      expect(after.length).toBe(before + 1)
      expect(JSON.stringify(after.at(-1))).toContain('consented')
      expect(JSON.stringify(after.slice(0, -1))).not.toContain('consented')
    } finally {
      await owner(`
        delete from public.session_messages where session_key = 'gone';
        alter table public.session_messages drop constraint ${key}; ${whole}`)
    }
  })

  it('that nobody knows are not found, and lists are paged', async () => {
    const id = '6f1f2a52-9a75-4b3a-9d83-0d3c1c2f4a01'
    const update = { status: 'resolved', message: 'x' }
    expect(await expectProblem(await ask(`incidents/${id}`, 'PATCH', { severity: 'minor' }), id)).toBe(
      'incident_not_found',
    )
    expect(await expectProblem(await ask('incidents/x/updates', 'POST', update), 'x')).toBe(
      'incident_not_found',
    )
    for (const title of ['one', 'two'])
      await ask('incidents', 'POST', { title, severity: 'minor', message: 'x' })
    const first = IncidentPage.parse(await (await ask('incidents?limit=1')).json())
    expect(first.incidents.map(({ title }) => title)).toEqual(['two'])
    const second = IncidentPage.parse(await (await ask(`incidents?limit=1&before=${first.before}`)).json())
    expect(second.incidents.map(({ title }) => title)).toEqual(['one'])
  })

  it('show where the log stands, verify it one at a time, and give it out line by line', async () => {
    const both = await Promise.all([ask('audit/verify', 'POST'), ask('audit/verify', 'POST')])
    const [verification, same] = await Promise.all(
      both.map(async (one) => AuditVerification.parse(await one.json())),
    )
    expect(same).toEqual(verification)
    expect(verification).toMatchObject({ complete: true, findings: [] })
    const head = AuditHead.parse(await (await ask('audit')).json())
    expect(head.verification).toEqual(verification)
    expect(verification?.entries).toBeLessThanOrEqual(head.size)
    const lines = (await (await ask('audit/entries?from=2&limit=3')).text()).trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual([2, 3, 4])
    expect(await (await ask(`audit/entries?from=${head.size + 100}`)).text()).toBe('')
  })
})
