import type { ClientErrors } from '../../../src/client-errors/client-errors.ts'
import type { PeopleAdmin } from '../../../src/people/admin/admin.ts'
import type { TestPeople } from '../../../src/people/test-people.ts'
import type { Reports } from '../../watching.ts'

/** What the administration stands on. */
export interface AdminDeps {
  peopleAdmin: PeopleAdmin
  testPeople: TestPeople
  incidents: Reports['incidents']
  clientErrors: ClientErrors
  reports: Reports['reports']
  chain: Reports['chain']
}
