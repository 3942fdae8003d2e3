import { expect, vi } from 'vitest'
import type { Profile } from '../../src/contract/profile.ts'
import { nameCreator } from '../../src/people/creator.ts'
import type { TestGateway, Visitor } from './gateway.ts'

/** Signs somebody up and makes them the creator, as `helix user creator` does; resolves once gateways act on it. */
export async function signUpCreator(gateway: TestGateway, urls = [gateway.url]): Promise<Visitor> {
  const visitor = await gateway.signUp()
  await nameCreator({ db: gateway.db, audit: gateway.running.services.audit }, visitor.userId, 'cli:test')
  for (const at of urls) {
    await vi.waitFor(
      async () => {
        const profile = (await (await visitor.request('/api/profile', { at })).json()) as Profile
        expect(profile.creator).toBe(true)
      },
      { timeout: 5_000 },
    )
  }
  return visitor
}
