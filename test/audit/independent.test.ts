import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appendEntries, auditHead, readHead } from '../../src/audit/append.ts'
import { continueLog } from '../../src/audit/continue.ts'
import { openDatabase } from '../../src/db/open.ts'
import { helix } from '../support/host.ts'

const DATA = { 'Schlüssel 😀': ['"quoted"\n', 1.5, 1e21, null, { b: true, a: [] }], 10: 'ten', 9: 'nine' }

describe('somebody without Helix', () => {
  let cwd: string
  let environment: Record<string, string>
  beforeAll(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'helix-independent-'))
    environment = { HELIX_DATA_DIR: join(cwd, 'data'), HELIX_MODE: 'embedded' }
    const db = await openDatabase({ mode: 'embedded', dataDir: join(cwd, 'data') })
    const append = async (count: number) => {
      const { log } = await readHead(db)
      const entry = (n: number) =>
        ({ channel: 'api', kind: 'user.seen', actor: 'cli:test', data: { ...DATA, n } }) as const
      await appendEntries(
        db,
        Array.from({ length: count }, (_, n) => auditHead(log, entry(n), new Date())),
      )
    }
    await append(40)
    await db.transaction('owner', (tx) => continueLog(tx, { actor: 'cli:test', backup: 'none' }))
    await append(300)
    await db.close()
  }, 120_000)
  afterAll(() => rm(cwd, { recursive: true, force: true }))

  const run = async (argv: string[]) => {
    const { exit, stdout, stderr } = await helix(argv, { cwd, environment })
    expect({ exit, stderr: exit === 0 ? '' : stderr }).toEqual({ exit: 0, stderr: '' })
    return stdout.trim()
  }

  async function independently(
    script: string,
    args: string[],
    stdin: string,
  ): Promise<{ exit: number; out: string }> {
    const path = fileURLToPath(new URL(script, import.meta.url))
    const running = promisify(execFile)(process.execPath, [path, ...args])
    running.child.stdin?.end(stdin)
    return running.then(
      ({ stdout }) => ({ exit: 0, out: stdout.trim() }),
      ({ code, stderr }) => ({ exit: code, out: stderr.trim() }),
    )
  }

  it('has few lines that share nothing with it', async () => {
    for (const script of ['verify-export.mjs', 'verify-proof.mjs']) {
      const source = await readFile(new URL(script, import.meta.url), 'utf8')
      expect(source.trim().split('\n').length).toBeLessThanOrEqual(50)
      expect([...source.matchAll(/from '([^']+)'/g)].every(([, from]) => from?.startsWith('node:'))).toBe(
        true,
      )
    }
  })

  it('reads an export to the root that was signed', async () => {
    const note = await run(['audit', 'checkpoint'])
    const { exit, out } = await independently('verify-export.mjs', [], await run(['audit', 'export']))
    expect(exit).toBe(0)
    const [origin, size, root] = note.split('\n')
    expect(JSON.parse(out)).toMatchObject({ log: origin?.replace('helix/', ''), size: Number(size), root })
  })

  it('names the entry that was changed, lost or moved', async () => {
    const lines = (await run(['audit', 'export'])).split('\n')
    const log = JSON.parse(lines.at(-1) ?? '').log
    const at = lines.length - 20
    const { seq } = JSON.parse(lines[at] ?? '')
    for (const tampered of [
      lines.with(at, lines[at]?.replace('cli:test', 'cli:mallory') ?? ''),
      lines.toSpliced(at, 1),
      lines.with(at, lines[at + 1] ?? '').with(at + 1, lines[at] ?? ''),
      lines.toSpliced(at, 0, lines[at - 2] ?? ''),
    ]) {
      const { exit, out } = await independently('verify-export.mjs', [], tampered.join('\n'))
      expect({ exit, out }).toEqual({ exit: 1, out: `bad entry ${seq} of log ${log}` })
    }
  })

  it('checks a proof with nothing but the key', async () => {
    await run(['audit', 'checkpoint'])
    const key = await run(['keys', 'show', 'audit'])
    for (const seq of ['1', '17', '256', '301']) {
      const proof = await run(['audit', 'prove', seq, '--json'])
      const told = await independently('verify-proof.mjs', [key], proof)
      expect(told).toMatchObject({
        exit: 0,
        out: expect.stringMatching(`entry ${seq} is one of the \\d+ entries`),
      })
      for (const [from, to] of [
        ['cli:test', 'cli:mallory'],
        ['"prev":"', '"prev":"1'],
        ['helix/', 'helix/x'],
      ] as const) {
        expect((await independently('verify-proof.mjs', [key], proof.replace(from, to))).exit).toBe(1)
      }
    }
  })
})
