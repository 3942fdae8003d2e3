import { createInterface, type Interface } from 'node:readline'
import type { Client } from '../../src/client/client.ts'
import { asHelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { errorEnvelope, renderError } from '../render.ts'
import { isSlash, runSlash } from './slash.ts'
import { createTalk, type Talk } from './talk.ts'

/** What a chat begins with. */
export interface ReplOptions {
  context: Context
  client: Client
  model: string | undefined
  sessionKey: string | undefined
}

/**
 * Reads messages line by line and prints the replies until the input ends, /exit, or Ctrl-C with no reply
 * running. A failed reply is shown and the chat goes on; without a terminal it ends the chat with that failure.
 */
export async function openRepl({ context, client, model, sessionKey }: ReplOptions): Promise<void> {
  const talk = createTalk({ context, client, model })
  const reader = createInterface({
    input: context.stdin,
    output: context.stderr,
    terminal: context.isTty,
    prompt: context.isTty ? '› ' : '',
  })
  let running: AbortController | undefined
  const interrupt = () => (running && !running.signal.aborted ? running.abort('SIGINT') : reader.close())
  reader.on('SIGINT', interrupt)
  context.signal.addEventListener('abort', () => {
    running?.abort(context.signal.reason)
    reader.close()
  })

  async function attempt(work: (stop: AbortSignal) => Promise<void>): Promise<void> {
    running = new AbortController()
    try {
      await work(running.signal)
    } catch (thrown) {
      if (!running.signal.aborted) report(thrown, context)
    } finally {
      running = undefined
    }
  }

  if (context.isTty) context.note('Helix chat; /help lists what can be typed, /exit leaves.')
  if (sessionKey) await attempt((stop) => talk.resume(sessionKey, stop))
  for await (const text of messages(reader, context)) {
    await attempt((stop) => answer(text, { context, client, talk, stop, leave: () => reader.close() }))
  }
  hintHowToResume(talk, context)
}

async function answer(text: string, desk: Parameters<typeof runSlash>[1]): Promise<void> {
  if (isSlash(text)) return runSlash(text, desk)
  const { message, usage } = await desk.talk.send(text, desk.stop)
  if (desk.context.json) {
    const { content, sessionKey } = message
    desk.context.emit({ event: 'reply', role: 'assistant', content, sessionKey, message, usage })
  }
}

// Whole messages: lines, where one that ends in a backslash goes on in the next.
async function* messages(reader: Interface, { isTty }: Context): AsyncGenerator<string, void> {
  let begun = ''
  if (isTty) reader.prompt()
  for await (const line of reader) {
    if (isTty && line.endsWith('\\')) begun += `${line.slice(0, -1)}\n`
    else {
      const text = (begun + line).trim()
      begun = ''
      if (text !== '') yield text
    }
    if (isTty) reader.prompt()
  }
}

function report(thrown: unknown, context: Context): void {
  if (!context.isTty && !context.json) throw thrown
  const error = asHelixError(thrown)
  if (context.json) context.emit({ event: 'error', ...errorEnvelope(error) })
  else renderError(context, error, { json: false, verbose: context.verbose, colour: true })
}

function hintHowToResume({ sessionKey }: Talk, context: Context): void {
  if (context.isTty && sessionKey) context.note(`\nGo on with it: helix chat --resume ${sessionKey}`)
}
