import type { Database, Transaction } from '../database.ts'
import { scriptFailure } from './failure.ts'
import type { Migration, Script } from './files.ts'
import { record } from './ledger.ts'

/** A migration waits this long for a table that others use, and then lets them go on rather than block everyone. */
const LOCK_TIMEOUT = `set local lock_timeout = '4s'`

/**
 * Applies one migration and records it: both or neither, unless its statements refuse a transaction.
 * @throws HelixError `migration_failed`.
 */
export async function applyMigration(db: Database, migration: Migration): Promise<void> {
  const started = performance.now()
  if (migration.noTransaction) {
    await runOutsideTransaction(db, migration)
    await db.transaction('owner', (tx) => record(tx, migration, performance.now() - started))
    return
  }
  await db.transaction('owner', async (tx) => {
    await tx.script(LOCK_TIMEOUT)
    await runScript(tx, migration)
    await record(tx, migration, performance.now() - started)
  })
}

/** Runs a script's statements one at a time, so that a failure has a place. */
export async function runScript(tx: Transaction, script: Script): Promise<void> {
  for (const [index, statement] of script.statements.entries()) {
    if (statement.tokens.length === 0) continue
    await tx.script(statement.text).catch((thrown) => {
      throw scriptFailure(script, index, thrown, 'Nothing of this file stayed in the database.')
    })
  }
}

async function runOutsideTransaction(db: Database, migration: Migration): Promise<void> {
  for (const [index, statement] of migration.statements.entries()) {
    if (statement.tokens.length === 0) continue
    try {
      await db.scriptOutsideTransaction(statement.text)
    } catch (thrown) {
      throw scriptFailure(migration, index, thrown, await whatStayed(db, index))
    }
  }
}

/** What a failure outside a transaction leaves behind, with the way to be rid of it. */
async function whatStayed(db: Database, done: number): Promise<string> {
  const invalid = await db.transaction('owner', (tx) =>
    tx.query<{ name: string }>(
      `select indexrelid::regclass::text as name from pg_index where not indisvalid and indexrelid::regclass::text !~ '^pg_'`,
    ),
  )
  const drop = invalid.map(({ name }) => ` Run first: drop index concurrently ${name};`).join('')
  return `The file runs without a transaction: ${done === 0 ? 'no statement before it' : `statement 1 to ${done}`} took effect.${drop}`
}
