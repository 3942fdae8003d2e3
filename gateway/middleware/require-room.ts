import type { MiddlewareHandler } from 'hono'
import type { Storage } from '../../src/storage/storage.ts'
import type { GatewayEnv } from '../env.ts'

/** Verbs that keep nothing new. */
const MODEST = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE'])
/** What has to go on: signing in, stopping a reply, and whatever the operator does about it. */
const GOES_ON = [/^\/auth\/v1\/(?!signup|invite)/, /^\/api\/generations\/[^/]+\/stop$/, /^\/api\/admin\//]

/**
 * Refuses what would keep something new while the disk is full, so that the database has room to go on.
 * @throws HelixError `storage_full`
 */
export function requireRoom(storage: Pick<Storage, 'requireRoom'>): MiddlewareHandler<GatewayEnv> {
  return async function requireRoom({ req }, next) {
    if (!MODEST.has(req.method) && !GOES_ON.some((path) => path.test(req.path))) storage.requireRoom()
    return next()
  }
}
