import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readEnvText } from './layers/env-text.ts'
import { packageRoot } from './package.ts'
import { allSettings } from './settings.ts'

const read = (path: string) => readFileSync(join(packageRoot(), path), 'utf8')

test('the manual and .env.example match the settings', () => {
  execFileSync(process.execPath, ['docs/generate-configuration.ts', '--check'], { cwd: packageRoot() })
})

test('the manual names every setting', () => {
  const manual = read('docs/configuration.md')
  const missing = allSettings.filter(({ key, env }) => !manual.includes(`\`${env[0] ?? key}\``))
  expect(missing).toEqual([])
})

test('every line of .env.example is valid once its # is off', () => {
  const text = read('.env.example').replace(/^#(?=[A-Z])/gm, '')
  const { entries, problems, warnings } = readEnvText(text)
  expect({ problems, warnings }).toEqual({ problems: [], warnings: [] })
  const refused = entries.filter(({ name, value }) => {
    const setting = allSettings.find(({ env }) => env[0] === name)
    return !setting?.kind.schema.safeParse(value).success
  })
  expect(refused).toEqual([])
})
