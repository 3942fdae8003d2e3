import type { CreatedToken, TokenScope } from '../../src/contract/tokens.ts'
import type { Visitor } from './gateway.ts'

/** Makes a personal access token of somebody. */
export async function tokenOf(
  visitor: Visitor,
  scopes: TokenScope[] = ['read', 'chat'],
  more: Record<string, unknown> = {},
): Promise<CreatedToken> {
  const body = { name: 'a program', scopes, ...more }
  const made = await visitor.request('/api/tokens', { method: 'POST', body })
  if (made.status !== 201) throw new Error(`no token: ${made.status} ${await made.text()}`)
  return (await made.json()) as CreatedToken
}
