import type { Context } from '../context.ts'

const CTRL_C = '\u0003'

/**
 * Runs other commands where the monitor was, with its terminal. Keys end what runs, not the monitor: `q` and Ctrl-C.
 */
export async function logsAside(context: Context): Promise<void> {
  const { key, close } = readKeys(context)
  const stop = new AbortController()
  const over = new AbortController()
  const listening = endingKey(key, over.signal).then((pressed) => pressed && stop.abort('SIGINT'))
  context.note('q goes back to the monitor')
  try {
    await runAside(context, ['logs', '--follow', '--since', '10m', '-n', '50'], stop.signal)
    // The next key is for whoever listens next, and for nobody besides.
    over.abort()
    await listening
    if (!stop.signal.aborted && !context.signal.aborted) await pause(context, key)
  } finally {
    over.abort()
    close()
  }
}

/** Shows maintenance, and begins or ends it for whoever presses the key and says so once more. */
export async function maintenanceAside(context: Context): Promise<void> {
  const { key, close } = readKeys(context)
  try {
    await runAside(context, ['maintenance', 'status'])
    context.say('\nb begins it, e ends it; any other key goes back to the monitor')
    const wish = await key()
    const verb = wish === 'b' ? 'on' : wish === 'e' ? 'off' : undefined
    if (!verb) return
    context.say(verb === 'on' ? 'Everybody will be held back. y begins it.' : 'y ends it.')
    if ((await key()) !== 'y') return
    await runAside(context, ['maintenance', verb])
    await pause(context, key)
  } finally {
    close()
  }
}

const ENDING: ReadonlySet<string> = new Set(['q', CTRL_C, ''])

/** Listens for a key that ends what runs, until `over` aborts; resolves to whether there was one. */
async function endingKey(key: Key, over: AbortSignal): Promise<boolean> {
  for (;;) {
    const pressed = await key(over)
    if (over.aborted) return false
    if (ENDING.has(pressed)) return true
  }
}

async function pause({ say }: Context, key: Key): Promise<void> {
  say('\nAny key goes back to the monitor')
  await key()
}

async function runAside(context: Context, argv: readonly string[], stop?: AbortSignal): Promise<void> {
  const { env, url } = context
  const chosen = [...(env === undefined ? [] : ['--env', env]), ...(url === undefined ? [] : ['--url', url])]
  await context.aside([...argv, '--cwd', context.cwd, ...chosen], stop)
}

type Terminal = Context['stdin'] & { setRawMode?(raw: boolean): void; ref?(): void; unref?(): void }

/** The next key; an empty one once the command is to end, or nobody is to listen any more. */
type Key = (over?: AbortSignal) => Promise<string>

/**
 * One key after the other. The terminal is read as the screen reads it: whoever
 * lets it flow, or pauses it, leaves it deaf to the other.
 */
function readKeys({ stdin, signal }: Context): { key: Key; close(): void } {
  const terminal = stdin as Terminal
  terminal.ref?.()
  terminal.setRawMode?.(true)
  return {
    key: (over) =>
      new Promise((resolve) => {
        const ending = over ? AbortSignal.any([signal, over]) : signal
        const end = () => finish('')
        const take = () => {
          const pressed = terminal.read() as Buffer | string | null
          if (pressed !== null) finish(String(pressed))
        }
        const finish = (pressed: string) => {
          terminal.off('readable', take)
          ending.removeEventListener('abort', end)
          resolve(pressed)
        }
        if (ending.aborted) return resolve('')
        terminal.on('readable', take)
        ending.addEventListener('abort', end)
      }),
    close() {
      terminal.setRawMode?.(false)
      terminal.unref?.()
    },
  }
}
