import type { ReplyReader } from '../src/client/follow.ts'
import { safeText } from '../src/ui/safe-text.ts'
import type { Context } from './context.ts'

/** A reader that prints a reply to stdout as it comes, without anything a terminal could take as a command. */
export interface Printer extends ReplyReader {
  /** Ends the last line, if any. */
  end(): void
}

/** Makes the printer of one reply; with `--json` it prints nothing, since the document holds the text. */
export function createPrinter(context: Pick<Context, 'stdout' | 'note' | 'json'>): Printer {
  let last = '\n'
  const print = (text: string) => {
    const safe = safeText(text)
    if (context.json || safe === '') return
    context.stdout.write(safe)
    last = safe.slice(-1)
  }
  const end = () => {
    if (last !== '\n') print('\n')
  }
  return {
    onText: print,
    onReplace(text) {
      end()
      context.note('The reply was taken up anew; it follows in full.')
      print(text)
    },
    onReconnect(attempt) {
      if (attempt === 2) context.note('Connection lost; trying again…')
    },
    end,
  }
}
