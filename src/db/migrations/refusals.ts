import { HelixError } from '../../errors.ts'
import type { Migration } from './files.ts'

const AGAIN = ['helix db migrate']

export function duplicateVersion(one: Migration, other: Migration): HelixError {
  return refused(`${one.file} and ${other.file} have the same version ${one.version}`, {
    hint: `Rename the one that was never applied to a version of its own, later than all others.`,
    details: { version: one.version, files: [one.file, other.file] },
  })
}

export function edited({ file, version }: Migration): HelixError {
  return refused(`${file} was changed after it had been applied`, {
    hint: `Put the file back as it was (git log -- ${file} finds it) and write the change as a new migration (helix db new).`,
    next: ['helix db new <name>', ...AGAIN],
    details: { version, file },
  })
}

export function appliedOtherwise({ file, version }: Migration): HelixError {
  return refused(
    `Version ${version} was applied by another tool, with statements that are not those of ${file}`,
    {
      hint: `Put the file back as it was applied; if the database holds its effect all the same, run supabase migration repair --status applied ${version}.`,
      next: [`supabase migration repair --status applied ${version}`, ...AGAIN],
      details: { version, file },
    },
  )
}

export function missing(versions: readonly string[]): HelixError {
  const list = versions.join(' ')
  return refused(`The database has applied ${list}, for which there is no file here`, {
    hint: `Put the file back; if what it did was undone by hand, run supabase migration repair --status reverted ${list}.`,
    next: [`supabase migration repair --status reverted ${list}`, ...AGAIN],
    details: { versions },
  })
}

export function outOfOrder({ file, version }: Migration, newest: string): HelixError {
  return refused(`${file} comes before ${newest}, which is already applied`, {
    hint: 'Rename it to a version later than all others, so that it runs in the same order everywhere.',
    next: AGAIN,
    details: { version, file, newest },
  })
}

export function needsMarker({ file }: Migration, statement: number): HelixError {
  return refused(`${file}, statement ${statement}: CONCURRENTLY does not run in a transaction`, {
    hint: 'Put it in a file of its own that has the line "-- helix: no transaction".',
    details: { file, statement },
  })
}

export function controlsTransaction({ file }: Migration, statement: number, word: string): HelixError {
  return refused(
    `${file}, statement ${statement}: ${word.toUpperCase()} would end the transaction the file runs in`,
    {
      hint: 'Remove it: every file is one transaction anyway.',
      details: { file, statement },
    },
  )
}

/** The database was migrated by a Helix that knows more. */
export function schemaAhead(database: string, helix: string | undefined): HelixError {
  return new HelixError(
    'schema_ahead',
    `The database is at schema ${database}, this Helix only knows ${helix ?? 'none'}`,
    {
      hint: 'Install the release that migrated it, or restore a backup from before.',
      details: { database, helix: helix ?? null },
    },
  )
}

/** The database lacks migrations this Helix relies on; `database` is undefined when there are none at all. */
export function schemaBehind(database: string | undefined, helix: string | undefined): HelixError {
  const at = database === undefined ? 'has no Helix schema yet' : `is at schema ${database}`
  return new HelixError('schema_behind', `The database ${at}, this Helix needs ${helix ?? 'none'}`, {
    hint: 'Run helix db migrate.',
    next: AGAIN,
    details: { database: database ?? null, helix: helix ?? null },
  })
}

function refused(
  message: string,
  more: { hint: string; next?: readonly string[]; details: Record<string, unknown> },
): HelixError {
  return new HelixError('migration_refused', message, more)
}
