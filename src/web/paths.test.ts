import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packageRoot } from '../config/package.ts'
import { PAGE_PATHS, pagePathOf } from './paths.ts'

describe('the addresses of the page', () => {
  it('are those of its router', () => {
    const router = readFileSync(join(packageRoot(), 'web/src/routes.tsx'), 'utf8')
    const routed = [...router.matchAll(/<Route path="([^"]+)"/g)].map(([, path]) => path)
    expect([...PAGE_PATHS].sort()).toEqual(routed.sort())
  })

  it.each([
    ['/', '/'],
    ['/sign-in', '/sign-in'],
    ['/sign-in/', '/sign-in'],
    ['/c/0193', '/c/:sessionKey'],
    ['/settings', '/settings/:section?'],
    ['/settings/devices', '/settings/:section?'],
  ])('%s is one', (path, pattern) => expect(pagePathOf(path)).toBe(pattern))

  it.each(['/c', '/c/', '/c/a/b', '/settings/a/b', '/sign-in/x', '/api', '/Sign-in', '/assets/x.js'])(
    '%s is none',
    (path) => expect(pagePathOf(path)).toBeUndefined(),
  )
})
