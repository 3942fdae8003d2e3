import type { Database } from '../src/db/database.ts'
import { createPeopleChanges } from '../src/people/changes.ts'
import { readCreator } from '../src/people/creator.ts'
import { ensureOwner } from '../src/people/owner.ts'
import { createPeople, type People } from '../src/people/people.ts'
import type { Resources } from '../src/resources.ts'
import type { ServiceDeps } from './services.ts'

/** Who somebody is here, and what changes about them. Without a creator in the settings it is whom the database names. */
export async function openPeople(
  { config, db, personal, onError }: Pick<ServiceDeps, 'config' | 'db' | 'personal' | 'onError'>,
  resources: Resources,
) {
  const changes = resources.keep(await createPeopleChanges(db), (opened) => opened.close())
  const named = config.creatorId
  if (named === undefined && personal && config.mode !== 'supabase') await ensureOwner(db)
  const people = createPeople(db, { creatorId: named ?? (await readCreator(db)) })
  changes.subscribe((userId) => (userId === undefined ? people.forgetAll() : people.forget(userId)))
  if (named === undefined) changes.subscribe(() => void followCreator(db, people).catch(onError))
  return { people, changes }
}

/** Whoever becomes somebody else may have become the creator, or no longer be. */
async function followCreator(db: Database, people: People): Promise<void> {
  const creatorId = await readCreator(db)
  if (creatorId !== people.creatorId) people.setCreator(creatorId)
}
