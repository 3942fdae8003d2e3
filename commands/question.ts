import { fstatSync } from 'node:fs'
import { MESSAGE_LIMIT } from '../src/contract/chat.ts'
import { HelixError } from '../src/errors.ts'
import type { Context } from './context.ts'
import type { Input } from './host.ts'

/** How long a silent pipe is waited for when the question is already there. */
const PATIENCE_MS = 2_000

type Asking = Pick<Context, 'stdin' | 'note' | 'signal'>

/**
 * Puts the question together from its words and stdin. A `-` among the words waits for stdin and takes its
 * place; without one stdin is appended, unless it is a pipe that stays silent for 2 s.
 * @throws HelixError `needs_input` when there is no text at all, `usage` when there is too much.
 */
export async function readQuestion(words: readonly string[], context: Asking): Promise<string> {
  const dash = words.indexOf('-')
  const text = words.filter((word) => word !== '-').join(' ')
  const mustRead = dash !== -1 || text === ''
  const piped = context.stdin.isTTY && dash === -1 ? '' : await readStdin(context, mustRead)
  const parts = dash === 0 ? [piped, text] : [text, piped]
  const question = parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n\n')
  if (question === '') {
    throw new HelixError('needs_input', 'There is no question', {
      hint: 'Give it as text, or on stdin.',
      next: ['helix ask "Hello, Helix!"'],
    })
  }
  if (question.length > MESSAGE_LIMIT) throw tooLong()
  return question
}

async function readStdin({ stdin, note, signal }: Asking, mustRead: boolean): Promise<string> {
  const patience = mustRead || !maySayNothing(stdin) ? undefined : setTimeout(leave, PATIENCE_MS)
  let text = ''
  function leave() {
    note('Nothing came on stdin for 2 s; asking without it. Use `-` as the question to wait for it.')
    stdin.destroy()
  }
  const interrupt = () => stdin.destroy()
  signal.addEventListener('abort', interrupt, { once: true })
  try {
    for await (const chunk of stdin.setEncoding('utf8')) {
      clearTimeout(patience)
      text += chunk
      if (text.length > MESSAGE_LIMIT) throw tooLong()
    }
  } catch (error) {
    // What `destroy` ends early was ended by us.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  } finally {
    clearTimeout(patience)
    signal.removeEventListener('abort', interrupt)
  }
  signal.throwIfAborted()
  return text
}

// A file or /dev/null ends by itself; a pipe or socket ends when its writer wants, which may be never.
function maySayNothing({ fd }: Input): boolean {
  if (fd === undefined) return true
  try {
    return !fstatSync(fd).isFile()
  } catch {
    return true
  }
}

function tooLong(): HelixError {
  return new HelixError('usage', `The question has more than ${MESSAGE_LIMIT} characters`, {
    hint: 'Send less of it, or split it.',
  })
}
