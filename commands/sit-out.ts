import { setTimeout as sleep } from 'node:timers/promises'
import type { HeldBack } from '../src/client/held-back.ts'
import type { Outlast } from '../src/client/http.ts'
import { HelixError } from '../src/errors.ts'
import { safeText } from '../src/ui/safe-text.ts'
import type { Context } from './context.ts'

type Shown = Pick<Context, 'isTty' | 'json' | 'stderr' | 'say' | 'note' | 'emit' | 'signal'>

/** What a person, or a program that reads lines, is told while a request waits for maintenance to be over. */
interface SitOutOptions {
  /** What ends the waiting; the signal of the whole command unless told. */
  stopped?: () => AbortSignal
  /** Whether stdout carries events, so that maintenance is one of them. */
  events?: boolean
}

/** Takes the line back that a countdown is written on. */
const CLEAR_LINE = '\r\u001b[2K'
/** Spreads those who were all told the same moment, in ms. */
const SPREAD_MS = 1_000

/** Waits maintenance out where it can be seen: a banner once, and on a terminal how long until the next try. */
export function sitOut(context: Shown, options: SitOutOptions = {}): Outlast {
  const { stopped = () => context.signal, events = false } = options
  let told: string | undefined
  return async function sitOut(held, requestSignal) {
    const stop = AbortSignal.any([stopped(), context.signal, ...(requestSignal ? [requestSignal] : [])])
    if (stop.aborted) throw leftWaiting(held)
    const banner = bannerOf(held)
    if (banner !== told) {
      if (events && context.json) context.emit({ event: 'maintenance', ...held })
      else context.say(banner)
    }
    told = banner
    await countDown(held.retryAfterMs + Math.random() * SPREAD_MS, context, stop).catch(() => {
      throw leftWaiting(held)
    })
  }
}

function bannerOf({ message, until, readOnly }: HeldBack): string {
  const what = readOnly ? 'Helix is read-only for now' : 'Helix is in maintenance'
  const when = until === null ? '' : `It is expected back at ${until.slice(0, 16).replace('T', ' ')} UTC. `
  return `${what}: ${safeText(message)}\n${when}This goes on by itself when it is over; Ctrl-C leaves.`
}

async function countDown(waitMs: number, { isTty, stderr }: Shown, signal: AbortSignal): Promise<void> {
  if (!isTty) return sleep(waitMs, undefined, { signal })
  const end = performance.now() + waitMs
  try {
    for (let leftMs = waitMs; leftMs > 0; leftMs = end - performance.now()) {
      stderr.write(`${CLEAR_LINE}Trying again in ${Math.ceil(leftMs / 1_000)} s…`)
      await sleep(Math.min(leftMs, 1_000), undefined, { signal })
    }
  } finally {
    stderr.write(CLEAR_LINE)
  }
}

function leftWaiting({ message }: HeldBack): HelixError {
  return new HelixError('stopped', `Helix is in maintenance: ${message}`, {
    hint: 'What was not sent yet was not sent; ask again later.',
  })
}
