import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import { redact } from '../../audit/redact.ts'
import type { Secret } from '../../config/secret.ts'
import { createPacing } from './pacing.ts'
import { type Reply, readReply } from './reply.ts'

/** Of the form Discord asks for. */
const USER_AGENT = 'DiscordBot (https://github.com/helix, 1)'
const PATIENCE_MS = 15_000
const MOST_TRIES = 6
const PAUSE_MS = 500
const LONGEST_WAIT_MS = 60_000

/** What Discord said no to; holds neither the address nor a token. */
export interface Refusal {
  ok: false
  /** 0 where no answer came. */
  status: number
  /** Discord's own code, 0 where it gave none. */
  code: number
  message: string
}
export type Answer<T> = { ok: true; value: T } | Refusal

export interface Call {
  method?: 'GET' | 'POST'
  /** Below the API: `/guilds/1/channels`. */
  path: string
  /** Another API than usual: a webhook's own. */
  at?: string
  body?: unknown
  /** Not as the bot: the address itself is the permission. */
  anonymous?: true
}

/** Asks Discord. What it refuses is an answer, not an exception. */
export interface DiscordApi {
  ask<S extends z.ZodType>(call: Call, schema: S): Promise<Answer<z.output<S>>>
}

interface ApiOptions {
  api: string
  botToken?: Secret | undefined
  fetch: typeof fetch
  signal: AbortSignal
}

/**
 * One request after the other, as fast as Discord's headers allow. A 429 is waited for and asked again; an unclear
 * end only where asking again cannot do a thing twice.
 */
export function createDiscordApi({ api, botToken, fetch, signal }: ApiOptions): DiscordApi {
  const pacing = createPacing()

  async function once({ method = 'GET', path, at = api, body, anonymous }: Call): Promise<Reply | undefined> {
    const headers = {
      'user-agent': USER_AGENT,
      ...(!anonymous && botToken && { authorization: `Bot ${botToken.reveal()}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const until = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
    try {
      const response = await fetch(`${at}${path}`, {
        ...{ method, headers, redirect: 'error', signal: until },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return await readReply(response)
    } catch {
      // The cause names the address, and with it a webhook's token: it goes no further.
      signal.throwIfAborted()
      return undefined
    }
  }

  /** Undefined where no answer came, a number of ms where Discord wants to be left alone for so long. */
  async function persist(call: Call): Promise<Reply | number | undefined> {
    const mayRepeat = (call.method ?? 'GET') === 'GET'
    for (let tries = 1; ; tries += 1) {
      const ms = pacing.wait(call)
      if (ms > LONGEST_WAIT_MS) return ms
      await sleep(ms, undefined, { signal })
      const reply = await once(call)
      if (reply) pacing.note(call, reply)
      const unclear = !reply || reply.status >= 500
      if (tries === MOST_TRIES || !(reply?.status === 429 || (mayRepeat && unclear))) return reply
      if (unclear) await sleep(PAUSE_MS * tries, undefined, { signal })
    }
  }

  return {
    async ask(call, schema) {
      const reply = await persist(call)
      if (reply === undefined) return refusal(0, { message: 'Discord did not answer' })
      if (typeof reply === 'number') return refusal(429, { message: quiet(reply) })
      const { status, body } = reply
      if (status < 200 || status > 299) return refusal(status, body)
      const read = schema.safeParse(body)
      if (read.success) return { ok: true, value: read.data }
      return refusal(status, { message: 'Discord answered in a form unknown here' })
    },
  }
}

function quiet(ms: number): string {
  return `Discord wants no requests from here for ${Math.ceil(ms / 1_000)} s`
}

function refusal(status: number, body: unknown): Refusal {
  const { code, message } = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  return {
    ok: false,
    status,
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? redact(message, 120) : `answer ${status}`,
  }
}
