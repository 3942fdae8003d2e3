import { type Statement, words } from '../sql/statements.ts'
import type { Migration } from './files.ts'
import { controlsTransaction, needsMarker } from './refusals.ts'

/** Statements that begin or end a transaction; a file runs in the migrator's own. */
const TRANSACTION_CONTROL = new Set([
  'begin',
  'start',
  'commit',
  'end',
  'rollback',
  'abort',
  'savepoint',
  'release',
])
const CONCURRENT = new Set(['create', 'drop', 'reindex', 'alter'])

/**
 * Refuses, before anything runs, a statement that cannot run the way its file says.
 * @throws HelixError `migration_refused`.
 */
export function checkStatements(migration: Migration): void {
  for (const [index, statement] of migration.statements.entries()) {
    const [first = ''] = words(statement)
    if (TRANSACTION_CONTROL.has(first)) throw controlsTransaction(migration, index + 1, first)
    if (!migration.noTransaction && isConcurrent(statement)) throw needsMarker(migration, index + 1)
  }
}

function isConcurrent(statement: Statement): boolean {
  const said = words(statement)
  return CONCURRENT.has(said[0] ?? '') && said.includes('concurrently')
}
