import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tempProject } from '../../test/support/project.ts'
import { headCommit, packageRoot, release } from './package.ts'

test('the package root is the directory of the package.json named helix', () => {
  expect(existsSync(join(packageRoot(), 'supabase', 'migrations'))).toBe(true)
})

test('a release is the version, with the short commit in a checkout', () => {
  expect(release()).toMatch(/^\d+\.\d+\.\d+(\+[0-9a-f]{7})?$/)
})

describe('the commit of a directory, read without git', () => {
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
      cwd,
      encoding: 'utf8',
    })
  const checkout = () => {
    const root = tempProject({ 'a.txt': 'a' })
    git(root, 'init', '-q')
    git(root, 'add', '.')
    git(root, 'commit', '-qm', 'first')
    return { root, head: git(root, 'rev-parse', 'HEAD').trim() }
  }

  test('is the one of its branch', () => {
    const { root, head } = checkout()
    expect(headCommit(root)).toBe(head)
  })

  test('is found among packed refs', () => {
    const { root, head } = checkout()
    git(root, 'pack-refs', '--all')
    expect(headCommit(root)).toBe(head)
  })

  test('is the detached one', () => {
    const { root, head } = checkout()
    git(root, 'checkout', '-q', '--detach')
    expect(headCommit(root)).toBe(head)
  })

  test('is found from a linked worktree', () => {
    const { root, head } = checkout()
    git(root, 'worktree', 'add', '-q', 'linked')
    expect(headCommit(join(root, 'linked'))).toBe(head)
  })

  test('is undefined where there is no checkout', () => {
    expect(headCommit(tempProject())).toBeUndefined()
  })
})
