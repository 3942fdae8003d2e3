import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { compress } from '../../web/build/compress.ts'
import { keepEarlier } from '../../web/build/history.ts'

const tempFolder = () => mkdtempSync(join(tmpdir(), 'helix-build-'))

describe('the build of the page', () => {
  it('writes the compressed forms of what shrinks', async () => {
    const folder = tempFolder()
    const text = 'export const a = 1\n'.repeat(100)
    for (const name of ['a.js', 'a.png']) writeFileSync(join(folder, name), text)
    writeFileSync(join(folder, 'small.js'), 'a')
    await compress(folder, ['a.js', 'a.png', 'small.js'])
    expect(readdirSync(folder).sort()).toEqual(['a.js', 'a.js.br', 'a.js.gz', 'a.png', 'small.js'])
    expect(brotliDecompressSync(readFileSync(join(folder, 'a.js.br'))).toString()).toBe(text)
    expect(gunzipSync(readFileSync(join(folder, 'a.js.gz'))).toString()).toBe(text)
  })

  it('keeps the files of the last builds for tabs that are open, and no more', async () => {
    const folder = tempFolder()
    for (const name of ['assets', '.vite']) mkdirSync(join(folder, name))
    const assets = () => readdirSync(join(folder, 'assets')).sort()
    const build = async (...names: string[]) => {
      for (const name of names) writeFileSync(join(folder, 'assets', name), name)
      await keepEarlier(folder, names)
    }
    await build('shared.js', 'a1.js', 'a1.js.br')
    await build('shared.js', 'a2.js')
    expect(assets()).toEqual(['a1.js', 'a1.js.br', 'a2.js', 'shared.js'])
    for (let time = 0; time < 10; time++) await build('shared.js', 'a2.js')
    expect(assets(), 'the same again is no new build').toContain('a1.js')
    for (const name of ['a3.js', 'a4.js', 'a5.js', 'a6.js', 'a7.js']) await build('shared.js', name)
    expect(assets()).toEqual(['a2.js', 'a3.js', 'a4.js', 'a5.js', 'a6.js', 'a7.js', 'shared.js'])
  })
})
