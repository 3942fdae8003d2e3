import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below what Linux and macOS give to outgoing connections, and above what services are known by. */
const [FIRST, LAST] = [20_000, 32_767]
const MOST_TRIES = 100

/**
 * A port of this machine that nobody listened on just now. Only who names it gets it: a port that the system chose goes
 * to the next outgoing connection as well, and stays taken for a minute after that.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const port = randomInt(FIRST, LAST + 1)
    if (await isFree(port)) return port
  }
  throw new Error('No free port')
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  server.listen(port)
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
