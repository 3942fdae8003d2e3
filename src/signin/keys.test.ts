import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { decodeJwt, jwtVerify } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { plainFiles } from '../files.ts'
import { loadKeys } from './keys.ts'

describe('keys.json', () => {
  let dataDir: string
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'helix-keys-'))
  })
  afterEach(() => rm(dataDir, { recursive: true }))

  test('is made once, readable by its owner alone, and signs the keys of the roles', async () => {
    const keys = await loadKeys(dataDir, plainFiles)
    expect((await stat(join(dataDir, 'keys.json'))).mode & 0o777).toBe(0o600)
    expect(await loadKeys(dataDir, plainFiles)).toMatchObject({
      kid: keys.kid,
      issuer: keys.issuer,
      anonKey: keys.anonKey,
    })
    const key = keys.publicKeys.get(keys.kid)
    if (!key) throw new Error('no public key')
    expect((await jwtVerify(keys.anonKey, key, { issuer: keys.issuer })).payload.role).toBe('anon')
    expect(decodeJwt(keys.serviceRoleKey.reveal()).role).toBe('service_role')
    expect(JSON.stringify(keys)).not.toContain(keys.serviceRoleKey.reveal())
    expect(JSON.stringify(keys.jwks)).not.toMatch(/"d"|key_ops/)
  })

  test('is the same for two processes that begin together', async () => {
    const script = `
      const { loadKeys } = await import(${JSON.stringify(new URL('./keys.ts', import.meta.url).href)})
      const { plainFiles } = await import(${JSON.stringify(new URL('../files.ts', import.meta.url).href)})
      process.stdout.write((await loadKeys(process.argv[1], plainFiles)).kid)`
    const run = () =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, dataDir], {
        encoding: 'utf8',
      })
    const [first, second] = await Promise.all([run(), run()])
    expect(first.stdout).toMatch(/^[0-9a-f-]{36}$/)
    expect(second.stdout).toBe(first.stdout)
    expect(await readdir(dataDir)).toEqual(['keys.json'])
  })

  test('is closed again to others', async () => {
    await loadKeys(dataDir, plainFiles)
    await chmod(join(dataDir, 'keys.json'), 0o644)
    await loadKeys(dataDir, plainFiles)
    expect((await stat(join(dataDir, 'keys.json'))).mode & 0o777).toBe(0o600)
  })

  test.each(['', '{}', '{"version":1,"keys":[]}', 'not json'])(
    'is refused when it reads %j, and kept',
    async (content) => {
      const path = join(dataDir, 'keys.json')
      await writeFile(path, content)
      await expect(loadKeys(dataDir, plainFiles)).rejects.toMatchObject({
        code: 'config_invalid',
        message: expect.stringContaining(path),
      })
      expect(await readFile(path, 'utf8')).toBe(content)
    },
  )
})
