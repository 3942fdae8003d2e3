import { describe, expect, test } from 'vitest'
import { clientOf, type Running, signedUp, whoAmI } from '../../../test/support/signin-client.ts'

/** Whom a request acts for. */
export function personCases(running: () => Running): void {
  describe('authenticate', () => {
    describe('the owner', () => {
      const owner = { owner: true }
      const person = (env: object, headers = {}) => running().server.app.request('/me', { headers }, env)

      test('acts as the creator over the private socket, and only there', async () => {
        expect(await (await person(owner)).json()).toMatchObject({ creator: true, sessionId: null })
        const refused = await person({})
        expect(refused.status).toBe(401)
        expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="helix"')
        expect((await person(owner, { authorization: 'Bearer nonsense' })).status).toBe(401)
      })

      test('gets a session for curl from the private socket, which nobody else sees', async () => {
        const response = await running().server.app.request('/local/token', { method: 'POST' }, owner)
        const session = (await response.json()) as { access_token: string }
        const me = await person({}, { authorization: `Bearer ${session.access_token}` })
        expect(await me.json()).toMatchObject({ creator: true, sessionId: expect.any(String) })
        expect((await running().server.app.request('/local/token', { method: 'POST' })).status).toBe(404)
      })

      test('is trusted fully; a new person half', async () => {
        const { userId, session } = await signedUp(running().server)
        await person({}, { authorization: `Bearer ${session.access_token}` })
        await person(owner)
        const rows = await running().database.db.query(
          `select p.role, p.trust_level, a.actor from public.user_profiles p join public.audit_actors a using (user_id)
      where p.user_id in ($1, $2) order by p.trust_level`,
          [userId, running().server.people.creatorId],
        )
        expect(rows).toEqual([
          { role: 'member', trust_level: 0.5, actor: expect.stringMatching(/^person:[0-9a-f]{24}$/) },
          { role: 'creator', trust_level: 1, actor: expect.stringMatching(/^person:[0-9a-f]{24}$/) },
        ])
      })
    })

    test('a person whose account is gone is nobody', async () => {
      const { userId, session } = await signedUp(running().server)
      await running().database.db.query(`delete from auth.users where id = $1`, [userId])
      const me = await whoAmI(running().server, session.access_token)
      expect(me.status).toBe(401)
      const { error } = await clientOf(running().server).auth.getUser(session.access_token)
      expect(error).toMatchObject({ status: 403, code: 'user_not_found' })
    })
  })
}
