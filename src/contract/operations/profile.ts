import type { Operation } from '../operation.ts'
import { ChangeProfileRequest, Profile } from '../profile.ts'

export const profileOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/api/profile',
    id: 'getProfile',
    summary: 'Answers who you are to Helix.',
    tag: 'Profile',
    access: 'person',
    scope: 'read',
    answers: { 200: { description: 'Your profile.', schema: Profile } },
  },
  {
    method: 'patch',
    path: '/api/profile',
    id: 'changeProfile',
    summary: 'Changes what you say of yourself.',
    description: 'What is left out stays. Trust, role and counters are not yours to word.',
    tag: 'Profile',
    access: 'person',
    scope: 'account',
    body: ChangeProfileRequest,
    example: { displayName: 'Ada' },
    answers: { 200: { description: 'Your profile, changed.', schema: Profile } },
  },
]
