import type { Context } from 'hono'
import type { GatewayEnv } from './env.ts'

/** Whether a request wants to follow something, or to take something away that may take long. */
export function asksForEvents(req: { path: string; header(name: string): string | undefined }): boolean {
  return /\btext\/event-stream\b/i.test(req.header('accept') ?? '') || /\/(?:events|export)$/.test(req.path)
}

/** Whether a response goes on until somebody ends it, or its reader has all of a long one. */
function isStream(response: Response): boolean {
  const { headers } = response
  return (
    headers.has('content-disposition') ||
    headers.get('content-type')?.startsWith('text/event-stream') === true
  )
}

/** Calls `then` when the response has left or its reader has: for what is no stream, now. */
export function onceSent(c: Context<GatewayEnv>, then: () => void): void {
  const outgoing = c.env?.outgoing
  if (!outgoing || outgoing.destroyed || !isStream(c.res)) then()
  else outgoing.once('close', then)
}
