import { expect } from 'vitest'
import { readLogId } from '../../../src/audit/append.ts'
import { createAudit } from '../../../src/audit/audit.ts'
import { nameCreator } from '../../../src/people/creator.ts'
import type { Web } from './browser.ts'
import type { Person } from './person.ts'

/** Somebody new whose the installation is, once the gateway knows it. */
export async function newCreator({ person, gateway }: Pick<Web, 'person' | 'gateway'>): Promise<Person> {
  const creator = await person()
  const audit = createAudit(gateway.db, await readLogId(gateway.db))
  await nameCreator({ db: gateway.db, audit }, creator.userId, 'cli:test')
  await expect
    .poll(async () => (await creator.client.account.profile()).creator, { timeout: 5_000 })
    .toBe(true)
  return creator
}
