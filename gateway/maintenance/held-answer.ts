import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { html, raw } from 'hono/html'
import type { Problem } from '../../src/contract/problem.ts'
import type { GatewayEnv } from '../env.ts'
import { encodeEvent } from '../sse.ts'

const FORMS = ['application/problem+json', 'application/json', 'text/html', 'text/event-stream'] as const

const STYLE = `
:root { color-scheme: light dark; font: 17px/1.55 system-ui, sans-serif }
body { max-width: 34rem; margin: 18vh auto; padding: 0 1.5rem }
h1 { font-size: 1.6rem; line-height: 1.25 }
p { overflow-wrap: anywhere }
.message { white-space: pre-line }
.note { opacity: 0.75 }
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
/** How long a page waits at most before it looks again by itself, in seconds. */
const LONGEST_REFRESH = 30

/**
 * The answer to a request that is held back by maintenance: a page that comes back by itself, one event of a stream,
 * or a problem, as the caller accepts.
 */
export function heldAnswer(
  c: Context<GatewayEnv>,
  problem: Problem,
  headers: Record<string, string>,
): Response {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  const form = accepts(c, { header: 'Accept', supports: [...FORMS], default: FORMS[0] })
  c.header('Vary', 'Accept', { append: true })
  c.header('Cache-Control', 'no-store')
  if (form === 'text/html') return page(c, problem)
  if (form === 'text/event-stream') {
    c.header('Content-Type', 'text/event-stream; charset=utf-8')
    return c.body(encodeEvent({ event: 'error', data: problem }), 503)
  }
  return c.body(JSON.stringify(problem), 503)
}

function page(c: Context<GatewayEnv>, { title, until, readOnly, requestId }: Problem): Response {
  const seconds = Number(c.res.headers.get('retry-after') ?? LONGEST_REFRESH)
  c.header('Content-Security-Policy', POLICY)
  c.header('Refresh', String(Math.min(seconds, LONGEST_REFRESH)))
  const when =
    typeof until === 'string'
      ? html`<p>Expected back at <time datetime="${until}">${until.slice(0, 16).replace('T', ' ')} UTC</time>.</p>`
      : ''
  const what = readOnly === true ? 'Helix is read-only for now' : 'Helix is in maintenance'
  c.header('Content-Type', 'text/html; charset=utf-8')
  const body = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${what}</title><style>${raw(STYLE)}</style></head>
<body>
<main>
<h1>${what}</h1>
<p class="message">${title}</p>
${when}
<p class="note">This page looks again by itself. Replies that were under way are finished and kept.</p>
<p class="note">Request ${requestId ?? ''}</p>
</main>
</body></html>`
  return c.body(String(body), 503)
}
