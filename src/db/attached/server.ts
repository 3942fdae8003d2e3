import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import type { Database } from '../database.ts'
import { serveConnection } from './connection.ts'

export interface AttachedServer {
  /** Ends every connection; their transactions are rolled back, their locks freed. Safe to call twice. */
  close(): Promise<void>
}

/**
 * Serves `db` to other processes of the same user at a Unix socket that only they may open. What stands at the
 * path is replaced: whoever owns the database owns its address.
 */
export async function serveAttached(db: Database, socketPath: string): Promise<AttachedServer> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serveConnection(db, socket)
  })
  rmSync(socketPath, { force: true })
  const umask = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(socketPath, resolve)
    })
  } finally {
    process.umask(umask)
  }
  if (process.platform !== 'win32') chmodSync(socketPath, 0o600)

  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
