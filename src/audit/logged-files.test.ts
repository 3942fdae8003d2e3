import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { auditOver } from './audit.ts'
import { createJournal } from './journal.ts'
import { createLoggedFiles } from './logged-files.ts'

let folder: string
let journal: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'helix-files-'))
  journal = join(folder, 'data', 'journal.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const entries = () =>
  existsSync(journal)
    ? readFileSync(journal, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : []
const told = () => entries().map(({ channel, kind, data: { pid: _pid, ...data } }) => [channel, kind, data])
const filesOver = (audit = createJournal(journal)) =>
  createLoggedFiles({ audit, actor: 'cli:ada', places: { data: join(folder, 'data'), project: folder } })
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

describe('a file that is written', () => {
  it('is announced before and closed after: where, how large, its digest, and nothing of what it holds', async () => {
    const path = join(folder, 'data', 'keys.json')
    await filesOver().replace(path, 'a secret of mine')
    expect(readFileSync(path, 'utf8')).toBe('a secret of mine')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const facts = { in: 'data', path: 'keys.json', bytes: 16, sha256: sha256('a secret of mine') }
    expect(told()).toEqual([
      ['file-changes', 'file.write.start', facts],
      ['file-changes', 'file.write.end', { intent: 1, outcome: 'ok' }],
    ])
    expect(readFileSync(journal, 'utf8')).not.toContain('a secret of mine')
  })

  it('is not there yet when it is announced, and not at all when that fails', async () => {
    const path = join(folder, 'new.sql')
    const seen: boolean[] = []
    const watching = auditOver({
      append: async () => 1,
      begin: async () => {
        seen.push(existsSync(path))
        return 1
      },
      renew: async () => {},
      end: async () => {
        seen.push(existsSync(path))
        return 2
      },
    })
    await filesOver(watching).create(path, 'x', { mode: 0o644 })
    expect(seen).toEqual([false, true])
    expect(statSync(path).mode & 0o777).toBe(0o644)
    const down = auditOver({
      append: () => Promise.reject(new Error('away')),
      begin: () => Promise.reject(new Error('away')),
      renew: async () => {},
      end: async () => 2,
    })
    for (const act of [
      filesOver(down).replace(join(folder, 'other'), 'x'),
      filesOver(down).create(join(folder, 'other'), 'x'),
      filesOver(down).stream(join(folder, 'other'), (append) => append('x')),
      filesOver(down).remove(path),
    ])
      await expect(act).rejects.toMatchObject({ code: 'audit_unavailable' })
    expect([existsSync(join(folder, 'other')), existsSync(path)]).toEqual([false, true])
  })

  it('tells its size and digest afterwards when it is written piece by piece', async () => {
    const path = join(folder, 'log.jsonl')
    const count = await filesOver().stream(path, async (append) => {
      for (const piece of ['one\n', 'two\n']) await append(piece)
      return 2
    })
    expect([count, readFileSync(path, 'utf8')]).toEqual([2, 'one\ntwo\n'])
    expect(told()[1]?.[2]).toEqual({ intent: 1, outcome: 'ok', bytes: 8, sha256: sha256('one\ntwo\n') })
  })

  it('keeps what could be guessed or names a person out of the log', async () => {
    const mail = join(folder, 'data', 'mail', 'confirm-5c1a.json')
    await filesOver().replace(mail, 'code 123456', { as: 'mail/confirm-*.json', guessable: true })
    await filesOver().replace(join(folder, '.env.local'), 'PORT=1', { names: ['PORT'], guessable: true })
    expect(told().map(([, , data]) => data)).toEqual([
      { in: 'data', path: 'mail/confirm-*.json', bytes: 11 },
      { intent: 1, outcome: 'ok' },
      { in: 'project', path: '.env.local', names: ['PORT'], bytes: 6 },
      { intent: 3, outcome: 'ok' },
    ])
  })

  it('is told by its whole path where it is in none of the places', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'helix-elsewhere-'))
    await filesOver().replace(join(elsewhere, 'x'), '')
    expect(told()[0]?.[2]).toMatchObject({ path: join(elsewhere, 'x') })
    rmSync(elsewhere, { recursive: true })
  })

  it('is told when it goes, and nothing is said where there is none', async () => {
    const path = join(folder, 'data', 'run.json')
    await filesOver().remove(path)
    expect(entries()).toEqual([])
    await filesOver().replace(path, 'x')
    await filesOver().remove(path)
    expect(existsSync(path)).toBe(false)
    expect(told().slice(2)).toEqual([
      ['file-changes', 'file.remove.start', { in: 'data', path: 'run.json' }],
      ['file-changes', 'file.remove.end', { intent: 3, outcome: 'ok' }],
    ])
  })

  it('that cannot be written is told as failed', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(filesOver().replace(join(folder, 'file', 'x'), '')).rejects.toThrow()
    expect(told()[1]?.[2]).toMatchObject({ outcome: 'failed' })
  })
})
