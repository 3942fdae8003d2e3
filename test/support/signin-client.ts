import { randomUUID } from 'node:crypto'
import { createClient, type SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, describe } from 'vitest'
import { postgresUnavailable } from './postgres.ts'
import {
  embeddedForSignIn,
  postgresForSignIn,
  type SignInDatabase,
  startSignInServer,
} from './signin-server.ts'

export const PASSWORD = 'correct horse battery'

export const newEmail = () => `person-${randomUUID()}@example.com`

export type SignInServer = Awaited<ReturnType<typeof startSignInServer>>

/** A browser's local storage, in memory. */
export function memoryStorage() {
  const items = new Map<string, string>()
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
}

/** An unmodified client with a storage of its own. */
export function clientOf(server: SignInServer): SupabaseClient {
  return createClient(server.url, server.keys.anonKey, {
    auth: { storage: memoryStorage(), autoRefreshToken: false, storageKey: `t-${randomUUID()}` },
  })
}

/** The administration of an unmodified client that holds the service-role key. */
export function adminOf(server: SignInServer): SupabaseClient['auth']['admin'] {
  const auth = { storage: memoryStorage(), autoRefreshToken: false, storageKey: `t-${randomUUID()}` }
  return createClient(server.url, server.keys.serviceRoleKey.reveal(), { auth }).auth.admin
}

/** A new person with an open session. */
export async function signedUp(server: SignInServer) {
  const email = newEmail()
  const client = clientOf(server)
  const options = { data: { name: 'Ada' } }
  const { data, error } = await client.auth.signUp({ email, password: PASSWORD, options })
  if (error || !data.session) throw error ?? new Error('no session')
  return { email, client, session: data.session, userId: data.session.user.id }
}

/** Asks for the caller as a route behind `authenticate` sees it. */
export function whoAmI(server: SignInServer, accessToken: string | null | undefined): Promise<Response> {
  return fetch(`${server.url}/me`, { headers: { authorization: `Bearer ${accessToken}` } })
}

export interface Running {
  database: SignInDatabase
  server: SignInServer
}

const ENGINES = [
  { engine: 'PGlite', open: embeddedForSignIn, missing: null },
  { engine: 'PostgreSQL', open: postgresForSignIn, missing: postgresUnavailable },
]

/** Runs one suite against a listening server over each database that signs people in. */
export function onEachEngine(subject: string, suite: (running: () => Running) => void): void {
  for (const { engine, open, missing } of ENGINES) {
    describe.skipIf(missing)(`${subject} on ${engine}${missing ? ` (${missing})` : ''}`, () => {
      let running: Running | undefined
      beforeAll(async () => {
        const database = await open()
        running = { database, server: await startSignInServer(database.db) }
      })
      afterAll(async () => {
        await running?.server.stop()
        await running?.database.drop()
      })
      suite(() => {
        if (!running) throw new Error('The server is not up yet')
        return running
      })
    })
  }
}
