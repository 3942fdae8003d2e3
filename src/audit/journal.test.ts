import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type EmbeddedDatabase, openEmbedded } from '../db/embedded.ts'
import { readHead } from './append.ts'
import { migrateAudit } from './database.case.ts'
import type { NewEntry } from './entry.ts'
import { readTail } from './export.ts'
import { adoptJournal, appendToJournal, createJournal, verifyJournal } from './journal.ts'
import { verifyDatabase } from './verify-database.ts'

const NOTE: NewEntry = { channel: 'commands', kind: 'test.note', actor: 'cli:test', data: {} }
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'helix-journal-'))
  path = join(folder, 'data', 'journal.jsonl')
})
afterEach(() => rm(folder, { recursive: true }))

const append = async (count: number) => {
  for (let index = 0; index < count; index += 1) await appendToJournal(path, NOTE)
}
const lines = async () => (await readFile(path, 'utf8')).split('\n').slice(0, -1)

describe('the journal', () => {
  it('is a private chain of its own, named in its first line', async () => {
    await append(3)
    const entries = (await lines()).map((line) => JSON.parse(line))
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(entries[0].log).toMatch(/^journal\/[0-9a-f]{32}$/)
    expect(new Set(entries.map(({ log }) => log)).size).toBe(1)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await verifyJournal(path)).toMatchObject({ findings: [], entries: 3, torn: false })
  })

  it('logs an act before it happens, and how it ended', async () => {
    const act = createJournal(path).act({ ...NOTE, kind: 'init.start' }, async () => {
      expect(await lines()).toHaveLength(1)
      throw new Error('no')
    })
    await expect(act).rejects.toThrow('no')
    const [, end = ''] = await lines()
    expect(JSON.parse(end)).toMatchObject({ kind: 'init.end', data: { intent: 1, outcome: 'failed' } })
  })

  it('closes what a process that is gone left open, and nothing of one that lives', async () => {
    const gone = spawn(process.execPath, ['-e', ''])
    await once(gone, 'exit')
    const begin = (pid: number | undefined) =>
      appendToJournal(path, { ...NOTE, kind: 'init.start', data: { pid } })
    const [lost, living] = [await begin(gone.pid), await begin(process.pid)]
    await append(2)
    const entries = (await lines()).map((line) => JSON.parse(line))
    expect(entries.map(({ kind, data }) => [kind, data.intent, data.outcome])).toEqual([
      ['init.start', undefined, undefined],
      ['init.end', lost, 'interrupted'],
      ['init.start', undefined, undefined],
      ['test.note', undefined, undefined],
      ['test.note', undefined, undefined],
    ])
    const { findings } = (await verifyJournal(path, { graceMs: 0 })) ?? {}
    expect(findings).toMatchObject([{ kind: 'open_intent', seq: living }])
  })

  it('tells a torn last line from tampering, wherever it was torn, and goes on after it', async () => {
    await append(4)
    const whole = await readFile(path)
    const last = whole.lastIndexOf('\n', whole.length - 2) + 1
    for (let size = last + 1; size < whole.length; size += 37) {
      await writeFile(path, whole.subarray(0, size))
      expect(await verifyJournal(path)).toMatchObject({ findings: [], entries: 3, torn: true })
      expect(await appendToJournal(path, NOTE)).toBe(5)
      const [repair = ''] = (await lines()).slice(3)
      expect(JSON.parse(repair)).toMatchObject({ kind: 'journal.repair', data: { cutBytes: size - last } })
      expect(await verifyJournal(path)).toMatchObject({ findings: [], entries: 5, torn: false })
    }
  })

  it('begins anew when already its first line was torn', async () => {
    await append(1)
    await truncate(path, 50)
    expect(await verifyJournal(path)).toMatchObject({ findings: [], entries: 0, torn: true })
    expect(await appendToJournal(path, NOTE)).toBe(2)
    expect(await verifyJournal(path)).toMatchObject({ findings: [], entries: 2 })
  })

  it('reports tampering, and refuses to go on after a last line that is no entry', async () => {
    await append(3)
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('cli:test', 'cli:eve'))
    expect((await verifyJournal(path))?.findings).toMatchObject([{ kind: 'edited', seq: 1 }])
    await writeFile(path, `${text}{}\n`)
    await expect(appendToJournal(path, NOTE)).rejects.toMatchObject({ code: 'audit_unavailable' })
  })

  it('loses nothing acknowledged when its writers are killed, and never forks', async () => {
    const acknowledged: number[] = []
    for (let round = 0; round < 4; round += 1) {
      const writers = ['a', 'b'].map((name) => startWriter(path, `${name}${round}`, acknowledged))
      await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(round * 20 + 20)
      for (const writer of writers) writer.kill('SIGKILL')
      await Promise.all(writers.map((writer) => once(writer, 'exit')))
    }
    const seen = await verifyJournal(path)
    expect(seen).toMatchObject({ findings: [] })
    expect(new Set(acknowledged).size).toBe(acknowledged.length)
    expect(seen?.end.seq).toBeGreaterThanOrEqual(Math.max(...acknowledged))
    await appendToJournal(path, NOTE)
    expect(await verifyJournal(path)).toMatchObject({ findings: [], torn: false })
  }, 60_000)
})

function startWriter(journal: string, name: string, acknowledged: number[]) {
  const script = fileURLToPath(new URL('./journal-writer.case.ts', import.meta.url))
  const writer = spawn(process.execPath, [script, journal, name], { stdio: ['ignore', 'pipe', 'inherit'] })
  let rest = ''
  writer.stdout.on('data', (chunk) => {
    const parts = `${rest}${chunk}`.split('\n')
    rest = parts.pop() ?? ''
    acknowledged.push(...parts.map(Number))
  })
  return writer
}

describe('adopting the journal', () => {
  let db: EmbeddedDatabase
  beforeAll(async () => {
    db = await openEmbedded({ dataDir: 'memory://' })
    await migrateAudit(db)
    await db.enterGatewayRole()
  })
  afterAll(() => db.close())

  it('binds each growth once', async () => {
    expect(await adoptJournal(db, path)).toBeUndefined()
    await append(3)
    const adopted = await adoptJournal(db, path)
    expect(adopted).toMatchObject({ seq: 3, log: expect.stringMatching(/^journal\//) })
    expect((await readTail(db, 1))[0]?.data).toEqual({ log: adopted?.log, size: 3, head: adopted?.hash })
    const { seq } = await readHead(db)
    expect(await Promise.all([adoptJournal(db, path), adoptJournal(db, path)])).toEqual([
      undefined,
      undefined,
    ])
    await append(2)
    const twice = await Promise.all([adoptJournal(db, path), adoptJournal(db, path)])
    expect(twice.map((end) => end?.seq)).toContain(5)
    expect((await readHead(db)).seq).toBe(seq + 1)
    const { adopted: ends, findings } = await verifyDatabase(db)
    expect(findings).toEqual([])
    expect(ends).toContainEqual(expect.objectContaining({ log: adopted?.log, seq: 5 }))
  })

  it.each([
    ['cut', (all: string[]) => all.slice(0, 2), { kind: 'truncated', seq: 3 }],
    [
      'edited',
      (all: string[]) => all.map((line) => line.replace('cli:test', 'cli:eve')),
      { kind: 'edited', seq: 1 },
    ],
    ['shortened inside', (all: string[]) => all.toSpliced(1, 1), { kind: 'gap', seq: 2 }],
  ])('refuses a journal that was %s since', async (_, change, finding) => {
    await append(4)
    await adoptJournal(db, path)
    await writeFile(path, `${change(await lines()).join('\n')}\n`)
    await expect(adoptJournal(db, path)).rejects.toMatchObject({ code: 'findings', details: finding })
  })

  it('puts a torn journal in order first', async () => {
    await append(2)
    await truncate(path, (await stat(path)).size - 5)
    expect(await adoptJournal(db, path)).toMatchObject({ seq: 2 })
  })
})
