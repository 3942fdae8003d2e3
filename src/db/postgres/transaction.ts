import type pg from 'pg'
import { BECOME_OWNER, BECOME_PERSON, personParams } from '../access.ts'
import type { Access, Param, Row, Transaction } from '../database.ts'
import { isStatementError } from '../statement-error.ts'
import type { Connections } from './connections.ts'

/** Runs one statement on a connection. */
export type Run = <T extends Row>(
  client: pg.PoolClient,
  sql: string,
  params?: readonly Param[],
) => Promise<T[]>

/**
 * Opens the transaction in `access`'s name. Connections are pipelined, so this travels with the first
 * statement; were it refused, that statement would be too, because the transaction is then aborted.
 */
export async function begin(client: pg.PoolClient, access: Access, run: Run): Promise<void> {
  const steps: Promise<unknown>[] = [run(client, 'begin')]
  if (access === 'owner') steps.push(run(client, BECOME_OWNER))
  else if (access !== 'gateway') steps.push(run(client, BECOME_PERSON, personParams(access)))
  await Promise.all(steps)
}

/** Why the transaction could not begin, where that is what made its statements fail. */
export function firstFailure(begun: Promise<void>, thrown: unknown): Promise<unknown> {
  return begun.then(
    () => thrown,
    (first) => first,
  )
}

export function transactionOver(
  client: pg.PoolClient,
  run: Run,
  failure: Connections['failure'],
): Transaction {
  return {
    query: (sql, params) => run(client, sql, params),
    script: async (sql) => {
      await client.query(sql).catch((thrown) => {
        throw failure(thrown)
      })
    },
  }
}

/** A prepared statement whose tables a migration changed since: its connection must go. */
export function isStale(thrown: unknown): boolean {
  return isStatementError(thrown, '0A000') && thrown.message.startsWith('cached plan must not change')
}
