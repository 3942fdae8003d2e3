import { join } from 'node:path'
import { expect, it } from 'vitest'
import { imageArguments } from '../../src/build/image.ts'
import { tempFiles } from '../../test/support/engines.ts'
import { helix } from '../../test/support/host.ts'

it('says that there is no desktop application, and builds nothing else unless it is skipped', async () => {
  for (const argv of [
    ['build', 'desktop'],
    ['build', 'all'],
  ]) {
    const ran = await helix([...argv, '--json'])
    expect(ran.exit).toBe(3)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      code: 'precondition_failed',
      message: expect.stringContaining('Rust'),
      next: ['helix build all --skip desktop'],
    })
  }
})

it('refuses a folder that is no checkout', async () => {
  const root = tempFiles({ 'package.json': '{"name":"helix","version":"1.2.3"}' })
  const ran = await helix(['build', 'gateway'], {
    cwd: root,
    environment: { PATH: process.env.PATH ?? '', GIT_CEILING_DIRECTORIES: join(root, '..') },
  })
  expect(ran.exit).toBe(3)
  expect(ran.stderr).toContain('is no git checkout')
})

it('builds an image with words that hold no secret, and the health check on each engine', () => {
  const source = {
    release: '1.2.3+abc1234',
    version: '1.2.3',
    commit: 'abc1234f',
    committedAt: new Date(),
    dirty: false,
  }
  expect(imageArguments('docker', 'helix-gateway:latest', source).slice(0, 3)).toEqual([
    'build',
    '--build-arg',
    'HELIX_RELEASE=1.2.3+abc1234',
  ])
  expect(imageArguments('podman', 'a:b', source).slice(0, 3)).toEqual(['build', '--format', 'docker'])
})
