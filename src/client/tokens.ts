import type { AccessToken, AccessTokenList, CreatedToken, TokenScope } from '../contract/tokens.ts'
import type { Http } from './http.ts'

/** The caller's personal access tokens. Only a session may ask; a token may not. */
export interface Tokens {
  /** Newest first, without those that were revoked. */
  list(): Promise<AccessToken[]>
  /** Makes one that works for `expiresIn` seconds. Its `token` is shown this once. */
  create(request: { name: string; scopes: TokenScope[]; expiresIn?: number }): Promise<CreatedToken>
  /** @throws HelixError `token_not_found` */
  revoke(id: string): Promise<void>
}

/** Makes the tokens of one connection. */
export function createTokens(http: Http): Tokens {
  return {
    list: async () => (await http.json<AccessTokenList>('/api/tokens')).tokens,
    create: (body) => http.json('/api/tokens', { method: 'POST', body }),
    async revoke(id) {
      await http.json(`/api/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' })
    },
  }
}
