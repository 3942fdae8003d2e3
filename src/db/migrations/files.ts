import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { packageRoot } from '../../config/package.ts'
import { HelixError } from '../../errors.ts'
import { type Statement, splitStatements } from '../sql/statements.ts'
import { duplicateVersion } from './refusals.ts'
import { checkStatements } from './statement-check.ts'

/** A script as it runs: statement by statement. */
export interface Script {
  /** File name, without its directory. */
  file: string
  sql: string
  statements: Statement[]
  /** SHA-256 of the text, in hex. */
  sha256: string
}

/** One file of `supabase/migrations`. */
export interface Migration extends Script {
  version: string
  name: string
  /** Its statements refuse a transaction, as the marker comment in it says. */
  noTransaction: boolean
}

const FILE_NAME = /^([0-9]+)_(.*)\.sql$/
const NO_TRANSACTION = /^--\s*helix:\s*no transaction\s*$/m

/** Where the migrations of this Helix are. */
export function migrationsDirectory(): string {
  return join(packageRoot(), 'supabase', 'migrations')
}

/** Where the bootstrap of this Helix is. */
export function bootstrapDirectory(): string {
  return join(packageRoot(), 'supabase', 'bootstrap')
}

/**
 * The migrations of a directory in order of their versions.
 * @throws HelixError `migration_refused` for two files of one version, or a statement that cannot run as the file says.
 */
export function readMigrations(directory = migrationsDirectory()): Migration[] {
  const migrations = sqlFiles(directory).flatMap((file) => {
    const [, version, name] = FILE_NAME.exec(file) ?? []
    if (version === undefined || name === undefined) return []
    const script = readScript(join(directory, file))
    return [{ ...script, version, name, noTransaction: NO_TRANSACTION.test(script.sql) }]
  })
  migrations.sort((a, b) => compareVersions(a.version, b.version))
  for (const [index, migration] of migrations.entries()) {
    const before = migrations[index - 1]
    if (before?.version === migration.version) throw duplicateVersion(before, migration)
    checkStatements(migration)
  }
  return migrations
}

/** All scripts of a directory, in order of their names. */
export function readScripts(directory: string): Script[] {
  return sqlFiles(directory).map((file) => readScript(join(directory, file)))
}

/** Versions are numbers of any length. */
export function compareVersions(a: string, b: string): number {
  const difference = BigInt(a) - BigInt(b)
  return difference === 0n ? 0 : difference < 0n ? -1 : 1
}

/** Whether a version comes after another; every version comes after none. */
export function isAfter(version: string, other: string | undefined): boolean {
  return other === undefined || compareVersions(version, other) > 0
}

// A checkout on Windows may write other line ends; that is no edit.
function readScript(path: string): Script {
  const sql = readFileSync(path, 'utf8').replaceAll('\r\n', '\n')
  const sha256 = createHash('sha256').update(sql).digest('hex')
  return { file: basename(path), sql, statements: splitStatements(sql), sha256 }
}

function sqlFiles(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((file) => file.endsWith('.sql'))
      .sort()
  } catch (cause) {
    throw new HelixError('precondition_failed', `Cannot read the directory ${directory}`, {
      hint: 'Run it where Helix is installed whole, or name the directory that holds the migrations.',
      cause,
    })
  }
}
