import { join } from 'node:path'
import { HelixError } from '../../errors.ts'
import type { Files } from '../../files.ts'
import { migrationsDirectory, readMigrations } from './files.ts'

const NAME = /^[a-z][a-z0-9_]{1,60}$/

const TEXT = `-- Why this change, in a sentence.

`

/**
 * Makes an empty migration whose version is the time `at`, or one more than the newest; resolves to its path.
 * @throws HelixError `usage` for a name other than lower_snake_case.
 */
export async function newMigrationFile(
  name: string,
  at: Date,
  files: Pick<Files, 'create'>,
  directory = migrationsDirectory(),
): Promise<string> {
  if (!NAME.test(name)) {
    throw new HelixError('usage', `"${name}" cannot be the name of a migration`, {
      hint: `Use lower-case letters, digits and underscores, 2 to 61 of them, such as ${suggestion(name)}.`,
    })
  }
  const newest = BigInt(readMigrations(directory).at(-1)?.version ?? 0)
  const now = BigInt(at.toISOString().replaceAll(/\D/g, '').slice(0, 14))
  const path = join(directory, `${now > newest ? now : newest + 1n}_${name}.sql`)
  await files.create(path, TEXT, { mode: 0o666 })
  return path
}

function suggestion(name: string): string {
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
    .join('_')
    .slice(0, 61)
  return NAME.test(words) ? words : 'add_note_colour'
}
