import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inspectInNode, tempProject } from '../../../test/support/project.ts'
import { packageRoot } from '../package.ts'

const inspect = (text: string, name = 'helix.config.ts') =>
  inspectInNode({ cwd: tempProject({ [name]: text }), environment: {} })

describe('helix.config.ts, imported by Node itself', () => {
  test('loads the example of the manual, without a word on stderr', async () => {
    const manual = readFileSync(join(packageRoot(), 'docs/configuration.md'), 'utf8')
    const example = /```ts\n(.*?)```/s.exec(manual)?.[1] ?? ''
    const { problems, notices, settings, stderr } = await inspect(example)
    expect({ problems, notices, stderr }).toEqual({ problems: [], notices: [], stderr: '' })
    expect(settings.find(({ key }) => key === 'limits.turnsPerMinute')?.value).toBe(20)
  })

  test.each([
    [
      'a syntax error',
      'export default {\n  port: ,\n}',
      'helix.config.ts:2',
      /Expression expected|Unexpected/,
    ],
    ['an exception', 'const a = 1\nthrow new Error("no " + a)', 'helix.config.ts:2', /no 1/],
    ['TypeScript that is not erasable', 'enum A { B }\nexport default {}', 'helix.config.ts', /enum/],
    ['a module that is not there', "import 'nowhere'\nexport default {}", 'helix.config.ts', /nowhere/],
    ['no default export', 'export const port = 1', 'helix.config.ts', /no default export/],
    ['a default export that is no object', 'export default 3', 'helix.config.ts', /no default export/],
  ])('reports %s as one problem, never as a stack', async (_what, text, source, message) => {
    const { problems } = await inspect(text)
    expect(problems).toHaveLength(1)
    expect(problems[0]?.source).toMatch(source)
    expect(problems[0]?.message).toMatch(message)
    expect(problems[0]?.message).not.toContain('\n')
  })

  test('names every unknown key with what was meant, and what does not belong there', async () => {
    const { problems } = await inspect(`export default {
      model: { chat: 'x' }, openReplies: 3, prot: 1, xyzzy: 1, __proto: 1, limits: { openReplys: 2 },
      databaseUrl: 'postgres://u:hidden@h/d', environment: { name: 'x' }, host: undefined,
    }`)
    expect(problems.map(({ source, fix }) => `${source.split(' ')[0]} → ${fix}`)).toEqual([
      'model → Did you mean models? Rename it, or remove it.',
      'openReplies → Did you mean limits.openReplies? Rename it, or remove it.',
      'prot → Did you mean port? Rename it, or remove it.',
      'xyzzy → Remove it.',
      '__proto → Remove it.',
      'limits.openReplys → Did you mean limits.openReplies? Rename it, or remove it.',
      'databaseUrl → Move it to .env.<env> as DATABASE_URL.',
      'environment.name → Set HELIX_ENV in its environment instead.',
    ])
  })

  test('says where in a list a value is wrong', async () => {
    const { problems } = await inspect("export default { costs: { fixed: [{ name: 'a', monthlyUsd: -1 }] } }")
    expect(problems[0]?.message).toContain('(see [0].monthlyUsd)')
  })

  test('may be JavaScript', async () => {
    const { settings } = await inspect('export default { port: 7 }', 'helix.config.mjs')
    expect(settings.find(({ key }) => key === 'port')?.value).toBe(7)
  })
})
