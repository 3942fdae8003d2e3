import type { Mode } from '../../config/mode.ts'
import { bootstrapDirectory, type Migration, readScripts, type Script } from './files.ts'
import { LEDGER } from './ledger.ts'

/**
 * What one could paste into an SQL editor instead of running `migrate`: the same statements and the same
 * book-keeping, one transaction a file. Helix takes such a database over as it takes the Supabase CLI's.
 */
export function planSql(pending: readonly Migration[], mode: Mode): string {
  if (pending.length === 0) return '-- The database is up to date.\n'
  const before = mode === 'supabase' ? [] : readScripts(bootstrapDirectory())
  return [
    '-- Paste all of it, in this order, as the owner of the database.',
    transaction('The book-keeping', LEDGER),
    ...before.map((script) => transaction(script.file, ended(script))),
    ...pending.map((migration) =>
      migration.noTransaction
        ? `-- ${migration.file}: run these one at a time\n\n${ended(migration)}\n${recording(migration)}`
        : transaction(
            migration.file,
            `set local lock_timeout = '4s';\n${ended(migration)}\n${recording(migration)}`,
          ),
    ),
  ].join('\n\n')
}

function transaction(title: string, body: string): string {
  return `-- ${title}\n\nbegin;\n${body}\ncommit;\n`
}

/** A script whose last statement ends, also when a comment follows it. */
function ended({ sql }: Script): string {
  const text = sql.trim()
  return text.endsWith(';') ? text : `${text}\n;`
}

function recording({ version, name, statements }: Migration): string {
  const texts = statements.map(({ text }) => quote(text)).join(',\n')
  return (
    'insert into supabase_migrations.schema_migrations (version, name, statements)\n' +
    `values (${quote(version)}, ${quote(name)}, array[\n${texts}\n]::text[]);`
  )
}

/** A dollar-quoted literal whose tag the text does not have. */
function quote(text: string): string {
  let tag = '$helix$'
  for (let number = 1; text.includes(tag); number += 1) tag = `$helix${number}$`
  return `${tag}${text}${tag}`
}
