import { z } from 'zod'
import type { Operation } from '../operation.ts'
import { AccessTokenList, CreatedToken, CreateTokenRequest, MOST_TOKENS } from '../tokens.ts'

const about = { tag: 'Access tokens', access: 'person', scope: 'session' } as const

export const tokenOperations: readonly Operation[] = [
  {
    ...about,
    method: 'get',
    path: '/api/tokens',
    id: 'listTokens',
    summary: 'Lists your personal access tokens, newest first.',
    description: 'Without those that were revoked. Expired ones stay in the list for 30 days.',
    answers: { 200: { description: 'Your tokens, without their secrets.', schema: AccessTokenList } },
  },
  {
    ...about,
    method: 'post',
    path: '/api/tokens',
    id: 'createToken',
    summary: 'Makes a personal access token for a program of yours.',
    description: `The answer is the only place where the token itself is ever found: Helix keeps a hash. At most ${MOST_TOKENS} that work at a time.`,
    body: CreateTokenRequest,
    example: { name: 'nightly report', scopes: ['read', 'chat'], expiresIn: 2_592_000 },
    answers: { 201: { description: 'The new token.', schema: CreatedToken } },
    failures: ['too_many_tokens', 'audit_unavailable'],
  },
  {
    ...about,
    method: 'delete',
    path: '/api/tokens/{id}',
    id: 'revokeToken',
    summary: 'Revokes a personal access token, for good.',
    description: 'Within 5 seconds no gateway takes it any more.',
    params: z.object({ id: z.string().describe('The `id` of the token.') }),
    answers: { 204: { description: 'It is revoked.' } },
    failures: ['token_not_found', 'audit_unavailable'],
  },
]
