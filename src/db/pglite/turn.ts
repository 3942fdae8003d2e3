import { HelixError } from '../../errors.ts'
import { BECOME_OWNER, BECOME_PERSON, personParams } from '../access.ts'
import type { Access, Transaction } from '../database.ts'
import { transactionExpired } from '../database-errors.ts'
import { encodeParams } from '../params.ts'
import { rolledBackAtCommit } from '../statement-error.ts'
import type { Engine } from './engine.ts'
import type { RequestKind, Requests } from './requests.ts'

/** A transaction on the one session there is, with what only the adapter may do in it. */
export interface Turn extends Transaction {
  copyOut(source: string): Promise<Uint8Array[]>
  copyIn(target: string, bytes: Uint8Array): Promise<number>
}

/** Owner's statements build indexes and rewrite tables; they may take their time. */
export const OWNER_LIMIT_MS = 600_000

/**
 * Runs `work` in a transaction that has the session to itself. Left idle for `leaseMs` it is rolled back, so
 * that nobody can keep the others out.
 * @throws HelixError `transaction_expired`.
 */
export async function runTurn<T>(
  engine: Engine,
  access: Access,
  leaseMs: number,
  work: (turn: Turn) => Promise<T>,
): Promise<T> {
  const { generation } = engine
  const limitMs = access === 'owner' ? OWNER_LIMIT_MS : undefined
  const expired = Promise.withResolvers<never>()
  expired.promise.catch(() => {})
  let over: HelixError | undefined
  let running = 0
  let lease: NodeJS.Timeout | undefined

  function expire(): void {
    over = transactionExpired(leaseMs)
    expired.reject(over)
  }

  async function call<K extends RequestKind>(
    kind: K,
    ask: Requests[K]['ask'],
  ): Promise<Requests[K]['answer']> {
    if (over) throw over
    if (engine.generation !== generation) throw lostTransaction()
    clearTimeout(lease)
    running += 1
    try {
      return await engine.call(kind, ask, limitMs)
    } finally {
      running -= 1
      if (running === 0 && !over) lease = setTimeout(expire, leaseMs)
    }
  }

  function finish(): void {
    clearTimeout(lease)
    over ??= new HelixError('internal', 'The transaction has ended', { hint: 'Use it only inside its work.' })
  }

  try {
    await begin(access, call)
    const result = await Promise.race([work(turnOver(call)), expired.promise])
    const tag = await call('script', { sql: 'commit' })
    finish()
    if (tag !== 'COMMIT') throw rolledBackAtCommit()
    return result
  } catch (thrown) {
    finish()
    if (engine.generation === generation) await engine.call('script', { sql: 'rollback' }).catch(() => {})
    throw thrown
  }
}

type Call = <K extends RequestKind>(kind: K, ask: Requests[K]['ask']) => Promise<Requests[K]['answer']>

/** Both steps are sent at once: the worker takes them in order, and one that fails spoils the transaction. */
async function begin(access: Access, call: Call): Promise<void> {
  const owner = access === 'owner' ? `; ${BECOME_OWNER}` : ''
  const steps: Promise<unknown>[] = [call('script', { sql: `begin${owner}` })]
  if (typeof access !== 'string')
    steps.push(call('query', { sql: BECOME_PERSON, params: personParams(access) }))
  await Promise.all(steps)
}

function turnOver(call: Call): Turn {
  return {
    async query<T>(sql: string, params: Parameters<Transaction['query']>[1] = []) {
      return (await call('query', { sql, params: encodeParams(params) })) as T[]
    },
    script: async (sql) => void (await call('script', { sql })),
    copyOut: (source) => call('copyOut', { source }),
    copyIn: (target, bytes) => call('copyIn', { target, bytes }),
  }
}

function lostTransaction(): HelixError {
  return new HelixError(
    'database_unreachable',
    'The embedded database was restarted; the transaction is gone',
    {
      hint: 'Try again.',
    },
  )
}
