import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makePrivateFolder } from './private-folder.ts'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'helix-folder-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('a private folder', () => {
  it('is made with those above it, for its owner alone, and made again without complaint', () => {
    const path = join(home, 'a', 'b')
    makePrivateFolder(path)
    makePrivateFolder(path)
    expect(statSync(path).mode & 0o777).toBe(0o700)
  })

  it('that cannot be made is named', () => {
    writeFileSync(join(home, 'file'), '')
    for (const path of [join(home, 'file'), join(home, 'file', 'below')]) {
      expect(() => makePrivateFolder(path)).toThrow(
        expect.objectContaining({ code: 'precondition_failed', message: expect.stringContaining(path) }),
      )
    }
  })

  it.skipIf(process.platform !== 'linux')('is refused at once below a folder that takes none (Linux)', () => {
    expect(() => makePrivateFolder('/proc/helix/data')).toThrow(
      expect.objectContaining({ code: 'precondition_failed' }),
    )
  })
})
