const SCHEMES = new Set(['http:', 'https:', 'mailto:'])

/**
 * The address a link in a message may lead to, or undefined where it may lead nowhere: only absolute http, https and
 * mailto addresses do. A relative one would lead into this page, which no message may steer.
 */
export function safeHref(given: string): string | undefined {
  const parsed = URL.canParse(given) ? new URL(given) : undefined
  return parsed && SCHEMES.has(parsed.protocol) ? parsed.href : undefined
}
