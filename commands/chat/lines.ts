import { on } from 'node:events'
import { createInterface } from 'node:readline'
import type { Context } from '../context.ts'

const PROMPT = '› '

/** What a person, or a pipe, types: message by message. */
export interface Lines {
  /** Ends once the input does or `close` was called; what was typed while a reply ran is not lost. */
  messages(): AsyncGenerator<string, void>
  close(): void
}

/** Opens the lines of stdin; `onInterrupt` is called for Ctrl-C on a terminal. */
export function openLines({ stdin, stderr, isTty }: Context, onInterrupt: () => void): Lines {
  const reader = createInterface({
    input: stdin,
    output: stderr,
    terminal: isTty,
    prompt: isTty ? PROMPT : '',
  })
  reader.on('SIGINT', onInterrupt)
  // Listens from here on, so that a line that comes before anyone asks for it waits.
  const typed = on(reader, 'line', { close: ['close'] })
  let closed = false
  reader.on('close', () => {
    closed = true
  })
  let ended = false

  // A line that ends in a backslash goes on in the next.
  async function* messages(): AsyncGenerator<string, void> {
    let begun = ''
    if (isTty && !closed) reader.prompt()
    for await (const [line] of typed as AsyncIterable<[string]>) {
      if (ended) return
      const goesOn = isTty && line.endsWith('\\')
      const text = begun + (goesOn ? `${line.slice(0, -1)}\n` : line)
      begun = goesOn ? text : ''
      if (!goesOn && text.trim() !== '') yield text.trim()
      if (ended) return
      if (isTty && !closed) reader.prompt()
    }
  }

  return {
    messages,
    close() {
      ended = true
      reader.close()
    },
  }
}
