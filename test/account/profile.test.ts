import { beforeAll, describe, expect, it } from 'vitest'
import type { Profile } from '../../src/contract/profile.ts'
import { onEachGateway } from '../support/each-gateway.ts'
import type { Visitor } from '../support/gateway.ts'
import { expectProblem } from '../support/problems.ts'

onEachGateway('a profile', (gateway) => {
  let ada: Visitor
  beforeAll(async () => {
    ada = await gateway().signUp()
  })
  const change = (body: unknown) => ada.request('/api/profile', { method: 'PATCH', body })
  const changed = async (body: unknown) => {
    const answer = await change(body)
    expect(answer.status).toBe(200)
    return (await answer.json()) as Profile
  }

  it('is what its person says, and keeps what was left out', async () => {
    const first = await changed({
      displayName: '  Ada Lovelace ',
      avatarUrl: 'https://example.com/ada.png?size=80#top',
      onboarding: { step: 'first-message' },
    })
    expect(first).toMatchObject({
      userId: ada.userId,
      displayName: 'Ada Lovelace',
      avatarUrl: 'https://example.com/ada.png?size=80#top',
      onboarding: { completed: false, step: 'first-message' },
    })
    const second = await changed({ onboarding: { completed: true } })
    expect(second).toEqual({ ...first, onboarding: { completed: true, step: 'first-message' } })
    const third = await changed({ displayName: null, avatarUrl: null, onboarding: { step: null } })
    expect(third).toEqual({
      ...first,
      displayName: null,
      avatarUrl: null,
      onboarding: { completed: true, step: null },
    })
    expect(await (await ada.request('/api/profile')).json()).toEqual(third)
  })

  it('takes any writing, one line of it, at most 100 characters', async () => {
    for (const name of ['Ἀδα 👩‍💻', 'x', '𝒳'.repeat(100), 'half \ud800']) {
      expect((await changed({ displayName: name })).displayName).toBe(name.toWellFormed())
    }
    for (const name of ['', ' ', 'a\nb', 'a\u0000b', '\u009b1mx', 'x'.repeat(101), 1, ['x']]) {
      expect(await expectProblem(await change({ displayName: name }))).toBe('request_invalid')
    }
  })

  it.each([
    'http://example.com/a.png',
    'javascript:alert(1)',
    'data:image/svg+xml,<svg/>',
    'https://user:secret@example.com/a.png',
    'https://user@example.com/a.png',
    'blob:https://example.com/1',
    'ftp://example.com/a.png',
    '//example.com/a.png',
    'a.png',
    'https://',
    '',
    `https://example.com/${'x'.repeat(2_000)}`,
    `https://example.com/${'é'.repeat(500)}`,
  ])('has no picture at %s', async (avatarUrl) => {
    const answer = await change({ avatarUrl })
    expect((await answer.clone().json()).title).toContain('avatarUrl')
    expect(await expectProblem(answer)).toBe('request_invalid')
  })

  it('lets nobody word trust, role, status or counters', async () => {
    const before = await (await ada.request('/api/profile')).json()
    for (const field of [
      ...['trustLevel', 'trust_level', 'creator', 'role', 'status', 'userId', 'user_id', 'token'],
      ...['conversationCount', 'messagesToday', 'messages_today', '__proto__', 'constructor'],
    ]) {
      const body = JSON.parse(`{"displayName":"Eve","${field}":1}`)
      expect(await expectProblem(await change(body), field)).toBe('request_invalid')
    }
    for (const body of [{}, [], null, 'x', { onboarding: {} }, { onboarding: { done: true } }]) {
      expect(await expectProblem(await change(body), JSON.stringify(body))).toBe('request_invalid')
    }
    expect(await (await ada.request('/api/profile')).json()).toEqual(before)
  })

  it('is written in the person’s own role: where the grant is gone, nothing is written', async () => {
    const { db } = gateway()
    await db.transaction('owner', (tx) =>
      tx.script('revoke update (display_name) on user_profiles from authenticated'),
    )
    try {
      await expect(
        db.query('select helix.change_profile($1, $2::jsonb)', [ada.userId, '{"displayName":"Eve"}']),
      ).rejects.toThrow('permission denied')
    } finally {
      await db.transaction('owner', (tx) =>
        tx.script('grant update (display_name) on user_profiles to authenticated'),
      )
    }
  })

  describe('of another', () => {
    it('stays as it was', async () => {
      const bob = await gateway().signUp()
      await bob.request('/api/profile')
      await changed({ displayName: 'Ada again' })
      expect(await (await bob.request('/api/profile')).json()).toMatchObject({ displayName: null })
    })
  })
})
