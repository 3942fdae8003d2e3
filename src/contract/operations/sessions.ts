import type { Operation } from '../operation.ts'
import { SignedInSessions } from '../sessions.ts'

const about = { tag: 'Signed-in devices', access: 'person', scope: 'session' } as const

/** Where Helix itself signs people in; a Supabase project tells nobody of these. */
export const signedInOperations: readonly Operation[] = [
  {
    ...about,
    method: 'get',
    path: '/api/sessions',
    id: 'listSessions',
    summary: 'Lists where you are signed in, latest used first.',
    description: 'Only where Helix itself signs people in. At most 200.',
    answers: { 200: { description: 'Your sessions, without their tokens.', schema: SignedInSessions } },
  },
  {
    ...about,
    method: 'delete',
    path: '/api/sessions/{id}',
    id: 'endSession',
    summary: 'Signs one device out.',
    description:
      'Its requests and open streams end within 5 seconds, on every gateway; personal access tokens made there go ' +
      'on. All others at once: `POST /auth/v1/logout?scope=others`.',
    answers: { 204: { description: 'It is signed out.' } },
    failures: ['session_not_found'],
  },
]
