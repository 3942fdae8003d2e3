import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { table } from './table.ts'

const ROOT = join(import.meta.dirname, '..')

it('every command that a message recommends exists', () => {
  const mentioned = ['bin', 'commands', 'gateway', 'src'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.ts$/.test(file) && !/\.(test|case)\.ts$/.test(file))
      .flatMap((file) => mentionedIn(join(folder, file))),
  )
  expect(mentioned.length).toBeGreaterThan(50)
  expect(mentioned.filter(({ words }) => !KEY_PURPOSES.includes(words) && !exists(words))).toEqual([])
})

/** No commands: they tell keys of one secret apart. */
const KEY_PURPOSES = ['second factors', 'passes of load tests']

/** What stands in code marks or alone in quotes: `helix db migrate --yes`. */
function mentionedIn(file: string) {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return [...text.matchAll(/[`']helix((?: [a-z-]+)+)/g)].map(([, words = '']) => ({
    file,
    words: words.trim(),
  }))
}

function exists(words: string): boolean {
  const [noun = '', verb] = (words.split(/ ?-/)[0] ?? '').split(' ')
  if (noun === '' || noun === 'help') return true
  const isNoun = Object.keys(table).some((path) => path.startsWith(`${noun} `))
  if (!isNoun || verb === undefined) return Object.hasOwn(table, noun)
  return Object.hasOwn(table, `${noun} ${verb}`)
}
