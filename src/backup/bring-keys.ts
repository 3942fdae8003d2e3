import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Files, isThere } from '../files.ts'
import { KEY_FILES } from './snapshot.ts'

/** What becomes of the keys of a source or a backup, by their names. */
interface Keys {
  /** There was none of the name in the folder; now it is there. */
  written: string[]
  /** The folder has another, which is left: what the old one locked stays locked. */
  others: string[]
}

/** Puts the keys of an installation into a folder that has none; of what else was brought nothing is written. */
export async function bringKeys(
  { keys }: { keys: ReadonlyMap<string, Buffer> },
  { dataDir }: { dataDir: string },
  files: Pick<Files, 'create'>,
): Promise<Keys> {
  const written: string[] = []
  const others: string[] = []
  for (const name of KEY_FILES) {
    const content = keys.get(name)
    if (content === undefined) continue
    const path = join(dataDir, name)
    if (await isThere(path)) {
      if (!content.equals(await readFile(path))) others.push(name)
      continue
    }
    await files.create(path, content.toString())
    written.push(name)
  }
  return { written, others }
}
