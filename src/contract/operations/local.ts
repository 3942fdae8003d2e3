import { z } from 'zod'
import type { Operation } from '../operation.ts'

const LocalSession = z
  .object({
    access_token: z.string(),
    token_type: z.string(),
    expires_in: z.int().describe('Seconds.'),
    expires_at: z.int().describe('Unix time, in seconds.'),
    refresh_token: z.string(),
    user: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'LocalSession', description: 'A session of the creator, in the form of a sign-in.' })

export const localOperations: readonly Operation[] = [
  {
    method: 'post',
    path: '/local/token',
    id: 'createLocalToken',
    summary: 'Signs the creator in, for whoever may open the private socket.',
    description: '`helix login --print-token` uses it. Over TCP it does not exist.',
    tag: 'The private socket',
    access: 'owner',
    answers: { 200: { description: 'A session of the creator.', schema: LocalSession } },
    failures: ['not_found'],
  },
]
