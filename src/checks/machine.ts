import { stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { runningUp } from '../client/node/run-file.ts'
import { packageRoot } from '../config/package.ts'
import { freeSpaceOf } from '../storage/free-space.ts'
import { type Check, failed, ok, skipped } from './check.ts'

const DOC = 'docs/commands.md'
const MIB = 1024 * 1024
const LEAST_FREE_MIB = 512

export const nodeVersion: Check = {
  id: 'node-version',
  title: 'Node is new enough',
  severity: 'error',
  doc: DOC,
  probe({ nodeVersion }) {
    const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
    if (major > 22 || (major === 22 && minor >= 18)) return ok(`Node ${nodeVersion}`)
    return failed(`Node ${nodeVersion} is older than 22.18`, 'Install Node 24 from https://nodejs.org.')
  },
}

export const diskSpace: Check = {
  id: 'disk-space',
  title: 'There is room on the disk of the data directory',
  severity: 'error',
  doc: DOC,
  async probe({ config }) {
    const free = Math.floor((await freeSpaceOf(config.dataDir)) / MIB)
    if (free >= LEAST_FREE_MIB) return ok(`${free} MiB free`)
    return failed(
      `${free} MiB free for ${config.dataDir}`,
      `Make room: Helix wants ${LEAST_FREE_MIB} MiB or more.`,
    )
  },
}

export const portFree: Check = {
  id: 'port-free',
  title: 'The port can be listened on',
  severity: 'error',
  doc: DOC,
  async probe({ config }) {
    const { port, dataDir } = config
    const run = await runningUp(dataDir)
    if (run) return ok(`${run.url} is the running helix up (process ${run.pid})`)
    const refusal = await whyNotListen(port, config.host ?? '127.0.0.1')
    if (refusal === undefined) return ok(`Port ${port} is free`)
    return failed(
      `Port ${port} cannot be listened on (${refusal})`,
      'Free it, or choose another with --port or PORT.',
    )
  },
}

export const clock: Check = {
  id: 'clock',
  title: 'The clock can be right',
  severity: 'error',
  doc: DOC,
  async probe({ now }) {
    const installed = (await stat(join(packageRoot(), 'package.json'))).mtime
    const time = now()
    if (time >= installed) return ok(time.toISOString())
    return failed(
      `The clock says ${time.toISOString()}, before Helix was installed (${installed.toISOString()})`,
      'Set the clock, or turn on time synchronisation.',
    )
  },
}

export const databaseClock: Check = {
  id: 'database-clock',
  title: 'The clocks of this machine and the database agree',
  severity: 'warning',
  doc: DOC,
  async probe({ config, database, now }) {
    if (config.mode === 'embedded') return skipped('The embedded database has the same clock')
    const before = now().getTime()
    const rows = await (await database())?.query<{ at: Date }>('select clock_timestamp() as at')
    const at = rows?.[0]?.at.getTime()
    if (at === undefined) return skipped('There is no database yet')
    const apartMs = Math.max(0, before - at, at - now().getTime())
    if (apartMs < 2_000) return ok(`${apartMs} ms apart`)
    return failed(`${Math.round(apartMs / 1000)} s apart`, 'Turn on time synchronisation on both machines.')
  },
}

function whyNotListen(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
