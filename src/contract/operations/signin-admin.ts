import { z } from 'zod'
import type { Operation } from '../operation.ts'
import { AdminUserCreate, AdminUserDelete, AdminUserList, AdminUserUpdate } from '../signin-admin.ts'
import { SignInUser } from '../signin-user.ts'

const tag = 'Administration of people'
const person = { 200: { description: 'The person.', schema: SignInUser } }
const Page = z.object({
  page: z.string().optional().describe('From 1.'),
  per_page: z.string().optional().describe('50 unless told, at most 1000.'),
})

export const signinAdminOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/auth/v1/admin/users',
    id: 'adminCreateUser',
    summary: 'Makes a person.',
    description: 'Without a password or hash there is no password that works. No mail is sent.',
    tag,
    access: 'service',
    body: AdminUserCreate,
    example: { email: 'ada@example.com', password: 'correct horse battery', email_confirm: true },
    answers: person,
    failures: ['email_exists', 'user_already_exists', 'weak_password', 'validation_failed'],
  },
  {
    method: 'get',
    path: '/auth/v1/admin/users',
    id: 'adminListUsers',
    summary: 'Lists everyone, page by page, the newest first.',
    tag,
    access: 'service',
    query: Page,
    answers: {
      200: {
        description: 'One page.',
        schema: AdminUserList,
        headers: { 'X-Total-Count': 'How many people there are.', Link: 'The `next` and the `last` page.' },
      },
    },
    failures: ['validation_failed'],
  },
  {
    method: 'get',
    path: '/auth/v1/admin/users/{id}',
    id: 'adminGetUser',
    summary: 'Answers one person.',
    tag,
    access: 'service',
    answers: person,
    failures: ['user_not_found'],
  },
  {
    method: 'put',
    path: '/auth/v1/admin/users/{id}',
    id: 'adminUpdateUser',
    summary: 'Changes a person, or bans them.',
    description:
      'A new password or role ends the person’s sessions. A ban takes their requests and open streams within ' +
      'five seconds on every gateway; lifted, their sessions go on.',
    tag,
    access: 'service',
    body: AdminUserUpdate,
    example: { ban_duration: '24h' },
    answers: person,
    failures: ['user_not_found', 'email_exists', 'weak_password', 'validation_failed'],
  },
  {
    method: 'delete',
    path: '/auth/v1/admin/users/{id}',
    id: 'adminDeleteUser',
    summary: 'Deletes a person with everything of theirs.',
    description:
      'Their conversations go, and with them what their pseudonym in the audit chain stands for. With ' +
      '`should_soft_delete` the row stays, without anything that says who it was. The creator cannot be deleted.',
    tag,
    access: 'service',
    body: AdminUserDelete,
    bodyOptional: true,
    answers: { 200: { description: 'An empty object.', schema: z.object({}) } },
    failures: ['user_not_found', 'validation_failed'],
  },
]
