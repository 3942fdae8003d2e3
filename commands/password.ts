import { HelixError } from '../src/errors.ts'
import type { Context } from './context.ts'

/** Longest password taken from stdin, in characters; more is not one. */
const LONGEST = 4_096

/**
 * The password, from stdin when `fromStdin`, else asked for on the terminal without showing it.
 * @throws HelixError `needs_input` where nobody can be asked, or nothing came.
 */
export async function readPassword(
  fromStdin: boolean,
  context: Pick<Context, 'ask' | 'stdin'>,
): Promise<string> {
  const password = fromStdin
    ? await firstLine(context.stdin)
    : await context.ask({
        label: 'Password',
        instead: '--password-stdin and the password on stdin',
        secret: true,
      })
  if (password !== '') return password
  throw new HelixError('needs_input', 'No password was given', {
    hint: fromStdin
      ? 'Write it to stdin, as in `helix login --password-stdin < file`.'
      : 'Run it again and type it.',
  })
}

async function firstLine(stdin: Context['stdin']): Promise<string> {
  let text = ''
  for await (const chunk of stdin.setEncoding('utf8')) {
    text += chunk
    if (text.includes('\n') || text.length > LONGEST) break
  }
  return (text.split('\n')[0] ?? '').replace(/\r$/, '').slice(0, LONGEST)
}
