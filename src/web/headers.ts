import { createHash } from 'node:crypto'
import type { HeaderRule } from './hosts.ts'

export type Headers = Readonly<Record<string, string>>

/** For every answer. `Cross-Origin-Resource-Policy` stops embedding; what CORS allows, a page fetches all the same. */
export const SAFE_HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
} as const satisfies Headers

/** For documents. */
export const DOCUMENT_HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
} as const satisfies Headers

/** For whoever came by https: come so again, for a year. */
export const STRICT_TRANSPORT = 'max-age=31536000'

/** A name made from the content never means another content. */
const FOREVER = 'public, max-age=31536000, immutable'

/** What the built page may do, and how long its files may be kept. */
export interface PageHeaders {
  /** Files under `/assets/`, named by their content. */
  readonly asset: Headers
  /** All others: documents, the manifest, and the service worker, whose requests obey the policy it came with. */
  readonly document: Headers
}

interface PagePolicy {
  /** The built `index.html`. */
  html: string
  /** Addresses besides its own that the page talks to: the gateway, a Supabase project. */
  connect: readonly string[]
}

/** The headers of the built page, the same whoever serves it. */
export function pageHeaders({ html, connect }: PagePolicy): PageHeaders {
  return {
    asset: { ...SAFE_HEADERS, 'Cache-Control': FOREVER },
    document: {
      ...SAFE_HEADERS,
      ...DOCUMENT_HEADERS,
      'Cache-Control': 'no-cache',
      'Content-Security-Policy': contentPolicy(inlineScripts(html), connect),
    },
  }
}

/** The same as rules by path, the first that fits holding, for a host that serves the files by https. */
export function headerRules(policy: PagePolicy): HeaderRule[] {
  const { asset, document } = pageHeaders(policy)
  const byHttps = { 'Strict-Transport-Security': STRICT_TRANSPORT }
  return [
    { path: '/assets/*', headers: { ...asset, ...byHttps } },
    { path: '/*', headers: { ...document, ...byHttps } },
  ]
}

function contentPolicy(scripts: readonly string[], connect: readonly string[]): string {
  const hashes = scripts.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  return Object.entries({
    'default-src': ["'none'"],
    'script-src': ["'self'", ...hashes],
    'style-src': ["'self'"],
    // `data:` for the QR code of a second factor, which sign-in answers as such an address.
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    'connect-src': ["'self'", ...new Set(connect.map(originOf))],
    'manifest-src': ["'self'"],
    'worker-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
    // Text never becomes HTML, whatever a library tries; the page's one policy vouches for its service worker.
    'require-trusted-types-for': ["'script'"],
    'trusted-types': ['helix'],
  })
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ')
}

/** The text of each script that stands in the document itself. */
function inlineScripts(html: string): string[] {
  return [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, text = '']) => text)
}

/** An address as a policy names it; one that is no URL would be ignored by browsers, and is left out as written. */
function originOf(address: string): string {
  return URL.parse(address)?.origin ?? address
}
