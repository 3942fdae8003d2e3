import { createHash } from 'node:crypto'
import { readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { HelixError } from '../../errors.ts'

/** Who owns the database of a data directory, as other processes read it. */
export interface Owner {
  pid: number
  /** Socket at which the owner serves its database to other processes; undefined before it does. */
  socket?: string | undefined
}

/** The right to open the database of one data directory; PGlite itself would let two processes destroy it. */
export interface Ownership {
  /** Tells other processes where they can attach. */
  announce(socket: string): void
  release(): Promise<void>
}

const FILE = 'db.lock'

/** The owner written in a data directory; it may have died since. */
export function readOwner(dataDir: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(join(dataDir, FILE), 'utf8'))
    return typeof owner?.pid === 'number' ? owner : undefined
  } catch {
    return undefined
  }
}

/**
 * Takes the data directory for this process, until it releases it or dies.
 * @throws HelixError `data_dir_in_use`, naming the process that has it.
 */
export async function takeOwnership(dataDir: string): Promise<Ownership> {
  const letGo = process.platform === 'linux' ? await holdAbstractSocket(dataDir) : holdLockFile(dataDir)
  const file = join(dataDir, FILE)
  writeOwner(file, { pid: process.pid })
  return {
    announce: (socket) => writeOwner(file, { pid: process.pid, socket }),
    async release() {
      rmSync(file, { force: true })
      await letGo()
    },
  }
}

function writeOwner(file: string, owner: Owner): void {
  writeFileSync(file, JSON.stringify(owner), { mode: 0o600 })
}

function inUse(dataDir: string): HelixError {
  const owner = readOwner(dataDir)
  const who = owner ? `process ${owner.pid}` : 'another process'
  return new HelixError('data_dir_in_use', `The database in ${dataDir} is open in ${who}`, {
    hint: 'Stop that process, or use another data directory (--data-dir).',
    details: { dataDir, ...(owner && { pid: owner.pid }) },
  })
}

/** A name in the kernel's own space: taken at once or not at all, and freed with the process, however it ends. */
async function holdAbstractSocket(dataDir: string): Promise<() => Promise<void>> {
  const name = createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 32)
  const server = createServer((connection) => connection.destroy())
  try {
    await listening(server, `\0helix-db-${name}`)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') throw inUse(dataDir)
    throw error
  }
  server.unref()
  return () => new Promise((resolve) => server.close(() => resolve()))
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ path, exclusive: true }, () => resolve())
  })
}

/** Elsewhere a lock file, taken over when the process it names is gone. */
function holdLockFile(dataDir: string): () => Promise<void> {
  const file = join(dataDir, 'db.pid')
  const held = readPid(file)
  if (held !== undefined && isAlive(held)) throw inUse(dataDir)
  if (held !== undefined) rmSync(file, { force: true })
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 })
  } catch {
    throw inUse(dataDir)
  }
  return async () => rmSync(file, { force: true })
}

function readPid(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
