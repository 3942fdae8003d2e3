import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readLogId } from '../../src/audit/append.ts'
import { createAudit } from '../../src/audit/audit.ts'
import { continueLog } from '../../src/audit/continue.ts'
import { exportLines } from '../../src/audit/export.ts'
import type { Database } from '../../src/db/database.ts'
import { openEmbedded } from '../../src/db/embedded.ts'
import { loadTemplate } from '../../src/db/template.ts'
import { readPage } from './pages.ts'

const DATA = { 'Schlüssel 😀': ['"quoted"\n', 1.5, 1e21, null, { b: true, a: [] }], 10: 'ten', 9: 'nine' }

describe('the script of docs/audit.md', () => {
  let db: Database
  let folder: string
  beforeAll(async () => {
    db = await openEmbedded({ dataDir: 'memory://', template: await loadTemplate() })
    folder = await mkdtemp(join(tmpdir(), 'helix-by-hand-'))
    const [, script = ''] = /^```js\n(.*?)^```/ms.exec(readPage('docs/audit.md')) ?? []
    await writeFile(join(folder, 'verify.mjs'), script)
    const audit = createAudit(db, await readLogId(db))
    const entry = { channel: 'commands', kind: 'test.start', actor: 'cli:test', data: DATA } as const
    await audit.act(entry, () => 1)
    await audit.append({ ...entry, kind: 'test.note' })
  })
  afterAll(async () => {
    await db.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function verify(lines: readonly string[]): Promise<string> {
    await writeFile(join(folder, 'log.jsonl'), lines.join(''))
    const args = [join(folder, 'verify.mjs'), join(folder, 'log.jsonl')]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    return stdout
  }

  async function exported(): Promise<string[]> {
    const lines = []
    for await (const line of exportLines(db)) lines.push(line)
    return lines
  }

  it('names the entry that was changed, moved or taken out', async () => {
    const [first = '', second = '', third = ''] = await exported()
    const refused = async (lines: string[], seq: number) =>
      expect(verify(lines)).rejects.toMatchObject({ stderr: expect.stringContaining(`bad entry ${seq}`) })
    await refused([first, second.replace('"ok"', '"no"'), third], 2)
    await refused([first, third, second], 3)
    await refused([first, third], 3)
    await refused([second, third], 2)
  })

  it('accepts an export, also of a log that goes on from another', async () => {
    const [, , third = ''] = await exported()
    const { hash } = JSON.parse(third)
    expect(await verify(await exported())).toBe(`3 entries, the last one is ${hash}\n`)
    const end = await db.transaction('owner', (tx) => continueLog(tx, { actor: 'cli:test', backup: 'none' }))
    expect(await exported()).toHaveLength(4)
    expect(await verify(await exported())).toBe(`1 entries, the last one is ${end.hash}\n`)
  })
})
