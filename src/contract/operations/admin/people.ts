import {
  AdminPeoplePage,
  AdminPeopleQuery,
  AdminPerson,
  ChangePersonRequest,
  Invitation,
  InviteRequest,
} from '../../admin/people.ts'
import type { Operation } from '../../operation.ts'
import { creatorOnly } from './shared.ts'

export const adminPeopleOperations: readonly Operation[] = [
  {
    ...creatorOnly,
    method: 'get',
    path: '/api/admin/users',
    id: 'adminListPeople',
    summary: 'Lists people, newest first.',
    query: AdminPeopleQuery,
    answers: { 200: { description: 'One page.', schema: AdminPeoplePage } },
  },
  {
    ...creatorOnly,
    method: 'get',
    path: '/api/admin/users/{id}',
    id: 'adminGetPerson',
    summary: 'Answers one person.',
    answers: { 200: { description: 'The person.', schema: AdminPerson } },
    failures: ['not_found'],
  },
  {
    ...creatorOnly,
    method: 'patch',
    path: '/api/admin/users/{id}',
    id: 'adminChangePerson',
    summary: 'Suspends a person or lifts that; sets their trust and their quota.',
    description:
      'What is left out stays. The creator can be neither suspended nor given another trust. On the audit log before it is done.',
    body: ChangePersonRequest,
    example: { suspended: true },
    answers: { 200: { description: 'The person, changed.', schema: AdminPerson } },
    failures: ['not_found', 'creator_account', 'signin_unavailable', 'audit_unavailable'],
  },
  {
    ...creatorOnly,
    method: 'post',
    path: '/api/admin/invites',
    id: 'adminInvite',
    summary: 'Sends somebody a mail with a link that signs them up.',
    description: 'Asked again while they have not come, it sends another link in place of the first.',
    body: InviteRequest,
    example: { email: 'ada@example.com' },
    answers: { 201: { description: 'The mail is on its way.', schema: Invitation } },
    failures: ['account_exists', 'rate_limited', 'mail_failed', 'signin_unavailable', 'audit_unavailable'],
  },
]
