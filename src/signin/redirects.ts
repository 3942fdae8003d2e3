/** Where browsers may be sent with fresh tokens. */
export interface RedirectRules {
  /** Where they go when nothing else is allowed, as `https://helix.example.com/`. */
  home: string
  /** Origins they may go to, as `https://chat.example.com` or `tauri://localhost`. */
  allowed: readonly string[]
}

/** The first address of `wanted` that leads to an allowed origin, else home. Never carries a fragment on. */
export function safeRedirect(
  wanted: readonly (string | undefined)[],
  { home, allowed }: RedirectRules,
): string {
  for (const address of wanted) {
    const target = address === undefined ? null : URL.parse(address)
    if (!target || target.username || target.password) continue
    if (!allowed.includes(`${target.protocol}//${target.host}`)) continue
    target.hash = ''
    return target.href
  }
  return home
}
