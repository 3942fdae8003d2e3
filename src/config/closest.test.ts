import { expect, test } from 'vitest'
import { closest } from './closest.ts'

const NAMES = ['PORT', 'HELIX_URL', 'HELIX_DATA_DIR', 'HELIX_SIMULATE']

test.each([
  ['PROT', 'PORT'],
  ['port', 'PORT'],
  ['HELIX_DATADIR', 'HELIX_DATA_DIR'],
  ['HELIX_SIMULATED', 'HELIX_SIMULATE'],
  ['HELIX_FOO', undefined],
  ['', undefined],
])('%s means %s', (word, meant) => {
  expect(closest(word, NAMES)).toBe(meant)
})
