import { BeginLoadTestRequest, LoadTestPeople, LoadTestRemoval } from '../../admin/loadtest.ts'
import type { Operation } from '../../operation.ts'
import { creatorOnly } from './shared.ts'

export const adminLoadTestOperations: readonly Operation[] = [
  {
    ...creatorOnly,
    method: 'post',
    path: '/api/admin/loadtest',
    id: 'adminBeginLoadTest',
    summary: 'Makes throw-away people for a load test.',
    description:
      'Made by the gateway itself, so that the limit of sign-ups an address has stays as it is; all other limits hold ' +
      'for them as for anybody. Their addresses are in `loadtest.invalid`, which nobody can have. On the audit log ' +
      'before they are made. Those who were left over and whose tokens have ended are removed.\n\nEach has a pass, signed ' +
      'by the gateway and made out to them, which they bring in the header `X-Helix-Load-Test`. With it the limit of an ' +
      'address does not hold them back, and where the test was begun with `simulated` their replies, titles and ' +
      'summaries included, are simulated though others ask Claude: they are recorded as simulated and cost nothing. The ' +
      'header changes nothing for anybody else.',
    body: BeginLoadTestRequest,
    example: { people: 2, seconds: 3600 },
    answers: { 201: { description: 'They are there.', schema: LoadTestPeople } },
    failures: ['signin_unavailable', 'audit_unavailable', 'load_test_busy'],
  },
  {
    ...creatorOnly,
    method: 'delete',
    path: '/api/admin/loadtest/{run}',
    id: 'adminEndLoadTest',
    summary: 'Removes the throw-away people of a load test, with everything of theirs.',
    description: 'A few at a time: ask again while some are left.',
    answers: { 200: { description: 'Some, or all, are gone.', schema: LoadTestRemoval } },
    failures: ['not_found', 'signin_unavailable', 'audit_unavailable'],
  },
]
