/** What a mailed link is for, by GoTrue's names. */
const LINK_KINDS = ['signup', 'magiclink', 'recovery', 'invite', 'email_change', 'email'] as const
export type LinkKind = (typeof LINK_KINDS)[number]

/** What somebody who followed a mailed link arrives with. */
export type Brought =
  /** To be traded by the browser that asked for the mail. */
  | { kind: 'code'; code: string; flowId: string | null }
  /** To be spent by this page. */
  | { kind: 'token'; hash: string; as: LinkKind }
  /** A session, ready to be used. */
  | { kind: 'session'; accessToken: string; refreshToken: string; as: LinkKind }
  /** The first of two addresses has agreed to a change. */
  | { kind: 'agreed' }
  | { kind: 'refused'; code: string }

/** Reads what an address brings from a mailed link; undefined where that is nothing. */
export function readBrought({ search, hash }: Pick<URL, 'search' | 'hash'>): Brought | undefined {
  const query = new URLSearchParams(search)
  const fragment = new URLSearchParams(hash.slice(1))
  const get = (name: string) => fragment.get(name) ?? query.get(name)
  if (get('error') ?? get('error_code')) return { kind: 'refused', code: get('error_code') ?? 'unknown' }
  const [accessToken, refreshToken] = [fragment.get('access_token'), fragment.get('refresh_token')]
  const as = linkKind(get('type'))
  if (accessToken && refreshToken) return { kind: 'session', accessToken, refreshToken, as }
  const tokenHash = query.get('token_hash')
  if (tokenHash) return { kind: 'token', hash: tokenHash, as }
  const code = query.get('code')
  if (code) return { kind: 'code', code, flowId: query.get('sb_flow_id') }
  return fragment.has('message') ? { kind: 'agreed' } : undefined
}

/**
 * Takes what a link brought out of the address bar and the history, so that neither a reload nor a look over the
 * shoulder finds it, and leads to the page that says what comes of it.
 */
export function takeBrought({ pathname, search, hash }: Location, history: History): Brought | undefined {
  const brought = readBrought({ search, hash })
  if (!brought) return undefined
  const setsPassword = pathname === '/reset' || ('as' in brought && SET_PASSWORD.has(brought.as))
  history.replaceState(null, '', setsPassword ? '/reset' : '/confirm')
  return brought
}

/** Links whose reader has no password, or none they know. */
const SET_PASSWORD: ReadonlySet<LinkKind> = new Set(['recovery', 'invite'])

function linkKind(type: string | null): LinkKind {
  return LINK_KINDS.find((kind) => kind === type) ?? 'email'
}
