import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { tarOf } from './tar.ts'
import { listTree } from './tree.ts'

const AT = new Date('2026-11-25T12:00:00Z')
const LONG = `${'folder-of-forty-characters-and-two-more-'.repeat(1)}/${'a'.repeat(60)}/${'b'.repeat(90)}.js`
const LONGER = `${'c'.repeat(120)}/${'d'.repeat(150)}.txt`
const FILES: Readonly<Record<string, string | Buffer>> = {
  'bin/run': '#!/bin/sh\necho hello\n',
  'a.txt': '',
  'b.bin': Buffer.alloc(1_537, 7),
  'Z.txt': 'z',
  'ä/ö.txt': 'umlauts',
  [LONG]: 'long',
  [LONGER]: 'longer',
}

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'helix-tar-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

function lay(folder: string, names: string[]): string {
  for (const name of names) {
    const file = join(home, folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, FILES[name] ?? '')
  }
  chmodSync(join(home, folder, 'bin/run'), 0o755)
  return join(home, folder)
}

async function archive(folder: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of tarOf(await listTree(folder), AT)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

it('is read by tar as what went in, long names and all', async () => {
  const folder = lay('one', Object.keys(FILES))
  writeFileSync(join(home, 'one.tar'), await archive(folder))
  mkdirSync(join(home, 'out'))
  execFileSync('tar', ['-xf', join(home, 'one.tar'), '-C', join(home, 'out')])
  for (const [name, content] of Object.entries(FILES)) {
    expect(readFileSync(join(home, 'out', name)), name).toEqual(Buffer.from(content))
    expect(statSync(join(home, 'out', name)).mtime, name).toEqual(AT)
  }
  expect(statSync(join(home, 'out/bin/run')).mode & 0o777).toBe(0o755)
  expect(statSync(join(home, 'out/a.txt')).mode & 0o777).toBe(0o644)
  const listed = execFileSync('tar', ['-tvf', join(home, 'one.tar'), '--numeric-owner'], { encoding: 'utf8' })
  expect(listed.match(/ 0\/0 /g)).toHaveLength(Object.keys(FILES).length)
})

it('is the same bytes whenever, wherever and in whichever order the files were made', async () => {
  const one = lay('one', Object.keys(FILES))
  const other = lay('elsewhere/two', Object.keys(FILES).toReversed())
  for (const name of Object.keys(FILES)) utimesSync(join(other, name), new Date(0), new Date(86_400_000))
  chmodSync(join(other, 'a.txt'), 0o600)
  const [first, second] = [await archive(one), await archive(other)]
  expect(first.equals(second)).toBe(true)
  writeFileSync(join(other, 'a.txt'), 'x')
  expect(first.equals(await archive(other))).toBe(false)
})
