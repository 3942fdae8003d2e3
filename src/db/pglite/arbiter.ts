import type { Access, Param, Row } from '../database.ts'
import { databaseClosed, lockHeld } from '../database-errors.ts'
import { encodeParams } from '../params.ts'
import type { Engine } from './engine.ts'
import { createMutex, type Mutex } from './mutex.ts'
import { OWNER_LIMIT_MS, runTurn, type Turn } from './turn.ts'

/** Shares the one session of an embedded database among all who use it, also from other processes. */
export interface Arbiter {
  query<T extends Row>(sql: string, params?: readonly Param[]): Promise<T[]>
  /** One transaction at a time, each with a lease of idle time. */
  transaction<T>(access: Access, work: (turn: Turn) => Promise<T>): Promise<T>
  /** Runs statements one by one outside any transaction, as the owner, nothing else between them. */
  asOwner(statements: readonly string[]): Promise<void>
  lock<T>(name: string, waitMs: number, work: () => Promise<T>): Promise<T>
  /** Whether nothing runs and nothing waits. */
  readonly idle: boolean
  /** Lets what runs finish, and refuses what comes after. */
  close(): Promise<void>
}

export function createArbiter(engine: Engine, leaseMs: number): Arbiter {
  const session = createMutex()
  const locks = new Map<string, Mutex>()
  let closed = false

  async function alone<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw databaseClosed()
    const release = await session.acquire()
    try {
      if (closed) throw databaseClosed()
      return await work()
    } finally {
      release?.()
    }
  }

  function lockOf(name: string): Mutex {
    const lock = locks.get(name) ?? createMutex()
    locks.set(name, lock)
    return lock
  }

  return {
    query: <T extends Row>(sql: string, params: readonly Param[] = []) =>
      alone(async () => (await engine.call('query', { sql, params: encodeParams(params) })) as T[]),
    transaction: (access, work) => alone(() => runTurn(engine, access, leaseMs, work)),
    asOwner: (statements) =>
      alone(async () => {
        try {
          for (const sql of ['set role none', ...statements])
            await engine.call('script', { sql }, OWNER_LIMIT_MS)
        } finally {
          await engine.restoreSession()
        }
      }),
    async lock(name, waitMs, work) {
      if (closed) throw databaseClosed()
      const lock = lockOf(name)
      const release = await lock.acquire(waitMs)
      if (!release) throw lockHeld(name, waitMs)
      try {
        return await work()
      } finally {
        release()
        if (lock.idle) locks.delete(name)
      }
    },
    get idle() {
      return session.idle
    },
    async close() {
      closed = true
      const release = await session.acquire()
      release?.()
    },
  }
}
