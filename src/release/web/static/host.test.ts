import { mkdir, mkdtemp, readlink, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localHost } from '../../../shell/local.ts'
import { unheld } from '../../hold.ts'
import { pageSteps } from '../steps.ts'
import { staticHost } from './host.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helix-pages-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('machines that served different pages each serve their own again once a roll-back is undone', async () => {
  const places = ['a', 'b', 'c'].map((name) => ({
    host: { ...localHost(), name },
    folder: join(folder, name),
  }))
  for (const each of places) {
    for (const release of ['r1', 'r2'])
      await mkdir(join(each.folder, `releases/${release}`), { recursive: true })
    await symlink('releases/r1/page', join(each.folder, 'current'))
  }
  const steps = pageSteps({
    ...{
      name: 'web',
      release: 'r1',
      previous: 'r2',
      served: { 'web on b': 'r1', 'web on c': null },
      back: true,
    },
    ...{ url: 'https://helix.test', watchMs: 0, keep: 1, note: () => {} },
    host: staticHost({ places: places.map(unheld), url: 'https://helix.test' }),
    page: () => Promise.reject(new Error('not asked for')),
    spared: async () => [],
    signal: new AbortController().signal,
  })
  await steps.find(({ name }) => name === 'switch')?.undo?.()
  const served = places.map((each) => readlink(join(each.folder, 'current')).catch(() => null))
  expect(await Promise.all(served)).toEqual(['releases/r2/page', 'releases/r1/page', null])
})
