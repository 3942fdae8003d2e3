import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { neededPackages, prunePackages } from './packages.ts'

const LOCK = {
  packages: {
    '': { dependencies: { app: '1', '@scope/pair': '1' } },
    'node_modules/app': {
      dependencies: { shared: '2' },
      optionalDependencies: { 'app-linux': '1', 'app-windows': '1' },
      peerDependencies: { tester: '1', host: '1' },
      peerDependenciesMeta: { tester: { optional: true } },
    },
    'node_modules/app-linux': {},
    'node_modules/@scope/pair': { dependencies: { shared: '1' } },
    'node_modules/@scope/pair/node_modules/shared': { dependencies: { leaf: '1' } },
    'node_modules/shared': {},
    'node_modules/leaf': {},
    'node_modules/host': {},
    'node_modules/tester': { dependencies: { chai: '1' } },
    'node_modules/chai': {},
  },
}

const NEEDED = [
  'node_modules/@scope/pair',
  'node_modules/@scope/pair/node_modules/shared',
  'node_modules/app',
  'node_modules/app-linux',
  'node_modules/host',
  'node_modules/leaf',
  'node_modules/shared',
]

it('needs what its dependencies depend on, each the copy Node would find, and no optional companions', () => {
  expect([...neededPackages(LOCK)].toSorted()).toEqual(NEEDED)
})

it('removes the rest, and what only helps to write code', async () => {
  const root = mkdtempSync(join(tmpdir(), 'helix-packages-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const at = (path: string) => join(root, path)
  for (const folder of Object.keys(LOCK.packages).filter((one) => one !== '')) {
    for (const name of ['index.js', 'index.d.ts', 'index.js.map', 'LICENSE']) {
      mkdirSync(at(folder), { recursive: true })
      writeFileSync(join(at(folder), name), '')
    }
  }
  for (const path of ['node_modules/.bin/app', 'node_modules/.package-lock.json']) {
    mkdirSync(dirname(at(path)), { recursive: true })
    writeFileSync(at(path), '')
  }
  await prunePackages(root, neededPackages(LOCK))
  for (const folder of NEEDED) {
    expect(
      ['index.js', 'LICENSE'].every((name) => existsSync(join(at(folder), name))),
      folder,
    ).toBe(true)
    expect(existsSync(join(at(folder), 'index.d.ts')), folder).toBe(false)
    expect(existsSync(join(at(folder), 'index.js.map')), folder).toBe(false)
  }
  for (const gone of ['tester', 'chai', '.bin', '.package-lock.json']) {
    expect(existsSync(at(`node_modules/${gone}`)), gone).toBe(false)
  }
})
