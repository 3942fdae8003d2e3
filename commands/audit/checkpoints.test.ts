import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/db/open.ts'
import { helix } from '../../test/support/host.ts'

describe('signing the log', () => {
  let cwd: string
  let environment: Record<string, string>
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'helix-signing-'))
    environment = { HELIX_DATA_DIR: join(cwd, 'data'), HELIX_MODE: 'embedded' }
    await (await openDatabase({ mode: 'embedded', dataDir: join(cwd, 'data') })).close()
  }, 120_000)
  afterAll(() => rm(cwd, { recursive: true, force: true }))

  const run = (argv: string[], stdin?: string) =>
    helix(argv, { cwd, environment, ...(stdin !== undefined && { stdin }) })
  const output = async (argv: string[]) => {
    const { exit, stdout, stderr } = await run(argv)
    expect({ exit, stderr: exit === 0 ? '' : stderr }).toEqual({ exit: 0, stderr: '' })
    return stdout.trim()
  }

  it('shows no key before there is one, and refuses what is no key', async () => {
    for (const kind of ['audit', 'anon', 'service'])
      expect(await run(['keys', 'show', kind])).toMatchObject({ exit: 3, stdout: '' })
    expect((await run(['keys', 'show', 'house'])).exit).toBe(2)
    expect((await run(['keys', 'trust', 'helix/a+00000000+AAAA', '--yes'])).exit).toBe(2)
    expect((await run(['audit', 'prove', '1'])).exit).toBe(3)
    expect((await run(['audit', 'prove'])).exit).toBe(2)
    expect((await run(['audit', 'witness', 'w.json'])).exit).toBe(3)
  })

  it('prints a signed note, and the key that checks it', async () => {
    const note = await output(['audit', 'checkpoint'])
    expect(note).toMatch(/^helix\/[0-9a-f]{32}\n4\n\S{44}\n\n— helix\//)
    const key = await output(['keys', 'show', 'audit'])
    expect(key).toMatch(/^helix\/[0-9a-f]{32}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/)
    expect(await output(['audit', 'verify', '--key', key])).toContain('signed as far as 4')
    const stolen = await run(['audit', 'verify', '--key', key.replace(/\+.*/, '+a7c3ae4b+AQ')])
    expect(stolen.exit).toBe(2)
  })

  it('replaces the key with consent only, as the chain says', async () => {
    const old = await output(['keys', 'show', 'audit'])
    expect(await run(['keys', 'rotate', 'audit'])).toMatchObject({ exit: 2, stdout: '' })
    const told = JSON.parse(await output(['keys', 'rotate', 'audit', '--yes', '--json']))
    expect(told.data.key).toBe(await output(['keys', 'show', 'audit']))
    expect(told.data.key).not.toBe(old)
    const kinds = JSON.parse(await output(['audit', 'tail', '--json'])).data.entries
    expect(kinds.map(({ kind }: { kind: string }) => kind)).toEqual([
      'journal.adopt',
      ...['file.write.start', 'file.write.end', 'audit.key'],
      'journal.adopt',
      ...['keys.rotate.start', 'file.write.start', 'file.write.end', 'audit.key', 'keys.rotate.end'],
    ])
    await output(['audit', 'checkpoint'])
    for (const key of [old, told.data.key]) await output(['audit', 'verify', '--key', key])
  })

  it('proves, checks from a file or a pipe, and says when a proof does not hold', async () => {
    const key = await output(['keys', 'show', 'audit'])
    const proof = await output(['audit', 'prove', '2', '--from', '1', '--json'])
    await writeFile(join(cwd, 'proof.json'), proof)
    const checked = await output(['audit', 'prove', '--check', 'proof.json', '--key', key])
    expect(checked).toMatch(/✔ Entry 2 is one of those signed[\s\S]*✔ They go on from the first 1/)
    const tampered = await run(
      ['audit', 'prove', '--check', '-', '--key', key, '--json'],
      proof.replace('cli:', 'cli:x'),
    )
    expect(tampered.exit).toBe(1)
    expect(JSON.parse(tampered.stdout)).toMatchObject({
      ok: false,
      code: 'findings',
      details: { kind: 'forked', seq: 2 },
    })
    expect((await run(['audit', 'prove', '--check', '-'], 'x')).exit).toBe(2)
    expect(await output(['audit', 'prove', '2'])).toContain('only that the proof agrees with itself')
    const grown = await output(['audit', 'prove', '--from', '3', '--json'])
    expect(await output(['audit', 'witness', 'piped.json'])).toContain(`trusts ${key}`)
    expect(await output(['audit', 'witness', 'piped.json', '--show'])).toContain('on first use')
    const piped = await run(['audit', 'witness', 'piped.json', '--from', '-', '--json'], grown)
    expect(JSON.parse(piped.stdout)).toMatchObject({ ok: true, data: { findings: [], grown: 0 } })
  })

  it('a witness remembers, and verify holds the log to it', async () => {
    const key = await output(['keys', 'show', 'audit'])
    const first = JSON.parse(await output(['audit', 'witness', 'w.json', '--key', key, '--json']))
    expect(first.data).toMatchObject({
      findings: [],
      grown: null,
      known: [{ size: 10, keys: [key], vouched: true }],
    })
    await output(['keys', 'rotate', 'audit', '--yes'])
    await output(['audit', 'checkpoint'])
    expect(JSON.parse(await output(['audit', 'witness', 'w.json', '--json'])).data.grown).toBe(6)
    expect(await output(['audit', 'witness', 'w.json', '--show'])).toContain('16 entries')
    await output(['audit', 'verify', '--against', 'witness', 'w.json', '--key', key])

    const lines = (await output(['audit', 'export'])).split('\n')
    await writeFile(join(cwd, 'cut.jsonl'), `${lines.slice(0, 5).join('\n')}\n`)
    expect((await run(['audit', 'verify', '--file', 'cut.jsonl', '--grace', '1h'])).exit).toBe(0)
    const cut = await run(['audit', 'verify', '--file', 'cut.jsonl', '--against', 'witness', 'w.json'])
    expect(cut).toMatchObject({ exit: 1, stdout: expect.stringContaining('truncated at 6') })
  })

  it('is of no log that a witness does not know, though this machine remembers it well', async () => {
    const other = join(cwd, 'other')
    await (await openDatabase({ mode: 'embedded', dataDir: other })).close()
    const elsewhere = { cwd, environment: { HELIX_DATA_DIR: other, HELIX_MODE: 'embedded' } }
    expect((await helix(['audit', 'checkpoint'], elsewhere)).exit).toBe(0)
    expect((await helix(['audit', 'witness', 'theirs.json'], elsewhere)).exit).toBe(0)
    const verified = await run(['audit', 'verify', '--against', 'witness', 'theirs.json', '--json'])
    expect(verified.exit).toBe(1)
    expect(verified.stdout).toContain('forked')
  }, 120_000)

  it.each([
    [['--against', 'discord'], 3],
    [['--against', 'witness'], 2],
    [['--against', 'witness', 'none.json'], 2],
    [['--against', 'moon', 'none.json'], 2],
    [['--file', 'cut.jsonl', '--key', 'KEY'], 2],
    [['--key', 'x'], 2],
  ])('verify %j ends with %i', async (argv, exit) => {
    const key = await output(['keys', 'show', 'audit'])
    expect((await run(['audit', 'verify', ...argv.map((word) => (word === 'KEY' ? key : word))])).exit).toBe(
      exit,
    )
  })

  it('finds a tail that was cut with its checkpoints: this machine remembers', async () => {
    const db = await openDatabase({ mode: 'embedded', dataDir: join(cwd, 'data') })
    await db.transaction('owner', (tx) =>
      tx.script(`
        alter table audit_entries disable trigger audit_entries_only_grow;
        alter table audit_checkpoints disable trigger audit_checkpoints_only_grow;
        delete from audit_entries where seq > 4;
        delete from audit_checkpoints where size > 4;
        update audit_head set seq = 4, hash = (select hash from audit_entries where seq = 4);`),
    )
    await db.close()
    const { exit, stdout } = await run(['audit', 'verify'])
    expect({ exit, stdout }).toMatchObject({ exit: 1, stdout: expect.stringContaining('truncated at 5') })
    expect(await run(['audit', 'checkpoint'])).toMatchObject({ exit: 1, stdout: '' })
    const seen = await readFile(join(cwd, 'w.json'), 'utf8')
    const refused = await run(['audit', 'witness', 'w.json'])
    expect(refused).toMatchObject({ exit: 1, stdout: expect.stringContaining('truncated at 5') })
    expect(await readFile(join(cwd, 'w.json'), 'utf8')).toBe(seen)
  })
})
