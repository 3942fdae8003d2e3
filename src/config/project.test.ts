import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempProject } from '../../test/support/project.ts'
import { findProject } from './project.ts'

test.each(['helix.config.ts', 'helix.config.js', 'helix.config.mjs'])('%s makes a root', (name) => {
  const root = tempProject({ [name]: 'export default {}', 'deep/er/x': '' })
  expect(findProject(join(root, 'deep/er'))).toEqual({ root, configFile: join(root, name) })
})

test('a package named helix makes a root, another package does not', () => {
  const root = tempProject({ 'package.json': '{"name":"helix"}', 'inner/package.json': '{"name":"web"}' })
  expect(findProject(join(root, 'inner'))).toEqual({ root, configFile: undefined })
})

test('the nearest root wins', () => {
  const root = tempProject({ 'package.json': '{"name":"helix"}', 'inner/helix.config.ts': '' })
  expect(findProject(join(root, 'inner')).root).toBe(join(root, 'inner'))
})

test('without a root it is the directory itself, and a broken package.json is none', () => {
  const root = tempProject({ 'package.json': '{' })
  mkdirSync(join(root, 'inner'))
  expect(findProject(join(root, 'inner'))).toEqual({ root: join(root, 'inner'), configFile: undefined })
})
