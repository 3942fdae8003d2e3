import type { Hono } from 'hono'
import { serveAttached } from '../src/db/attached/server.ts'
import { socketPathFor } from '../src/db/attached/socket-path.ts'
import type { Database } from '../src/db/database.ts'
import type { EmbeddedDatabase } from '../src/db/embedded.ts'
import type { Files } from '../src/files.ts'
import type { Resources } from '../src/resources.ts'
import type { Answered } from './answering.ts'
import { proxyMatcher } from './caller.ts'
import type { GatewayEnv } from './env.ts'
import { listen, type Where } from './listen.ts'
import { removeRunFile, writeRunFile } from './run-file.ts'
import type { GatewayOptions } from './server.ts'

/** How long connections may linger once whoever had asked is answered, in ms. */
const LINGER_MS = 500

/**
 * Opens every way to the gateway; `state.url` is told as soon as it is known. Closing `resources` closes them. Resolves
 * to what tells when all that is asked at the moment, whichever way, has been answered.
 */
export async function openDoors(
  app: Hono<GatewayEnv>,
  {
    config,
    db,
    host,
    socketOnly,
    personal,
  }: Pick<GatewayOptions, 'config' | 'db' | 'host' | 'socketOnly' | 'personal'>,
  files: Files,
  resources: Resources,
  state: { url: string },
  release: string,
): Promise<Answered> {
  const limits = { most: config.limits.connections, isProxy: proxyMatcher(config.trustedProxies) }
  const ways: Answered[] = []
  const open = async (where: Where) => {
    const listener = resources.keep(await listen(app, where, limits), (opened) => opened.close(LINGER_MS))
    ways.push(listener.answered)
    return listener.address
  }
  if (config.socket) state.url = `unix:${await open({ path: config.socket, owner: false })}`
  if (!config.socket || !socketOnly) state.url = await open({ port: config.port, host })
  const answered: Answered = async (ms) => void (await Promise.all(ways.map((each) => each(ms))))
  if (!personal) return answered
  const socket = await open({ path: socketPathFor(config.dataDir, 'http'), owner: true })
  const databaseSocket = await attachable(db, config.dataDir, resources)
  await writeRunFile(config.dataDir, { url: state.url, socket, databaseSocket, release }, files)
  resources.keep(config.dataDir, (dataDir) => removeRunFile(dataDir, files))
  return answered
}

/** Lets other commands of this machine work on an embedded database while this process owns it. */
async function attachable(db: Database | EmbeddedDatabase, dataDir: string, resources: Resources) {
  if (!('announce' in db)) return null
  const path = socketPathFor(dataDir, 'database')
  resources.keep(await serveAttached(db, path), (server) => server.close())
  db.announce(path)
  return path
}
