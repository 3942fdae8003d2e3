import { once } from 'node:events'
import { createStreamSanitizer } from '../../src/audit/sanitize-stream.ts'
import { HelixError } from '../../src/errors.ts'
import type { Context } from '../context.ts'
import { defineCommand } from '../define.ts'

export default defineCommand({
  examples: [
    ['journalctl -u helix | helix audit sanitize > log.txt', 'a log without secrets, to send to somebody'],
    ['tail -f app.jsonl | helix audit sanitize', 'each line as it comes; JSON lines stay JSON'],
  ],
  description:
    'Copies stdin to stdout and puts [REDACTED:<kind>] in the place of every secret it knows by name or form. ' +
    'docs/audit.md lists the rules. What has a form nobody can know is not found.',
  streams: true,
  async run(_, context) {
    if (context.stdin.isTTY === true) {
      throw new HelixError('needs_input', 'There is nothing on stdin to sanitize', {
        hint: 'Pipe a log into it: helix audit sanitize < log.txt',
      })
    }
    const sanitizer = createStreamSanitizer()
    for await (const piece of texts(context)) await write(context, sanitizer.write(piece))
    await write(context, sanitizer.end())
  },
})

async function* texts({ stdin, signal }: Context): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  const stop = () => void stdin.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of stdin) {
      yield typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    }
  } catch (failure) {
    if (!signal.aborted) throw failure
  } finally {
    signal.removeEventListener('abort', stop)
  }
  yield decoder.decode()
}

async function write({ stdout, signal }: Context, text: string): Promise<void> {
  if (text !== '' && !stdout.write(text)) await once(stdout, 'drain', { signal }).catch(() => {})
}
