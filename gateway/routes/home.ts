import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import type { GatewayEnv } from '../env.ts'
import type { HealthDeps } from './health.ts'

const STYLE = `
:root { color-scheme: light dark; font: 17px/1.55 system-ui, sans-serif }
body { max-width: 34rem; margin: 12vh auto; padding: 0 1.5rem }
code { font: 0.92em ui-monospace, monospace; background: color-mix(in srgb, currentColor 9%, transparent); padding: 0.15em 0.4em; border-radius: 0.3em }
.note { border-left: 3px solid; padding-left: 0.8rem; opacity: 0.85 }
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** The page at `/`: says what this is and how to talk to it, without a script. */
export const homeRoutes = ({ health }: Pick<HealthDeps, 'health'>) =>
  new Hono<GatewayEnv>().get('/', async (c) => {
    const { status, release, simulated } = await health()
    const note = simulated
      ? html`<p class="note">Claude is <strong>simulated</strong> here: replies are made up on this machine. Set <code>CLAUDE_API_KEY</code> for the real one.</p>`
      : ''
    c.header('Content-Security-Policy', POLICY)
    return c.html(html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Helix</title><style>${raw(STYLE)}</style></head>
<body>
<h1>Helix</h1>
<p>This is a Helix gateway, release <code>${release}</code>, and it is <strong>${status}</strong>.</p>
${note}
<p>Talk to it from a terminal: <code>npx helix ask "hello"</code>, or <code>npx helix chat</code>.</p>
</body></html>`)
  })
