import { compareVersions, isAfter, type Migration } from './files.ts'
import type { Recorded } from './ledger.ts'
import { appliedOtherwise, edited, missing, outOfOrder, schemaAhead } from './refusals.ts'

/** What is to be done to bring a database up to the files. */
export interface Plan {
  /** Newest version the database has applied. */
  current: string | undefined
  /** Newest version there is a file for. */
  target: string | undefined
  pending: Migration[]
  /** Applied by another tool with the same statements; only their checksum is not known yet. */
  adopted: Migration[]
}

const READABLE = /^--\s*helix:\s*readable by older releases\s*$/m

/**
 * Compares files and book-keeping.
 * @throws HelixError `migration_refused` for edited, missing and out-of-order files; `schema_ahead` when a newer
 *   Helix migrated the database.
 */
export function makePlan(migrations: readonly Migration[], ledger: ReadonlyMap<string, Recorded>): Plan {
  const current = newest([...ledger.keys()])
  const target = migrations.at(-1)?.version
  refuseUnknown(migrations, ledger, current, target)
  const pending = migrations.filter(({ version }) => !ledger.has(version))
  const late = pending.find(({ version }) => current !== undefined && isAfter(current, version))
  if (late && current !== undefined) throw outOfOrder(late, current)
  const adopted = migrations.filter((migration) => isAdopted(migration, ledger.get(migration.version)))
  return { current, target, pending, adopted }
}

/** Those of the versions newer than all files that do not say that older releases can still work with them. */
export function unreadable(versions: readonly string[], ledger: ReadonlyMap<string, Recorded>): string[] {
  return versions.filter((version) => !ledger.get(version)?.statements?.some((text) => READABLE.test(text)))
}

/** Whether an older release can still start on the database once this was applied. */
export function leavesOlderReleases({ statements }: Migration): boolean {
  return statements.some(({ text }) => READABLE.test(text))
}

/** The latest of some versions. */
export function newest(versions: readonly string[]): string | undefined {
  return versions.toSorted(compareVersions).at(-1)
}

function refuseUnknown(
  migrations: readonly Migration[],
  ledger: ReadonlyMap<string, Recorded>,
  current: string | undefined,
  target: string | undefined,
): void {
  const files = new Set(migrations.map(({ version }) => version))
  const unknown = [...ledger.keys()].filter((version) => !files.has(version)).sort(compareVersions)
  const lost = unknown.filter((version) => !isAfter(version, target))
  if (lost.length > 0) throw missing(lost)
  if (current !== undefined && unreadable(unknown, ledger).length > 0) throw schemaAhead(current, target)
}

/** Whether a migration is applied and only its checksum unknown. */
function isAdopted(migration: Migration, recorded: Recorded | undefined): boolean {
  if (recorded === undefined) return false
  if (recorded.sha256 !== null) {
    if (recorded.sha256 !== migration.sha256) throw edited(migration)
    return false
  }
  if (!sameStatements(migration, recorded.statements)) throw appliedOtherwise(migration)
  return true
}

function sameStatements({ statements }: Migration, recorded: readonly string[] | null): boolean {
  const texts = recorded?.map((text) => text.replaceAll('\r\n', '\n'))
  return texts?.length === statements.length && statements.every(({ text }, index) => text === texts[index])
}
