import type { Client } from '../../src/client/client.ts'
import { asHelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { errorEnvelope, renderError } from '../render.ts'
import { openLines } from './lines.ts'
import { patiently } from './patiently.ts'
import { type Desk, isSlash, runSlash } from './slash.ts'
import { createTalk } from './talk.ts'

/** What a chat begins with. */
export interface ReplOptions {
  context: Context
  client: Client
  model: string | undefined
  sessionKey: string | undefined
  /** Told what a Ctrl-C would end. */
  now: { signal: AbortSignal }
}

/**
 * Reads messages and prints the replies until the input ends, /exit, or Ctrl-C with no reply running. A failed
 * reply is shown and the chat goes on; without a terminal and without `--json` it ends the chat with that failure.
 */
export async function openRepl({ context, client, model, sessionKey, now }: ReplOptions): Promise<void> {
  const talk = createTalk({ context, client, model })
  let running: AbortController | undefined
  const lines = openLines(context, () => {
    if (running && !running.signal.aborted) running.abort('SIGINT')
    else lines.close()
  })
  context.signal.addEventListener('abort', () => {
    running?.abort(context.signal.reason)
    lines.close()
  })

  async function attempt(work: (stop: AbortSignal) => Promise<void>): Promise<void> {
    running = new AbortController()
    now.signal = running.signal
    try {
      await work(running.signal)
    } catch (thrown) {
      if (!running.signal.aborted) await report(thrown, context)
    } finally {
      running = undefined
      now.signal = context.signal
    }
  }

  try {
    if (context.isTty) context.note('Helix chat; /help lists what can be typed, /exit leaves.')
    if (sessionKey) await attempt((stop) => talk.resume(sessionKey, stop))
    for await (const text of lines.messages()) {
      await attempt((stop) => answer(text, { context, client, talk, stop, leave: lines.close }))
    }
    if (context.isTty && talk.sessionKey)
      context.note(`\nGo on with it: helix chat --resume ${talk.sessionKey}`)
  } finally {
    lines.close()
  }
}

async function answer(text: string, desk: Desk): Promise<void> {
  if (isSlash(text)) return runSlash(text, desk)
  const send = () => desk.talk.send(text, desk.stop)
  const { message, usage } = desk.context.isTty
    ? await send()
    : await patiently(send, desk.context, desk.stop)
  if (desk.context.json) {
    const { content, sessionKey } = message
    desk.context.emit({ event: 'reply', role: 'assistant', content, sessionKey, message, usage })
  }
}

async function report(thrown: unknown, context: Context): Promise<void> {
  if (!context.isTty && !context.json) throw thrown
  const error = asHelixError(thrown)
  if (context.json) context.emit({ event: 'error', ...(await errorEnvelope(error)) })
  else await renderError(context, error, context.rendering)
}
