import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readLogId } from '../../src/audit/append.ts'
import { createAudit } from '../../src/audit/audit.ts'
import { adoptJournal, appendToJournal } from '../../src/audit/journal.ts'
import { openDatabase } from '../../src/db/open.ts'
import { helix } from '../../test/support/host.ts'

const NOTE = { channel: 'api', kind: 'user.seen', actor: 'cli:test', data: { n: 1 } } as const

describe('helix audit', () => {
  let cwd: string
  let dataDir: string
  let environment: Record<string, string>
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'helix-audit-'))
    dataDir = join(cwd, 'data')
    environment = { HELIX_DATA_DIR: dataDir, HELIX_MODE: 'embedded' }
    const db = await openDatabase({ mode: 'embedded', dataDir })
    const audit = createAudit(db, await readLogId(db))
    for (let round = 0; round < 5; round += 1) await audit.append(NOTE)
    await audit.act({ ...NOTE, kind: 'deploy.start' }, () => 1)
    await appendToJournal(join(dataDir, 'journal.jsonl'), NOTE)
    await appendToJournal(join(dataDir, 'journal.jsonl'), NOTE)
    await adoptJournal(db, join(dataDir, 'journal.jsonl'))
    await db.close()
  }, 120_000)
  afterAll(() => rm(cwd, { recursive: true }))

  const run = (argv: string[], stdin?: string) =>
    helix(['audit', ...argv], { cwd, environment, ...(stdin !== undefined && { stdin }) })
  const exported = async () => (await run(['export'])).stdout

  it('verify ends with 0 when database and journal are sound', async () => {
    const { exit, stdout, stderr } = await run(['verify'])
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
    expect(stdout).toMatch(/The database: 8 entries in order[\s\S]*The journal: 2 entries in order/)
  })

  it('verify needs nothing but the exported file', async () => {
    const text = await exported()
    expect(text.split('\n')).toHaveLength(9)
    expect(JSON.parse(text.split('\n')[0] ?? '')).toMatchObject({ schema: 1, seq: 1, kind: 'user.seen' })
    await writeFile(join(cwd, 'log.jsonl'), text)
    const elsewhere = { HELIX_DATA_DIR: join(cwd, 'nowhere') }
    const alone = await helix(['audit', 'verify', '--file', 'log.jsonl', '--json'], {
      cwd,
      environment: elsewhere,
    })
    expect(alone.exit).toBe(0)
    expect(JSON.parse(alone.stdout)).toMatchObject({
      ok: true,
      data: { findings: [], logs: [{ entries: 8 }] },
    })
    expect((await run(['verify', '--file', '-'], text)).exit).toBe(0)
  })

  it('verify ends with 1 and names kind and seq', async () => {
    const text = (await exported()).split('\n').toSpliced(2, 1).join('\n')
    const told = await run(['verify', '--file', '-'], text)
    expect(told.exit).toBe(1)
    expect(told.stdout).toContain('gap at 3')
    const { exit, stdout } = await run(['verify', '--file', '-', '--json'], text)
    expect(exit).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      code: 'findings',
      details: { kind: 'gap', seq: 3 },
      data: { findings: [{ kind: 'gap', seq: 3 }] },
    })
  })

  it('verify finds acts left open for longer than --grace', async () => {
    const open = (await exported()).split('\n').slice(0, 6).join('\n')
    expect((await run(['verify', '--file', '-', '--grace', '1h'], `${open}\n`)).exit).toBe(0)
    const { exit, stdout } = await run(['verify', '--file', '-', '--grace', '0s'], `${open}\n`)
    expect(exit).toBe(1)
    expect(stdout).toContain('open_intent at 6')
  })

  it('verify finds a journal cut behind what was adopted', async () => {
    const path = join(dataDir, 'journal.jsonl')
    const whole = await readFile(path, 'utf8')
    await writeFile(path, `${whole.split('\n')[0]}\n`)
    const { exit, stdout } = await run(['verify'])
    await writeFile(path, whole)
    expect(exit).toBe(1)
    expect(stdout).toContain('truncated at 2')
  })

  it.each([
    ['a file that is not there', ['verify', '--file', 'none.jsonl'], 2],
    ['a grace without a unit', ['verify', '--grace', '60'], 2],
    ['an export to nowhere', ['export', '--file', 'no/such/folder/x'], 2],
  ])('refuses %s', async (_, argv, exit) => {
    expect((await run(argv)).exit).toBe(exit)
  })

  it('refuses an empty log, and a database that does not exist', async () => {
    expect((await run(['verify', '--file', '-'], '')).exit).toBe(2)
    const elsewhere = { HELIX_DATA_DIR: join(cwd, 'nowhere') }
    const { exit, stderr } = await helix(['audit', 'tail'], { cwd, environment: elsewhere })
    expect(exit).toBe(3)
    expect(stderr).toContain('helix up')
  })

  it('export writes a private file, and the part after --since', async () => {
    const before = await exported()
    const { exit, stderr } = await run(['export', '--file', 'out.jsonl'])
    expect({ exit, stderr }).toMatchObject({ exit: 0, stderr: expect.stringContaining('8 entries') })
    expect(await readFile(join(cwd, 'out.jsonl'), 'utf8')).toBe(before)
    expect((await stat(join(cwd, 'out.jsonl'))).mode & 0o777).toBe(0o600)
    const { stdout } = await run(['export', '--since', '6'])
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).seq),
    ).toEqual([7, 8, 9, 10])
  })

  it('tail shows the last entries', async () => {
    const { stdout } = await run(['tail', '-n', '3'])
    expect(stdout).toMatch(/^8 .*journal\.adopt.*\n9 .*file\.write\.start.*\n10 .*file\.write\.end.*\n$/)
    const json = JSON.parse((await run(['tail', '-n', '2', '--json'])).stdout)
    expect(json.data.entries.map(({ seq }: { seq: number }) => seq)).toEqual([9, 10])
  })
})
