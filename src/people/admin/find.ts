import type { AdminPerson } from '../../contract/admin/people.ts'
import type { Database } from '../../db/database.ts'
import { findAccount } from '../creator.ts'
import type { Directory } from './directory.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Whom an operator means: an address or a user id. @throws HelixError `not_found` */
export async function findPerson(db: Database, directory: Directory, who: string): Promise<AdminPerson> {
  const userId = UUID.test(who) ? who.toLowerCase() : (await findAccount(db, who)).userId
  return directory.get(userId)
}
