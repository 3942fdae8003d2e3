import type { Operation } from '../operation.ts'
import { Profile } from '../profile.ts'

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
]
