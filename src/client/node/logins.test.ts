import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { plainFiles } from '../../files.ts'
import type { Session } from '../signin.ts'
import { withFileLock } from './file-lock.ts'
import { configHome, openLogins } from './logins.ts'

const URL_A = 'https://a.example.com'
const URL_B = 'https://b.example.com'

let directory: string

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'helix-logins-')), 'helix')
})

afterEach(() => rmSync(join(directory, '..'), { recursive: true, force: true }))

const session = (accessToken: string, secondsLeft = 3600): Session => ({
  accessToken,
  refreshToken: `refresh-${accessToken}`,
  expiresAt: Math.floor(Date.now() / 1000) + secondsLeft,
  user: { id: 'u', email: 'ada@example.com' },
})

/** A sign-in whose refresh tokens work once, as GoTrue's do. */
function onceOnly() {
  const spent: string[] = []
  return {
    spent,
    async refresh(refreshToken: string): Promise<Session> {
      if (spent.includes(refreshToken)) throw new Error('already used')
      spent.push(refreshToken)
      await new Promise((resolve) => setTimeout(resolve, 30))
      return session(`${refreshToken}-renewed`)
    },
  }
}

describe('logins', () => {
  it('are kept one a gateway, readable by their owner alone', async () => {
    const logins = openLogins(directory, plainFiles)
    await logins.save(`${URL_A}/some/path`, session('one'))
    await logins.save(URL_B, session('two'))
    expect(await logins.find(URL_A)).toMatchObject({ url: URL_A, accessToken: 'one' })
    expect(readdirSync(directory)).toHaveLength(2)
    expect(statSync(directory).mode & 0o777).toBe(0o700)
    for (const name of readdirSync(directory)) {
      expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600)
      expect(name).not.toContain('example')
    }
  })

  it('know the last one, and forget one that is removed or damaged', async () => {
    const logins = openLogins(directory, plainFiles)
    expect(await logins.last()).toBeUndefined()
    await logins.save(URL_A, session('one'))
    await new Promise((resolve) => setTimeout(resolve, 5))
    await logins.save(URL_B, session('two'))
    expect((await logins.last())?.url).toBe(URL_B)
    await logins.remove(URL_B)
    expect((await logins.last())?.url).toBe(URL_A)
    for (const name of readdirSync(directory)) writeFileSync(join(directory, name), '{"url":')
    expect(await logins.last()).toBeUndefined()
  })

  it('use a token until it is about to end, then renew it once for all who ask', async () => {
    const logins = openLogins(directory, plainFiles)
    const signin = onceOnly()
    await logins.save(URL_A, session('fresh'))
    expect(await logins.tokens(URL_A, signin)()).toBe('fresh')
    await logins.save(URL_A, session('old', 10))
    const others = Array.from({ length: 5 }, () => openLogins(directory, plainFiles).tokens(URL_A, signin)())
    expect(new Set(await Promise.all(others))).toEqual(new Set(['refresh-old-renewed']))
    expect(signin.spent).toEqual(['refresh-old'])
  })

  it('renew a token that was refused, but not one that was renewed meanwhile', async () => {
    const logins = openLogins(directory, plainFiles)
    const signin = onceOnly()
    await logins.save(URL_A, session('good'))
    expect(await logins.tokens(URL_A, signin)('older')).toBe('good')
    expect(await logins.tokens(URL_A, signin)('good')).toBe('refresh-good-renewed')
  })

  it('send no token where nobody signed in', async () => {
    expect(await openLogins(directory, plainFiles).tokens(URL_A, onceOnly())()).toBeUndefined()
  })

  it('live in the directory the system names', () => {
    expect(configHome({ XDG_CONFIG_HOME: '/x', HOME: '/home/a' })).toBe('/x/helix')
    expect(configHome({ HOME: '/home/a' })).toBe('/home/a/.config/helix')
  })
})

describe('the file lock', () => {
  it('lets one in at a time', async () => {
    mkdirSync(directory, { recursive: true })
    const path = join(directory, 'thing')
    let inside = 0
    const work = async () => {
      inside += 1
      expect(inside).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 10))
      inside -= 1
    }
    await Promise.all([1, 2, 3, 4].map(() => withFileLock(path, work)))
    expect(readdirSync(directory)).toEqual([])
  })

  it('takes over from a process that died, not from one that lives', async () => {
    mkdirSync(directory, { recursive: true })
    const path = join(directory, 'thing')
    const child = spawn(process.execPath, ['-e', '0'])
    await new Promise((resolve) => child.on('close', resolve))
    writeFileSync(`${path}.lock`, String(child.pid))
    expect(await withFileLock(path, async () => 'in', 1_000)).toBe('in')
    writeFileSync(`${path}.lock`, String(process.pid))
    await expect(withFileLock(path, async () => 'in', 150)).rejects.toMatchObject({ code: 'lock_held' })
  })
})
