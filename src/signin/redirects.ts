/** Where browsers may be sent with fresh tokens. */
export interface RedirectRules {
  /** Address of the gateway itself, as `http://127.0.0.1:3000`. */
  origin: string
  /** Further origins, as `https://chat.example.com` or `tauri://localhost`. */
  allowed: readonly string[]
}

/** `wanted` where it leads to an allowed origin, else the gateway's own page. Never carries a fragment on. */
export function safeRedirect(wanted: string | undefined, { origin, allowed }: RedirectRules): string {
  const home = `${origin}/`
  if (wanted === undefined || !URL.canParse(wanted)) return home
  const target = new URL(wanted)
  const base = `${target.protocol}//${target.host}`
  if (target.username || target.password || ![origin, ...allowed].includes(base)) return home
  target.hash = ''
  return target.href
}
