import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { table } from '../../commands/table.ts'

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }

/** What founders type in an emergency, or at a launch: each is about production. */
const PRODUCTION = [
  ...['deploy:web', 'deploy:gateway', 'deploy:desktop', 'logs:production', 'monitor:health'],
  ...['maintenance', 'restore:backup'],
]

it.each(PRODUCTION)('npm run %s is about production', (name) => {
  expect(scripts[name]).toMatch(/ --env production$/)
})

it('speak of no command there is not', () => {
  const spoken = Object.values(scripts).flatMap(
    (script) => /^node dist\/bin\/helix\.js ([a-z].*)$/.exec(script)?.[1] ?? [],
  )
  expect(spoken.length).toBeGreaterThanOrEqual(PRODUCTION.length)
  const known = (words: string) =>
    Object.entries(table).some(([path, { load }]) => load && `${words} `.startsWith(`${path} `))
  expect(spoken.filter((words) => !known(words))).toEqual([])
})
