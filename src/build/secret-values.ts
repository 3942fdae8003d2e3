import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readEnvText } from '../config/layers/env-text.ts'
import { allSettings } from '../config/settings.ts'

/** Names whose values nobody may see. */
const SECRET_NAMES = new Set(allSettings.filter(({ kind }) => kind.secret).flatMap(({ env }) => env))

/** Every secret this checkout has at hand, by name: of its env files, whatever environment they are for, and of ours. */
export async function secretValues(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Map<string, string>> {
  const values = new Map<string, string>()
  for (const folder of ['', 'web', 'desktop']) {
    const names = await readdir(join(root, folder)).catch(() => [])
    for (const name of names.filter((one) => /^\.env(?:\..+)?$/.test(one) && one !== '.env.example')) {
      const { entries } = readEnvText(await readFile(join(root, folder, name), 'utf8'))
      for (const entry of entries)
        if (SECRET_NAMES.has(entry.name)) values.set(`${entry.name} in ${join(folder, name)}`, entry.value)
    }
  }
  for (const name of SECRET_NAMES) {
    const value = environment[name]
    if (value !== undefined) values.set(name, value)
  }
  return values
}
