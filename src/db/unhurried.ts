import type { Database, Transaction } from './database.ts'

/** How often an embedded database is asked something, in ms: it ends a transaction that rests for 5 s. */
const AWAKE_MS = 2_000

/** No limit of time of a server holds in a transaction: rows may take as long as a line, or the other end, does. */
export async function takeTime(tx: Transaction, engine: Database['engine']): Promise<void> {
  if (engine === 'postgres')
    await tx.script(
      'set local statement_timeout = 0; set local lock_timeout = 0; set local idle_in_transaction_session_timeout = 0',
    )
}

/**
 * What comes of the work, during which the transaction may rest for as long as a disk or a network takes, and is not
 * taken for a forgotten one.
 */
export async function unhurried<T>(
  tx: Transaction,
  engine: Database['engine'],
  work: () => Promise<T>,
): Promise<T> {
  await takeTime(tx, engine)
  if (engine === 'postgres') return work()
  // Where it fails, so does the next that is asked of it.
  const timer = setInterval(() => tx.query('select 1').catch(() => {}), AWAKE_MS)
  return work().finally(() => clearInterval(timer))
}
